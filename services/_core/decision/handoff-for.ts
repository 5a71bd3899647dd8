import type { DecisionRecord } from '#core/decision/decision-record.ts'
import type { Epoch } from '#core/decision/epoch.ts'
import { explainReason, explainWithheld, visibleReasons } from '#core/decision/explain-reason.ts'
import type { Reason, Verdict, WithheldMember } from '#core/decision/verdict.ts'
import type { TypeName } from '#core/ids.ts'
import type { HandoffRow } from '#core/ports/fold.ts'

const UNDER_REVIEW = 'UNDER_REVIEW'

const time = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString())

function reasonFor(reason: Reason, epoch: Epoch) {
  const { code, article, verified, needs } = reason
  const texts = { nl: explainReason(reason, 'nl', epoch).text, en: explainReason(reason, 'en', epoch).text }
  return { code, rule: code === UNDER_REVIEW ? null : reason.rule, article, verified, needs, ...texts }
}

/** A hide rule that would tip off reads like a reason that would. */
function withheldFor(withheld: WithheldMember, type: TypeName, epoch: Epoch) {
  const secret = epoch.policies.get(withheld.rule)?.tell === false
  const told: WithheldMember = secret
    ? { member: withheld.member, reason: UNDER_REVIEW, rule: 'engine' }
    : withheld
  const known = epoch.types.get(type)
  const texts = {
    nl: known ? explainWithheld(told, 'nl', known, epoch) : told.reason,
    en: known ? explainWithheld(told, 'en', known, epoch) : told.reason,
  }
  return { member: told.member, reason: told.reason, ...texts }
}

function verdictFor(verdict: Verdict, type: TypeName, epoch: Epoch) {
  return {
    kind: verdict.kind,
    reasons: visibleReasons(verdict).map((reason) => reasonFor(reason, epoch)),
    basis: verdict.basis,
    shown: verdict.shown,
    withheld: verdict.withheld.map((withheld) => withheldFor(withheld, type, epoch)),
    obligations: verdict.obligations,
  }
}

function latestVerdict(decisions: readonly DecisionRecord[]): Verdict | null {
  return decisions.findLast((record) => record.verdict !== null)?.verdict ?? null
}

/** What the sender of a hand-off may read of it: the latest verdict, without the reasons that would tip off (design §5, `@tell`). */
export function handoffForSender(row: HandoffRow, decisions: readonly DecisionRecord[], epoch: Epoch) {
  const verdict = latestVerdict(decisions)
  return {
    role: 'sender',
    handoff: row.handoff,
    message: row.message,
    from: row.from,
    to: row.to,
    type: row.type,
    state: row.state,
    content: row.content,
    released: row.released,
    at: time(row.at),
    deadline: time(row.deadline),
    sdHash: row.sdHash,
    verdict: verdict && verdictFor(verdict, row.type as TypeName, epoch),
    history: decisions
      .filter((record) => record.state !== 'approval')
      .map(({ state, cause, timestamp }) => ({ state, cause, at: time(timestamp) })),
  } as const
}

/** What the recipient of a released hand-off may read of it. */
export function handoffForRecipient(row: HandoffRow, decisions: readonly DecisionRecord[]) {
  return {
    role: 'recipient',
    handoff: row.handoff,
    from: row.from,
    to: row.to,
    type: row.type,
    state: row.state,
    at: time(row.at),
    deadline: time(row.deadline),
    obligations: latestVerdict(decisions)?.obligations ?? [],
  } as const
}
