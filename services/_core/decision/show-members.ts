import type { PolicyMeta } from './epoch.ts'
import type { Member, Question, WithheldMember } from './verdict.ts'

/** Every member in exactly one of the two. */
export interface Split {
  readonly shown: readonly string[]
  readonly withheld: readonly WithheldMember[]
}

/** The field a member belongs to: `items/0` → `items`. */
export function fieldOf(member: string): string {
  const end = member.indexOf('/')
  return end < 0 ? member : member.slice(0, end)
}

/**
 * shown = present ∩ @show of every permit ∩ agreement profile ∩ fields of an allowed class − @hide. The first thing that takes a
 * member, in the order sender, hide, class, show, profile, is its reason.
 */
export function showMembers(
  question: Question,
  permits: readonly PolicyMeta[],
  hides: readonly PolicyMeta[],
  profile: readonly string[],
): Split {
  const shown: string[] = []
  const withheld: WithheldMember[] = []
  const gone = new Set<string>()
  const wpg = question.label.regime === 'WPG'
  for (const member of question.members) {
    const field = fieldOf(member.name)
    const taken =
      takenBySender(member) ??
      takenByHide(member, field, hides) ??
      takenByClass(member, wpg, permits) ??
      takenByShow(field, permits) ??
      takenByProfile(field, profile) ??
      takenWithField(member, field, gone, withheld)
    if (taken) {
      gone.add(member.name)
      withheld.push({ member: member.name, reason: taken.reason, rule: taken.rule })
    } else shown.push(member.name)
  }
  return { shown, withheld }
}

type Taken = Omit<WithheldMember, 'member'> | undefined

const takenBySender = (member: Member): Taken =>
  member.withheldBySender ? { reason: 'WITHHELD_BY_SENDER', rule: 'sender' } : undefined

/** `#identity` of `identity`: one text for each category of the schemas, not one for each member. */
const MARKED = new Map<string, string>()

function markOf(category: string): string {
  const known = MARKED.get(category) ?? `#${category}`
  MARKED.set(category, known)
  return known
}

function takenByHide(member: Member, field: string, hides: readonly PolicyMeta[]): Taken {
  if (hides.length === 0) return undefined
  const category = markOf(member.category)
  const policy = hides.find(
    ({ hide }) => hide.includes(member.name) || hide.includes(field) || hide.includes(category),
  )
  return policy && { reason: policy.reason ?? 'FIELD_FORBIDDEN', rule: policy.id }
}

/** Under the Wpg a field without a class is withheld: nobody said that it may be shared. */
function takenByClass({ wpgClass }: Member, wpg: boolean, permits: readonly PolicyMeta[]): Taken {
  if (wpgClass === null) return wpg ? { reason: 'WPG_CLASS_UNSTATED', rule: 'engine' } : undefined
  const policy = permits.find(({ classes }) => !classes.includes('*') && !classes.includes(wpgClass))
  return policy && { reason: 'WPG_CLASS_NOT_SHAREABLE', rule: policy.id }
}

function takenByShow(field: string, permits: readonly PolicyMeta[]): Taken {
  const policy = permits.find(({ show }) => !show.includes(field) && !show.includes('*'))
  return policy && { reason: 'FIELD_FORBIDDEN', rule: policy.id }
}

const takenByProfile = (field: string, profile: readonly string[]): Taken =>
  profile.includes(field) || profile.includes('*')
    ? undefined
    : { reason: 'FIELD_FORBIDDEN', rule: 'instrument' }

/** An element of an array that is withheld cannot be shown: it shares its fate. */
function takenWithField(
  member: Member,
  field: string,
  gone: ReadonlySet<string>,
  withheld: readonly WithheldMember[],
): Taken {
  if (field === member.name || !gone.has(field)) return undefined
  const taken = withheld.find((one) => one.member === field)
  return taken && { reason: taken.reason, rule: taken.rule }
}
