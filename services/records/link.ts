import { createHmac } from 'node:crypto'
import type { Publication } from '#sdk/build-content.ts'
import type { Connection } from '#sdk/connect.ts'
import type { HandoffForSender, MessageStatus } from '#sdk/gateway-answers.ts'
import type { SendOptions } from '#sdk/sender.ts'

/** One endpoint, as the desks use it: the SDK's connection. */
export type Link = Pick<Connection, 'urn' | 'publish' | 'status' | 'stream' | 'acknowledge' | 'duties'>

/** What became of one hand-off of ours. */
export interface Sent {
  readonly handoff: string | null
  /** `refused`: the message was not in order, `error` says why. `unanswered`: the exchange has it, and has not decided yet. */
  readonly verdict: 'permit' | 'permit-redacted' | 'hold' | 'deny' | 'refused' | 'unanswered'
  readonly reasons: readonly { readonly code: string; readonly nl: string; readonly en: string }[]
}

export const wentOut = ({ verdict }: Sent): boolean => verdict === 'permit' || verdict === 'permit-redacted'

const WAIT_SECONDS = 20

/** A message id that says nothing and is the same whenever the same thing is sent: a UUID under a key of the desk's own. */
export function idOf(key: Uint8Array, what: string): string {
  const bytes = createHmac('sha256', key).update(what).digest().subarray(0, 16)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

/**
 * Sends to one recipient, once: a desk that fell over between sending and noting it sends the same id again, the exchange refuses
 * that as used, and what became of the first is read instead. Throws `SchakelError`.
 */
export async function sendOnce(
  link: Link,
  type: string,
  publication: Publication & SendOptions & { readonly id: string },
): Promise<Sent> {
  const status = await link.publish(type, { wait: WAIT_SECONDS, ...publication })
  return sentOf(
    status.error?.code === 'MSG_ID_REUSED' ? await link.status(publication.id, WAIT_SECONDS) : status,
  )
}

function sentOf({ state, error, handoffs }: MessageStatus): Sent {
  if (state === 'accepted') return { handoff: null, verdict: 'unanswered', reasons: [] }
  const [handoff] = handoffs
  if (error || !handoff?.verdict) {
    const code = error?.code ?? 'OPS_PARKED'
    const text = error?.title ?? code
    return { handoff: null, verdict: 'refused', reasons: [{ code, nl: text, en: text }] }
  }
  return { handoff: handoff.handoff, ...verdictOf(handoff.verdict) }
}

function verdictOf({ kind, reasons }: NonNullable<HandoffForSender['verdict']>) {
  return { verdict: kind, reasons: reasons.map(({ code, nl, en }) => ({ code, nl, en })) }
}
