import type { Publication } from '#sdk/build-content.ts'
import type { Connection } from '#sdk/connect.ts'
import { SchakelError } from '#sdk/sdk-error.ts'
import { PageRefusal } from '#web/page-refusal.ts'
import type { Outcome } from './tip-file.ts'

/** The hotline's endpoint, as this application uses it. */
export type Link = Pick<Connection, 'urn' | 'publish' | 'status' | 'stream' | 'acknowledge' | 'close'>

const WAIT_SECONDS = 20
const PENDING: Outcome = { verdict: 'unanswered', handoff: null, reasons: [] }

/**
 * Sends to one recipient, once: who fell over between sending and noting it sends the same id again, and reads what became of the
 * first. When the exchange cannot be reached, `PageRefusal` 503: the sealed bytes wait in the outbox and go out at the next try.
 */
export async function sendOnce(
  link: Link,
  type: string,
  publication: Publication & { readonly id: string },
): Promise<Outcome> {
  return outcomeOr503(async () => {
    const status = await link.publish(type, { wait: WAIT_SECONDS, ...publication })
    return status.error?.code === 'MSG_ID_REUSED' ? link.status(publication.id, WAIT_SECONDS) : status
  })
}

/** What became of a message by now. */
export const outcomeNow = (link: Link, message: string): Promise<Outcome> =>
  outcomeOr503(() => link.status(message))

async function outcomeOr503(ask: () => ReturnType<Link['status']>): Promise<Outcome> {
  try {
    const { state, error, handoffs } = await ask()
    const [handoff] = handoffs
    if (state === 'accepted') return PENDING
    if (error || !handoff?.verdict) return refused(error?.code ?? state, error?.title ?? state)
    const { kind, reasons } = handoff.verdict
    return {
      verdict: kind,
      handoff: handoff.handoff,
      reasons: reasons.map(({ code, nl, en }) => ({ code, nl, en })),
    }
  } catch (error) {
    if (!(error instanceof SchakelError)) throw error
    if (error.retryable) throw new PageRefusal(503, error.code)
    return refused(error.code, error.next)
  }
}

const refused = (code: string, text: string): Outcome => ({
  verdict: 'refused',
  handoff: null,
  reasons: [{ code, nl: text, en: text }],
})
