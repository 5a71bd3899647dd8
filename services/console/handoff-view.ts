import type { DecisionRecord } from '#core/decision/decision-record.ts'
import type { Epoch, MessageType } from '#core/decision/epoch.ts'
import type { TypeName } from '#core/ids.ts'
import type { DutyRow, HandoffRow } from '#core/ports/fold.ts'
import type { Locale } from './locale.ts'

/** Everything the page of one hand-off reads. */
export interface HandoffView {
  readonly row: HandoffRow
  /** Oldest first. */
  readonly records: readonly DecisionRecord[]
  /** The record of the latest verdict. */
  readonly decided: DecisionRecord | undefined
  /** The epoch whose words are used: the one it was decided under where that can still be read. */
  readonly epoch: Epoch
  readonly current: Epoch
  readonly type: MessageType | undefined
  /** The evidence bundle; undefined = none yet. */
  readonly bundle: string | undefined
  /** What this hand-off began, and what it met, restarted or ended of others. */
  readonly duties: readonly DutyRow[]
  readonly met: readonly DutyRow[]
  readonly locale: Locale
}

export function handoffView(parts: Omit<HandoffView, 'decided' | 'type'>): HandoffView {
  const decided = parts.records.findLast(({ verdict }) => verdict !== null)
  return { ...parts, decided, type: parts.epoch.types.get(parts.row.type as TypeName) }
}
