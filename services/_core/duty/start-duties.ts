import { messageAt } from '#core/decision/data-path.ts'
import type { Epoch } from '#core/decision/epoch.ts'
import type { DutyChange } from '#core/handoff/outcome.ts'
import type { HandoffId } from '#core/ids.ts'
import type { Verified } from '#core/message/content.ts'
import { type Calendar, dayOfDate, dayStart } from './calendar.ts'
import { calendarOf, hasRole, rulesOfType } from './duty-book.ts'
import type { DutyKind, DutyRule, When } from './duty-rule.ts'
import { termBefore, termEnd } from './term.ts'

/** A change with the instant, ms, that its term was counted from; null where nothing was counted. */
export interface DutyEvent {
  readonly change: DutyChange
  readonly since: number | null
}

/** What a hand-off is made from: the message and the place of its recipient's terms. */
export interface SealedMessage {
  readonly verified: Verified
  readonly index: number
}

/**
 * made: the hand-off was refused or held; sealed: it was held and leaves now; both: it leaves at once. Erasing begins with the
 * hand-off, since its copy is there whatever the verdict; all else when it leaves.
 */
export type Moment = 'made' | 'sealed' | 'both'

const beginsAt = (kind: DutyKind, moment: Moment): boolean =>
  moment === 'both' || (kind === 'erase') === (moment === 'made')

/** The duties that begin with this hand-off at `at`, in the order of the register. Total: it reads message and epoch only. */
export function startDuties(
  { verified, index }: SealedMessage,
  handoff: HandoffId,
  epoch: Epoch,
  at: number,
  moment: Moment,
): readonly DutyEvent[] {
  const to = verified.terms[index]?.terms.to
  const recipient = to && epoch.endpoints.get(to)
  if (!recipient) return []
  return rulesOfType(epoch, verified.type.name, at).flatMap((rule) => {
    const { starts } = rule
    if (!beginsAt(rule.kind, moment)) return []
    if (!hasRole(verified.sender, starts.from) || !hasRole(recipient, starts.to)) return []
    if (!holds(starts.when, { verified, index })) return []
    const calendar = calendarOf(epoch, rule, verified.visible.iss, recipient.urn)
    const counted =
      rule.clock === 'sealed' ? endFrom(at, rule, calendar) : endByMember(rule, calendar, { verified, index })
    return counted ? [started(rule, handoff, calendar, counted, at)] : []
  })
}

export interface Counted {
  readonly since: number
  readonly dueAt: number
}

/** The end of a term that begins at `since`. A rule whose clock is the hand-off always has a term. */
export function endFrom(since: number, { term, rolls }: DutyRule, calendar: Calendar): Counted {
  return { since, dueAt: term === null ? since : termEnd(since, term, calendar, rolls) }
}

/** A bare date counts whole: as an end it is over when its day is; as a beginning it is the day of the event. */
function endByMember(rule: DutyRule, calendar: Calendar, message: SealedMessage): Counted | undefined {
  const value = valueAt(rule.clock, message)
  const day = typeof value === 'string' ? dayOfDate(value) : undefined
  if (day !== undefined) {
    const end = dayStart(day + 1, calendar)
    return rule.term === null ? { since: end, dueAt: end } : endFrom(dayStart(day, calendar), rule, calendar)
  }
  const time = instantOf(value, rule.clock.startsWith('data.'))
  return time === undefined ? undefined : endFrom(time, rule, calendar)
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2})$/

/** In data times are RFC 3339 texts or NumericDate seconds; elsewhere they were read to ms. */
function instantOf(value: unknown, inData: boolean): number | undefined {
  if (typeof value === 'number') {
    const time = inData ? value * 1000 : value
    return Number.isSafeInteger(time) ? time : undefined
  }
  if (typeof value !== 'string' || !INSTANT.test(value)) return undefined
  const time = Date.parse(value)
  return Number.isNaN(time) ? undefined : time
}

function started(
  rule: DutyRule,
  handoff: HandoffId,
  calendar: Calendar,
  { since, dueAt }: Counted,
  at: number,
): DutyEvent {
  const { duty, kind, owner } = rule
  const remindAt = reminder(rule, dueAt, calendar, at)
  return {
    change: { handoff, duty, kind, owner, change: 'started', dueAt, remindAt, awaits: null, by: null },
    since,
  }
}

/** When its owner is reminded; null when never, or when that moment has passed at `at`. */
export function reminder({ remind }: DutyRule, dueAt: number, calendar: Calendar, at: number): number | null {
  const remindAt = remind === null ? null : termBefore(dueAt, remind, calendar)
  return remindAt !== null && remindAt > at ? remindAt : null
}

/** Whether each path has one of its values: texts as they are, truth values and numbers as written in JSON. */
export function holds(when: When, message: SealedMessage): boolean {
  return [...when].every(([path, values]) => {
    const value = valueAt(path, message)
    const text = typeof value === 'number' || typeof value === 'boolean' ? String(value) : value
    return typeof text === 'string' && values.includes(text)
  })
}

function valueAt(path: string, { verified, index }: SealedMessage): unknown {
  if (!path.startsWith('terms.')) return messageAt(verified, path)
  const terms: object = verified.terms[index]?.terms ?? {}
  const name = path.slice('terms.'.length)
  return Object.hasOwn(terms, name) ? (terms as Readonly<Record<string, unknown>>)[name] : undefined
}

/** What the label tells the recipient about its own duties: `answer-by:` and `act-by:`, RFC 3339 in UTC. */
export function dutyObligations(events: readonly DutyEvent[]): readonly string[] {
  return events.flatMap(({ change: { kind, owner, dueAt } }) => {
    if (owner !== 'recipient' || dueAt === null || kind === 'validity' || kind === 'erase') return []
    return [`${kind === 'answer' ? 'answer' : 'act'}-by:${new Date(dueAt).toISOString()}`]
  })
}
