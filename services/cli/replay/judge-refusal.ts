import type { Reopened } from './content.ts'

/** What these say depends on the route, the connection or what came before, which the archive copy does not hold. */
const BEYOND_CONTENT: ReadonlySet<string> = new Set([
  'MSG_ID_REUSED',
  'MSG_ROUTE',
  'MSG_SUBJECT',
  'MSG_SUPERSEDES',
  'MSG_IN_REPLY_TO',
  'MSG_RECIPIENT_UNKNOWN',
  'MSG_ACK',
  'MSG_APPROVAL',
  'PEER_IDENTITY',
])

/**
 * Whether an opened message that was refused with `code` is refused so again; else what differs. A message that is in order and
 * refused all the same was suppressed, and nobody but replay would see it.
 */
export function refusalDifference(code: string, content: Reopened, receivedAt: number): string | null {
  if (content.kind === 'unavailable' || BEYOND_CONTENT.has(code)) return null
  if (content.kind === 'verified') {
    const late = code === 'MSG_LATE' && content.verified.visible.submitBy < receivedAt
    return late ? null : 'refusal: in order'
  }
  // Lateness is looked at before what else may be wrong, and an archive copy is never late.
  return content.code === code || code === 'MSG_LATE' ? null : `refusal: ${content.code}`
}
