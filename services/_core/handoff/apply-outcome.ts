import { changeDuty, newDuty } from '#core/duty/duty-row.ts'
import { fail } from '#core/failure.ts'
import type { HandoffId } from '#core/ids.ts'
import { LIMITS } from '#core/limits.ts'
import type { Fold, HandoffRow } from '#core/ports/fold.ts'
import { askArchive } from './ask-archive.ts'
import { changeRow, newRow } from './fold-row.ts'
import type { DutyChange, Effect, Erased, Outcome } from './outcome.ts'
import { messageArchive, ofSameMessage } from './same-message.ts'

/**
 * The fold step (design §3, State): what one valid outcome does to the state of its partition, and nothing else does.
 * Runs inside the fold's transaction; the head is set by the caller in the same transaction.
 */
export function applyOutcome(fold: Fold, partition: number, outcome: Outcome): void {
  fold.dropSeen(outcome.at)
  fold.dropParked(outcome.at - LIMITS.redriveMs)
  for (const effect of outcome.effects) applyEffect(fold, partition, outcome, effect)
  for (const change of outcome.duties) applyDuty(fold, outcome, change)
  register(fold, outcome)
  if (outcome.answer.kind === 'parked' && outcome.in) {
    fold.putParked(outcome.seq, Buffer.from(outcome.in.digest).toString('base64url'), outcome.at)
  }
}

function applyEffect(fold: Fold, partition: number, outcome: Outcome, effect: Effect): void {
  switch (effect.kind) {
    case 'handoff':
      fold.putHandoff(newRow(partition, outcome, effect))
      if (effect.state === 'held' && outcome.archive)
        fold.putArchive(messageArchive(outcome), outcome.archive)
      if (effect.asks && outcome.decisions) fold.putArchive(askArchive(effect.handoff), outcome.decisions)
      return
    case 'state': {
      const row = rowOf(fold, effect.handoff)
      fold.putHandoff(changeRow(row, outcome, effect))
      if (row.state === 'held' && effect.state !== 'held') dropArchives(fold, row)
      return
    }
    case 'released':
      fold.putHandoff(changeRow(rowOf(fold, effect.handoff), outcome, effect))
      return
    case 'erased':
      erase(fold, outcome, effect)
      return
    case 'approval':
      fold.putApproval(effect)
      return
    case 'late-ack':
      return
  }
}

function applyDuty(fold: Fold, outcome: Outcome, change: DutyChange): void {
  const row = fold.duty(change.handoff, change.duty)
  if (change.change === 'started') {
    if (row) fail('BUG_INVARIANT', undefined, 'a duty began twice')
    fold.putDuty(newDuty(rowOf(fold, change.handoff), change, outcome))
  } else {
    fold.putDuty(
      changeDuty(row ?? fail('BUG_INVARIANT', undefined, 'change of an unknown duty'), change, outcome),
    )
  }
}

function rowOf(fold: Fold, handoff: HandoffId): HandoffRow {
  return fold.handoff(handoff) ?? fail('BUG_INVARIANT', undefined, 'effect on an unknown hand-off')
}

/** The archive copy waits in the fold only while a hand-off of its message is held, and so does what its approvers were shown. */
function dropArchives(fold: Fold, ended: HandoffRow): void {
  for (const request of fold.asking(ended.handoff)) fold.putArchive(askArchive(request.handoff), undefined)
  if (!ofSameMessage(fold, ended).some((row) => row.state === 'held'))
    fold.putArchive(messageArchive(ended), undefined)
}

function erase(fold: Fold, outcome: Outcome, effect: Erased): void {
  const named = rowOf(fold, effect.handoff)
  const rows = effect.scope === 'case' ? fold.ofCase(named.caseRef) : ofSameMessage(fold, named)
  for (const row of rows) {
    fold.putHandoff(changeRow(fold.handoff(row.handoff) ?? row, outcome, effect))
    fold.putArchive(messageArchive(row), undefined)
  }
  if (effect.scope === 'case') fold.putGeneration(named.caseRef, fold.generation(named.caseRef) + 1)
}

/** An id is registered only by an answer that is neither `PEER_` nor parked; the first one keeps it (design §3, A repeat). */
function register(fold: Fold, outcome: Outcome): void {
  const { seen, answer, seq } = outcome
  if (!seen || answer.kind === 'repeat' || answer.kind === 'parked' || answer.code?.startsWith('PEER_'))
    return
  if (fold.seen(seen.iss, seen.jti)) return
  fold.putSeen({ ...seen, seq })
}
