import type { HandoffId } from '#core/ids.ts'
import type { HandoffRow } from '#core/ports/fold.ts'
import { caseKeyId } from './archive.ts'
import { changeState, recallRequests } from './evaluate-recipient.ts'
import { decidesNothing, type OutcomeDraft, partiesOfRow } from './outcome-draft.ts'
import { ofSameMessage } from './same-message.ts'

/**
 * Destroys the content key of the hand-off's message, or the keys of its whole case; what is still open is recalled. `cause` is
 * the scope that was commanded, or `retention`.
 */
export function eraseContent(
  draft: OutcomeDraft,
  row: HandoffRow,
  scope: 'message' | 'case',
  cause: 'message' | 'case' | 'retention',
): void {
  const { fold } = draft.context
  const rows = scope === 'case' ? fold.ofCase(row.caseRef) : ofSameMessage(fold, row)
  const contentKeys = rows.flatMap((one) =>
    one.contentKey && one.content === 'present' ? [one.contentKey] : [],
  )
  const keys = [
    ...new Set(contentKeys),
    ...(scope === 'case' ? [caseKeyId(row.caseRef, fold.generation(row.caseRef))] : []),
  ]
  const { handoff, sdHash } = row
  const part = decidesNothing(handoff, 'erased', cause, sdHash)
  draft.add({ kind: 'erased', handoff, scope, keys }, part, partiesOfRow(row))
  const recalled = new Set<HandoffId>()
  for (const one of rows) {
    if ((one.state !== 'held' && one.state !== 'sealed') || recalled.has(one.handoff)) continue
    recalled.add(one.handoff)
    changeState(draft, one, 'recalled', 'erased')
    if (one.state === 'held') recallRequestsNotIn(draft, one, recalled)
  }
}

function recallRequestsNotIn(draft: OutcomeDraft, held: HandoffRow, recalled: Set<HandoffId>): void {
  const open = draft.context.fold.asking(held.handoff).filter((row) => row.state === 'sealed')
  if (open.every((row) => recalled.has(row.handoff))) return
  recallRequests(draft, held.handoff)
  for (const row of open) recalled.add(row.handoff)
}
