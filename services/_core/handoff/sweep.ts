/** Ticks: due deadlines, and the sweep that a new epoch opens (design §3). */
import { oinOf } from '#core/ids.ts'
import type { HandoffRow } from '#core/ports/fold.ts'
import type { Doorway } from './doorway.ts'
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
