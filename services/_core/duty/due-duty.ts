import type { Epoch } from '#core/decision/epoch.ts'
import type { DutyRow } from '#core/ports/fold.ts'
import { ruleOf } from './duty-book.ts'
import { canBeMissed } from './duty-rule.ts'
import { changed } from './follow-duties.ts'
import type { DutyEvent } from './start-duties.ts'

/**
 * What becomes at `at` of a duty whose time has come; undefined: its copy is to be erased, which meets it. A duty that no row lays
 * on anybody any more is not missed but withdrawn.
 */
export function dueDuty(row: DutyRow, epoch: Epoch, at: number): DutyEvent | undefined {
  const rule = ruleOf(epoch, row.duty, row.startedAt)
  if (!rule) return changed(row, rule, 'withdrawn', null, epoch, at)
  if (at < row.dueAt) return changed(row, rule, 'reminded', null, epoch, at)
  if (rule.kind === 'erase') return undefined
  return changed(row, rule, canBeMissed(rule.kind) ? 'missed' : 'ended', null, epoch, at)
}
