import { fail } from '#core/failure.ts'
import { isHandoffId } from '#core/ids.ts'
import type { Verified } from '#core/message/content.ts'
import { changeState } from './evaluate-recipient.ts'
import { isOwn } from './is-own.ts'
import type { OutcomeDraft } from './outcome-draft.ts'

/**
 * An acknowledgement of exactly what was shown (`sd_hash`), by its recipient or the carrier that stands in for it.
 * The first one delivers; one after the end is a fact without effect; a second one changes nothing.
 */
export function evaluateAcknowledgement(draft: OutcomeDraft, verified: Verified): void {
  const id = verified.data['handOff']
  const row = typeof id === 'string' && isHandoffId(id) ? draft.context.fold.handoff(id) : undefined
  if (!row || !isOwn(verified, row.to, draft.context)) fail('MSG_ACK', '/data/handOff')
  if (row.sdHash === null || row.sdHash !== verified.data['sdHash']) fail('MSG_ACK', '/data/sdHash')
  if (row.state === 'delivered') return
  if (row.state === 'sealed') {
    changeState(draft, row, 'delivered', 'acknowledged')
    return
  }
  draft.add(
    { kind: 'late-ack', handoff: row.handoff },
    {
      handoff: row.handoff,
      state: 'late-ack',
      cause: row.state,
      question: null,
      verdict: null,
      message: verified.issuerDigest,
      sdHash: row.sdHash,
    },
    { from: row.from, to: row.to, type: row.type },
  )
}
