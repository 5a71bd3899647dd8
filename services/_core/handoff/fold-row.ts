import { fail } from '#core/failure.ts'
import type { HandoffRow } from '#core/ports/fold.ts'
import type { Erased, HandoffState, NewHandoff, Outcome, Released, StateChange } from './outcome.ts'

export function isOpen(state: HandoffState): boolean {
  return state === 'held' || state === 'sealed'
}

/** The row that a new hand-off begins with. */
export function newRow(partition: number, outcome: Outcome, effect: NewHandoff): HandoffRow {
  return {
    handoff: effect.handoff,
    partition,
    seq: outcome.seq,
    changedSeq: outcome.seq,
    caseRef: effect.caseRef,
    message: effect.message,
    from: effect.from,
    to: effect.to,
    type: effect.type,
    state: effect.state,
    content: 'present',
    epoch: outcome.epoch,
    at: outcome.at,
    deadline: isOpen(effect.state) ? effect.deadline : null,
    sdHash: effect.sdHash,
    released: false,
    releasedSeq: null,
    sealedSeq: effect.sealed ? outcome.seq : null,
    asks: effect.asks,
    contentKey: effect.contentKey,
    certificate: effect.certificate,
  }
}

/**
 * The row after an effect on it. An ended hand-off stays as it ended: an outcome that says otherwise is a bug of its writer,
 * and a fold that hid it would hide it from everybody.
 */
export function changeRow(
  row: HandoffRow,
  outcome: Outcome,
  effect: StateChange | Released | Erased,
): HandoffRow {
  const changed = { ...row, changedSeq: outcome.seq }
  switch (effect.kind) {
    case 'released':
      return row.released ? row : { ...changed, released: true, releasedSeq: outcome.seq }
    case 'erased':
      return { ...changed, content: 'erased' }
    case 'state':
      if (!isOpen(row.state)) return fail('BUG_INVARIANT', undefined, 'change of an ended hand-off')
      return {
        ...changed,
        state: effect.state,
        deadline: isOpen(effect.state) ? effect.deadline : null,
        sdHash: effect.sdHash ?? row.sdHash,
        sealedSeq: effect.sealed ? outcome.seq : row.sealedSeq,
      }
  }
}
