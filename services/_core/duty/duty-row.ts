import { fail } from '#core/failure.ts'
import type { DutyChange, DutyChangeKind, Outcome } from '#core/handoff/outcome.ts'
import type { DutyRow, DutyState, HandoffRow } from '#core/ports/fold.ts'

/** Whether a later message can still change it. */
export const isAlive = ({ state }: Pick<DutyRow, 'state'>): boolean =>
  state === 'open' || state === 'awaiting' || state === 'missed'

/** The row that `started` makes. */
export function newDuty(
  handoff: Pick<HandoffRow, 'handoff' | 'caseRef' | 'from' | 'to' | 'type'>,
  change: DutyChange,
  outcome: Pick<Outcome, 'seq' | 'at'>,
): DutyRow {
  const { duty, kind, owner, remindAt } = change
  const { caseRef, from, to, type } = handoff
  const dueAt = change.dueAt ?? fail('BUG_INVARIANT', undefined, 'a duty began without an end')
  return {
    handoff: handoff.handoff,
    duty,
    kind,
    owner,
    caseRef,
    from,
    to,
    type,
    state: 'open',
    awaits: null,
    startedAt: outcome.at,
    dueAt,
    remindAt,
    reminded: false,
    next: remindAt ?? dueAt,
    changedSeq: outcome.seq,
    changedAt: outcome.at,
    by: null,
  }
}

/** The row after any later change; an end is final, as that of a hand-off is. */
export function changeDuty(row: DutyRow, change: DutyChange, outcome: Pick<Outcome, 'seq' | 'at'>): DutyRow {
  if (!isAlive(row)) return fail('BUG_INVARIANT', undefined, 'change of an ended duty')
  const state = stateAfter(change.change)
  const { awaits, by } = change
  const dueAt = change.dueAt ?? row.dueAt
  const remindAt = state === 'open' ? change.remindAt : null
  return {
    ...row,
    state,
    awaits,
    dueAt,
    remindAt,
    reminded: change.change === 'reminded' || (row.reminded && change.change !== 'restarted'),
    next: state === 'open' ? (remindAt ?? dueAt) : null,
    changedSeq: outcome.seq,
    changedAt: outcome.at,
    by,
  }
}

function stateAfter(change: DutyChangeKind): DutyState {
  switch (change) {
    case 'started':
    case 'reminded':
    case 'restarted':
      return 'open'
    case 'awaiting':
    case 'missed':
    case 'met':
    case 'late':
    case 'ended':
    case 'withdrawn':
      return change
  }
}
