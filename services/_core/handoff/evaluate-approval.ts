import { fail } from '#core/failure.ts'
import { isHandoffId, parseDigest } from '#core/ids.ts'
import type { Verified } from '#core/message/content.ts'
import type { HandoffRow } from '#core/ports/fold.ts'
import { actorDigest, askAgain, settleHeld } from './evaluate-recipient.ts'
import { isOwn } from './is-own.ts'
import type { ApprovalGiven } from './outcome.ts'
import type { OutcomeDraft } from './outcome-draft.ts'
import { reopenHeld } from './reopen-held.ts'
import type { Sealer } from './sealer.ts'

/**
 * An approval (or refusal) of a held hand-off: recorded, then the whole question is asked again, now (design §5, Hold).
 * Whether the person and the role count is derived at each asking; here it must only name an open hold that asked.
 */
export async function evaluateApproval(
  draft: OutcomeDraft,
  sealer: Sealer,
  verified: Verified,
  caseRef: string,
): Promise<void> {
  const { context } = draft
  const { data } = verified
  const held = heldRow(draft, data['handOff'])
  // Persons are compared by digests keyed to the case: in another case whoever prepared it would look like somebody else.
  if (held.caseRef !== caseRef) return fail('MSG_APPROVAL', '/data/handOff')
  const asked = context.fold
    .asking(held.handoff)
    .find((row) => row.asks?.guard === data['guard'] && isOwn(verified, row.to, context))
  if (!asked) return fail('MSG_APPROVAL', '/data/guard')
  const effect: ApprovalGiven = {
    kind: 'approval',
    handoff: held.handoff,
    guard: String(data['guard']),
    granted: data['granted'] === true,
    by: verified.visible.iss,
    role: String(data['role']),
    actorDigest: await actorDigest(context, caseRef, verified.visible.iss, String(data['actor'])),
    digest: parseDigest(data['digest'], '/data/digest'),
    until: Date.parse(String(data['until'])),
  }
  draft.add(
    effect,
    {
      handoff: held.handoff,
      state: 'approval',
      cause: effect.granted ? `granted:${effect.guard}` : `refused:${effect.guard}`,
      question: null,
      verdict: null,
      message: verified.issuerDigest,
      sdHash: null,
    },
    { from: held.from, to: held.to, type: held.type },
  )
  const again = await reopenHeld(held, context, sealer.doorway)
  if (!again) return fail('MSG_APPROVAL', '/data/handOff', 'not asked again')
  const decided = await askAgain(context, held, again.verified, again.index, [effect])
  await settleHeld(draft, sealer, held, decided, 'approval')
}

function heldRow(draft: OutcomeDraft, id: unknown): HandoffRow {
  const row = typeof id === 'string' && isHandoffId(id) ? draft.context.fold.handoff(id) : undefined
  if (row?.state !== 'held') return fail('MSG_APPROVAL', '/data/handOff')
  return row
}
