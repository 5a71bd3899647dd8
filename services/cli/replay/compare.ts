import { decide } from '#core/decision/decide.ts'
import type { DecisionRecord, Versions } from '#core/decision/decision-record.ts'
import type { Epoch } from '#core/decision/epoch.ts'
import type { Verdict } from '#core/decision/verdict.ts'
import type { Decided } from '#core/handoff/stages.ts'
import { presentMessage } from '#core/message/present.ts'
import { sameJson } from '#core/message/same-json.ts'

/**
 * What of a decision is not as recorded; null when all is. With its content at hand also: another message than the record names,
 * and another presentation than the verdict lets be shown (`sd_hash` is a plain function of both).
 */
export function differenceOf(
  record: DecisionRecord,
  epoch: Epoch,
  derived: Decided | undefined,
): string | null {
  if (!record.question || !record.verdict || !record.versions) return 'record'
  if (!sameLaw(record.versions, epoch.versions)) return 'versions'
  if (derived && !sameJson(derived.question, record.question)) return 'question'
  const verdict = derived?.verdict ?? decide(record.question, epoch)
  if (!sameJson(verdict, record.verdict)) return 'verdict'
  return derived ? presentationDifference(record, derived) : null
}

/** Rules, registers, agreements and schemas must be those of then; whichever engine decides, the verdict must be the same. */
function sameLaw({ engine: _then, ...a }: Versions, { engine: _now, ...b }: Versions): boolean {
  return sameJson(a, b)
}

function presentationDifference(
  record: DecisionRecord,
  { verified, index, verdict }: Decided,
): string | null {
  if (record.message !== verified.issuerDigest) return 'message'
  if (record.sdHash === null) return null
  const { sdHash } = presentMessage(verified, index, verdict.shown)
  return sdHash === record.sdHash ? null : 'presentation'
}

/** Members that somebody would get besides (`+name`) or no longer (`-name`). */
export function membersChanged(was: Verdict, would: Verdict | undefined): readonly string[] {
  const members = (verdict: Verdict | undefined) => (verdict?.kind.startsWith('permit') ? verdict.shown : [])
  const [before, after] = [members(was), members(would)]
  const gained = after.filter((name) => !before.includes(name)).map((name) => `+${name}`)
  const lost = before.filter((name) => !after.includes(name)).map((name) => `-${name}`)
  return [...gained, ...lost]
}
