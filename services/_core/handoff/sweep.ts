/** Ticks: due deadlines, and the sweep that a new epoch opens (design §3). */
import { dueDuty } from '#core/duty/due-duty.ts'
import { fail } from '#core/failure.ts'
import { oinOf } from '#core/ids.ts'
import type { DutyRow, HandoffRow } from '#core/ports/fold.ts'
import type { Doorway } from './doorway.ts'
import { eraseContent } from './erase-content.ts'
import { askAgain, changedHere, changeState, recallRequests, settleHeld } from './evaluate-recipient.ts'
import type { Evaluation, EvaluationContext } from './evaluator.ts'
import { answered, OutcomeDraft } from './outcome-draft.ts'
import { reopenHeld } from './reopen-held.ts'
import type { Sealer } from './sealer.ts'

export async function expireRows(
  rows: readonly HandoffRow[],
  context: EvaluationContext,
): Promise<Evaluation> {
  const draft = new OutcomeDraft(context)
  for (const row of rows) changeState(draft, row, 'expired', 'deadline')
  return draft.finish(answered('tick'))
}

/** Due duties; rows whose copy an earlier one of this tick has erased are met by that. */
export async function tickDuties(rows: readonly DutyRow[], context: EvaluationContext): Promise<Evaluation> {
  const draft = new OutcomeDraft(context)
  const { epoch, at, fold } = context
  for (const row of rows) {
    const event = dueDuty(row, epoch, at)
    if (event) draft.addDuty(event, { from: row.from, to: row.to, type: row.type })
    else {
      const handoff = fold.handoff(row.handoff) ?? fail('BUG_INVARIANT', undefined, 'a duty of no hand-off')
      if (!erasedHere(draft, handoff)) eraseContent(draft, handoff, 'message', 'retention')
    }
  }
  return draft.finish(answered('tick'))
}

/** Whether this draft has erased the message of this hand-off: they are those that one outcome made. */
function erasedHere(draft: OutcomeDraft, { seq }: HandoffRow): boolean {
  return draft.effects.some(
    (one) => one.kind === 'erased' && draft.context.fold.handoff(one.handoff)?.seq === seq,
  )
}

export async function sweepRows(
  rows: readonly HandoffRow[],
  context: EvaluationContext,
  doorway: Doorway,
  sealer: Sealer,
): Promise<Evaluation> {
  const draft = new OutcomeDraft(context)
  for (const row of rows) {
    // A hold that ended earlier in this tick has recalled its requests already.
    if (changedHere(draft, row.handoff)) continue
    if (row.state === 'held') await sweepHeld(draft, row, doorway, sealer)
    else if (mustRecall(row, context)) changeState(draft, row, 'recalled', 'suspended')
  }
  return draft.finish(answered('tick'))
}

/** Suspended partners and revoked keys lose what has not been acknowledged yet. */
function mustRecall(row: HandoffRow, context: EvaluationContext): boolean {
  const { partners, revoked } = context.epoch
  if (revoked.has(row.certificate)) return true
  return [row.from, row.to].some((urn) => partners.get(oinOf(urn))?.suspended !== false)
}

async function sweepHeld(
  draft: OutcomeDraft,
  row: HandoffRow,
  doorway: Doorway,
  sealer: Sealer,
): Promise<void> {
  const { context } = draft
  const again = mustRecall(row, context) ? undefined : await reopenHeld(row, context, doorway)
  if (!again) {
    changeState(draft, row, 'recalled', 'suspended')
    recallRequests(draft, row.handoff)
    return
  }
  const decided = await askAgain(context, row, again.verified, again.index)
  await settleHeld(draft, sealer, row, decided, 'sweep')
}
