import { createHmac } from 'node:crypto'
import { uuidV4 } from '#core/uuid-v4.ts'
import type { Publication } from './build-content.ts'
import type { Connection } from './connection.ts'
import type { MessageStatus } from './gateway-answers.ts'
import { SchakelError } from './sdk-error.ts'

/** What became of something sent to one recipient: the verdict, `refused` before there was one, or not answered yet. */
export interface Outcome {
  readonly verdict: 'permit' | 'permit-redacted' | 'hold' | 'deny' | 'refused' | 'unanswered'
  readonly handoff: string | null
  readonly reasons: readonly { readonly code: string; readonly nl: string; readonly en: string }[]
}

const WAIT_SECONDS = 20

/** A message id that says nothing, and is the same whenever the same thing is sent: under a secret key of the sender's own. */
export const messageIdOf = (key: Uint8Array, what: string): string =>
  uuidV4(createHmac('sha256', key).update(what).digest())

/**
 * Sends to one recipient, once: who fell over between sending and noting it sends the same id again, and reads what became of the
 * first. When the exchange cannot be reached the outcome is `unanswered`, and the sealed bytes wait in the outbox.
 */
export async function sendOnce(
  link: Pick<Connection, 'publish' | 'status'>,
  type: string,
  publication: Publication & { readonly id: string },
): Promise<Outcome> {
  try {
    const status = await link.publish(type, { wait: WAIT_SECONDS, ...publication })
    return status.error?.code === 'MSG_ID_REUSED' ? await outcomeNow(link, publication.id) : outcomeOf(status)
  } catch (error) {
    if (error instanceof SchakelError && error.retryable) return none('unanswered', [])
    return refusedBy(error)
  }
}

/** What became of a message by now. Throws `SchakelError` when nobody can tell. */
export async function outcomeNow(link: Pick<Connection, 'status'>, message: string): Promise<Outcome> {
  try {
    return outcomeOf(await link.status(message))
  } catch (error) {
    if (error instanceof SchakelError && error.retryable) throw error
    return refusedBy(error)
  }
}

function outcomeOf({ state, error, handoffs: [handoff] }: MessageStatus): Outcome {
  if (state === 'accepted') return none('unanswered', [])
  if (error || !handoff?.verdict)
    return none('refused', [reason(error?.code ?? state, error?.title ?? state)])
  const { kind, reasons } = handoff.verdict
  const told = reasons.map(({ code, nl, en }) => ({ code, nl, en }))
  return { verdict: kind, handoff: handoff.handoff, reasons: told }
}

function refusedBy(error: unknown): Outcome {
  if (!(error instanceof SchakelError)) throw error
  return none('refused', [reason(error.code, error.next)])
}

const reason = (code: string, text: string) => ({ code, nl: text, en: text })
const none = (verdict: 'refused' | 'unanswered', reasons: Outcome['reasons']): Outcome => ({
  verdict,
  handoff: null,
  reasons,
})
