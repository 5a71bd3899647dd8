import type { Epoch } from '#core/decision/epoch.ts'
import type { DutyRow } from '#core/ports/fold.ts'
import { ruleOf } from './duty-book.ts'
import { dutyWords } from './duty-words.ts'

export type DutyReader = 'sender' | 'recipient'

/** One's own duties; the sender sees what it is owed an answer for as well. The exchange's own are nobody's business. */
function isFor({ owner, kind }: DutyRow, readers: readonly DutyReader[]): boolean {
  const owed = owner === 'recipient' && kind === 'answer' && readers.includes('sender')
  return owed || readers.some((reader) => reader === owner)
}

const time = (ms: number): string => new Date(ms).toISOString()

/**
 * Deadlines of a hand-off as one of its parties may read them, by name; within one organisation it is both. `due`, null while the clock stands, is the first moment
 * that is too late; `since`: when its state last changed. Times RFC 3339.
 */
export function dutiesFor(rows: readonly DutyRow[], readers: readonly DutyReader[], epoch: Epoch) {
  return rows
    .filter((row) => isFor(row, readers))
    .map((row) => ({
      duty: row.duty,
      kind: row.kind,
      owner: row.owner,
      state: row.state,
      awaits: row.awaits,
      due: row.state === 'awaiting' ? null : time(row.dueAt),
      remindAt: row.remindAt === null || row.state === 'awaiting' ? null : time(row.remindAt),
      reminded: row.reminded,
      since: time(row.changedAt),
      ...wordsOf(row, epoch),
    }))
}

function wordsOf(row: DutyRow, epoch: Epoch) {
  const rule = ruleOf(epoch, row.duty, row.startedAt)
  return {
    article: rule?.article ?? null,
    verified: rule?.verified ?? false,
    nl: dutyWords(row, epoch, 'nl').text,
    en: dutyWords(row, epoch, 'en').text,
  }
}
