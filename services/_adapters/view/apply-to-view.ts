import { fail } from '#core/failure.ts'
import { changeRow, newRow } from '#core/handoff/fold-row.ts'
import type { Outcome } from '#core/handoff/outcome.ts'
import { oinOf } from '#core/ids.ts'
import type { MessageStatus } from '#core/ports/view.ts'
import { applyDuties } from './duties.ts'
import type { ViewTables } from './tables.ts'

/** One valid outcome, found at `position`, into the tables; runs inside their transaction. */
export function applyToView(tables: ViewTables, partition: number, outcome: Outcome, position: number): void {
  const rowOf = (handoff: string) =>
    tables.handoff(handoff) ?? fail('BUG_INVARIANT', undefined, 'effect on an unknown hand-off')
  for (const effect of outcome.effects) {
    tables.putTouch(effect.handoff, partition, outcome.seq, position)
    switch (effect.kind) {
      case 'handoff':
        tables.putHandoff(newRow(partition, outcome, effect))
        break
      case 'state':
      case 'released': {
        const row = changeRow(rowOf(effect.handoff), outcome, effect)
        tables.putHandoff(row)
        if (effect.kind === 'state' && row.seq !== outcome.seq && row.asks === null)
          noteChange(tables, oinOf(row.from), partition, outcome, row.handoff, null)
        break
      }
      case 'erased': {
        const named = rowOf(effect.handoff)
        // A message id is its sender's own: the hand-offs of one message are those that one outcome made.
        const rows =
          effect.scope === 'case'
            ? tables.ofCase(named.caseRef)
            : tables.ofMessage(named.message).filter((row) => row.seq === named.seq)
        for (const row of rows)
          if (row.partition === partition) tables.putHandoff(changeRow(row, outcome, effect))
        break
      }
      case 'approval':
      case 'late-ack':
        break
    }
  }
  applyDuties(tables, partition, outcome, position)
  noteStatus(tables, partition, outcome)
}

function noteChange(
  tables: ViewTables,
  oin: string,
  partition: number,
  { seq, at }: Outcome,
  about: string,
  status: MessageStatus | null,
): void {
  tables.putChange(oin, { partition, seq, at, about, status })
}

/**
 * By id the first answer that registered the id stands: what was refused before that (a broken seal, an unknown key) gives way
 * to a later one. By position every answer is found, so that whoever sent other content under a used id hears of it.
 */
function noteStatus(tables: ViewTables, partition: number, outcome: Outcome): void {
  const { submitter, outerId, answer, seq, at, effects } = outcome
  if (submitter === null || outerId === null || !outcome.in) return
  const first = tables.message(submitter, outerId)
  const status: MessageStatus = {
    submitter,
    outerId,
    partition,
    seq,
    at,
    answer: answer.kind,
    code: answer.code,
    pointer: answer.pointer,
    // A request for approval is the exchange's own hand-off; that one was made is not for the sender to read here.
    handoffs: effects.flatMap((effect) =>
      effect.kind === 'handoff' && !effect.asks ? [effect.handoff] : [],
    ),
  }
  const told = answer.kind === 'repeat' ? (first ?? status) : status
  noteChange(tables, submitter, partition, outcome, outerId, told)
  if (answer.kind === 'repeat') {
    tables.putAnswer(partition, outcome.in.position, told)
    return
  }
  tables.putAnswer(partition, outcome.in.position, status)
  tables.putMessage(submitter, outerId, outcome.seen !== null, status)
}
