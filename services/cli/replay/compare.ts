import { decide } from '#core/decision/decide.ts'
import type { DecisionRecord, Versions } from '#core/decision/decision-record.ts'
import type { Epoch } from '#core/decision/epoch.ts'
import type { Verdict } from '#core/decision/verdict.ts'
import type { Decided } from '#core/handoff/stages.ts'
import { canonicalizeStored } from '#core/message/jcs.ts'
import { presentMessage } from '#core/message/present.ts'

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
  if (canonicalizeStored(lawOf(record.versions)) !== lawOfEpoch(epoch)) return 'versions'
  if (derived && canonicalizeStored(derived.question) !== canonicalizeStored(record.question))
    return 'question'
  const verdict = derived?.verdict ?? decide(record.question, epoch)
  if (canonicalizeStored(verdict) !== canonicalizeStored(record.verdict)) return 'verdict'
  return derived ? presentationDifference(record, derived) : null
}

/** Rules, registers, agreements and schemas must be those of then; whichever engine decides, the verdict must be the same. */
function lawOf({ engine: _engine, ...law }: Versions): Omit<Versions, 'engine'> {
  return law
}

const LAW = new WeakMap<Epoch, string>()

/** An epoch never changes, and all its decisions name its law. */
function lawOfEpoch(epoch: Epoch): string {
  const law = LAW.get(epoch) ?? canonicalizeStored(lawOf(epoch.versions))
  LAW.set(epoch, law)
  return law
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
