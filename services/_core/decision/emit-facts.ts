import { type HandoffId, oinOf } from '#core/ids.ts'
import type { RecipientLabel, SealedFacts, Verified } from '#core/message/content.ts'
import { messageAt } from './data-path.ts'
import { deriveMembers } from './derive-members.ts'
import type { Epoch, FactDeclaration } from './epoch.ts'
import { type FactType, parseFactType } from './fact-type.ts'
import { asFact } from './fact-value.ts'
import { findInstrument } from './find-instrument.ts'
import { intersectLimits, joinMarks, stricter } from './join-labels.ts'
import { type CarriedFact, evidencedFact } from './read-evidence.ts'
import { shortestRetention } from './retention.ts'
import type { FactValue, Mark, Question, Verdict } from './verdict.ts'

/**
 * What a permitted hand-off carries in its label, for the exchange only: facts this type emits (`emittedBy`), facts from its
 * evidence that travel, each naming the hand-off that first asserted it, and the joined marks with the sender's own.
 */
export function emitFacts(
  verified: Verified,
  index: number,
  handoff: HandoffId,
  epoch: Epoch,
  at: number,
): SealedFacts {
  const facts: Record<string, FactValue> = {}
  for (const fact of epoch.facts) {
    if (fact.origin !== 'T') continue
    const about: unknown = verified.data[fact.sameAs ?? '']
    const carried = asserted(fact, about, verified, handoff) ?? travelling(fact, about, verified, epoch)
    if (carried) facts[fact.name] = { ...carried }
  }
  return { from: verified.visible.iss, facts, marks: marksOf(verified, index, epoch, at) }
}

/** New: this message's own statement. The asserter's role is checked again wherever it is used as evidence. */
function asserted(
  fact: FactDeclaration,
  about: unknown,
  verified: Verified,
  handoff: HandoffId,
): CarriedFact | undefined {
  if (!fact.emittedBy?.includes(verified.type.name) || typeof about !== 'string') return undefined
  const type = parseFactType(fact.type, fact.name)
  const value = type.kind === 'record' ? recordOf(type, fact, verified) : undefined
  return value === undefined ? undefined : { value, by: verified.visible.iss, handoff, about }
}

function recordOf(
  type: Extract<FactType, { kind: 'record' }>,
  fact: FactDeclaration,
  verified: Verified,
): FactValue | undefined {
  const record: Record<string, FactValue> = {}
  for (const [name, field] of type.fields) {
    const value = asFact(field.type, messageAt(verified, `data.${fact.value?.[name] ?? name}`))
    if (value === undefined) return undefined
    record[name] = value
  }
  return record
}

function travelling(
  fact: FactDeclaration,
  about: unknown,
  verified: Verified,
  epoch: Epoch,
): CarriedFact | undefined {
  return fact.travels ? evidencedFact(fact, about, verified.evidence, epoch) : undefined
}

function marksOf(verified: Verified, index: number, epoch: Epoch, at: number): readonly Mark[] {
  const { context } = verified
  const members = deriveMembers(verified)
  const own: Mark = {
    originator: oinOf(verified.visible.iss),
    handling: context.handling,
    regimes: [context.regime],
    classes: [...new Set(members.flatMap((member) => member.wpgClass ?? []))].sort(),
    limit: instrumentLimit(verified, index, epoch, at),
  }
  return joinMarks([own, ...verified.evidence.flatMap((label) => label.marks)], epoch, at)
}

/** Limit that the instruments which carry this hand-off lay on the sender's information. */
function instrumentLimit(
  verified: Verified,
  index: number,
  epoch: Epoch,
  at: number,
): readonly string[] | null {
  const terms = verified.terms[index]?.terms
  const to = terms && epoch.endpoints.get(terms.to)
  if (!to) return null
  const { basis, purpose } = terms
  const asked = { type: verified.type.name, from: verified.sender, to, basis, purpose, at }
  const { state, ids } = findInstrument(asked, epoch)
  const carrying = state === 'lists' ? epoch.agreements.filter(({ id }) => ids.includes(id)) : []
  return carrying.map((agreement) => agreement.marks.limit).reduce(intersectLimits, null)
}

/** The part of the label that the recipient reads: the strictest handling of all parents, the joined limit, what it must do. */
export function recipientLabel(
  verified: Verified,
  question: Question,
  verdict: Verdict,
  epoch: Epoch,
): RecipientLabel {
  const { decided } = question.at
  const { marks, handling } = question.label
  return {
    type: question.type,
    handling: marks.map((mark) => mark.handling).reduce((a, b) => stricter(a, b, epoch, decided), handling),
    purposeLimit: marks.map((mark) => mark.limit).reduce(intersectLimits, null),
    noOnward: verdict.obligations.includes('no-onward'),
    evaluation: verified.context.evaluation,
    retainUntil: retainUntil(verified.context.retainUntil, verdict.obligations, decided),
  }
}

const DAY = 86_400_000

/** The sooner of what the sender stated and what the law lays on the recipient. */
function retainUntil(stated: number | null, obligations: readonly string[], at: number): number | null {
  const days = shortestRetention(obligations)
  if (days === undefined) return stated
  return stated === null ? at + days * DAY : Math.min(stated, at + days * DAY)
}
