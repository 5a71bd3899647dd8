import type { Failure, FailureCode } from '#core/failure.ts'
import { FAILURES } from '#core/failure-table.ts'
import type { Language } from '#core/language.ts'

/** RFC 9457, with what the sender needs to mend it: code, pointer, next step. */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly code: FailureCode
  readonly pointer: string | null
  readonly next: string
  readonly instance: string
}

const STATUS: Partial<Record<FailureCode, number>> = {
  MSG_SIZE: 413,
  PEER_CERTIFICATE: 401,
  PEER_KEY_REVOKED: 401,
  PEER_KEY_EXPIRED: 401,
  PEER_RATE: 429,
  OPS_NOT_FOUND: 404,
}

/** HTTP status of a failure: its own, else its family's (design §10). */
export function statusOf(code: FailureCode): number {
  const own = STATUS[code]
  if (own !== undefined) return own
  if (code.startsWith('MSG_')) return 400
  if (code.startsWith('PEER_')) return 403
  return code.startsWith('OPS_') ? 503 : 500
}

/** Seconds to wait, for the statuses that ask for it. */
export function retryAfterOf(status: number): string | undefined {
  return status === 429 || status === 503 ? '1' : undefined
}

/** Never carries the failure's own detail or cause: those are for our log, not for the wire. */
export function problemOf(
  failure: Failure,
  request: { readonly id: string; readonly language: Language; readonly status?: number },
): Problem {
  const text = FAILURES[failure.code]
  const title = text[request.language]
  return {
    type: `https://schakel.example.nl/errors/${failure.code}`,
    title,
    status: request.status ?? statusOf(failure.code),
    detail: failure.pointer === undefined ? title : `${title} (${failure.pointer})`,
    code: failure.code,
    pointer: failure.pointer ?? null,
    next: text.next,
    instance: `urn:uuid:${request.id}`,
  }
}
