import { decide } from '#core/decision/decide.ts'
import type { DecisionRecord } from '#core/decision/decision-record.ts'
import type { Epoch } from '#core/decision/epoch.ts'
import type { Question, Verdict } from '#core/decision/verdict.ts'
import { canonicalize } from '#core/message/jcs.ts'

/** As stored: members that are undefined are absent. */
const canonical = (value: unknown): string => canonicalize(JSON.parse(JSON.stringify(value)))

export interface Derived {
  readonly question: Question
  readonly verdict: Verdict
}

/** What of a decision is not as recorded; null when all is. */
export function differenceOf(
  record: DecisionRecord,
  epoch: Epoch,
  derived: Derived | undefined,
): string | null {
  if (!record.question || !record.verdict) return 'record'
  if (canonical(record.versions) !== canonical(epoch.versions)) return 'versions'
  if (derived && canonical(derived.question) !== canonical(record.question)) return 'question'
  const verdict = derived?.verdict ?? decide(record.question, epoch)
  return canonical(verdict) === canonical(record.verdict) ? null : 'verdict'
}

/** Members that somebody would get besides (`+name`) or no longer (`-name`). */
export function membersChanged(was: Verdict, would: Verdict | undefined): readonly string[] {
  const members = (verdict: Verdict | undefined) => (verdict?.kind.startsWith('permit') ? verdict.shown : [])
  const [before, after] = [members(was), members(would)]
  const gained = after.filter((name) => !before.includes(name)).map((name) => `+${name}`)
  const lost = before.filter((name) => !after.includes(name)).map((name) => `-${name}`)
  return [...gained, ...lost]
}
