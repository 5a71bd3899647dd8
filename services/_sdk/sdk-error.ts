import { asFailure, type FailureCode } from '#core/failure.ts'
import { FAILURES } from '#core/failure-table.ts'

/**
 * The one family of errors of this SDK. `retryable`: the same bytes may be sent again later (they are still in the
 * outbox); else the message, key or agreement must change first. Never holds a secret or personal data.
 */
export class SchakelError extends Error {
  readonly code: FailureCode
  /** HTTP status, when the exchange answered. */
  readonly status: number | null
  /** JSON pointer (RFC 6901) to what must be mended. */
  readonly pointer: string | null
  /** What to do next. */
  readonly next: string
  readonly retryable: boolean
  /** The exchange's wish, ms. */
  readonly retryAfter: number | null

  constructor(
    code: FailureCode,
    more: {
      readonly status?: number
      readonly pointer?: string | null
      readonly retryable?: boolean
      readonly retryAfter?: number | null
      readonly detail?: string
      readonly cause?: unknown
    } = {},
  ) {
    const text = FAILURES[code]
    super(`${code}: ${more.detail ?? text.en}`, more.cause === undefined ? {} : { cause: more.cause })
    this.name = 'SchakelError'
    this.code = code
    this.status = more.status ?? null
    this.pointer = more.pointer ?? null
    this.next = text.next
    this.retryable = more.retryable ?? false
    this.retryAfter = more.retryAfter ?? null
  }
}

/** Runs `task`; whatever it throws becomes a SchakelError. */
export async function asSchakelErrors<T>(task: () => Promise<T> | T): Promise<T> {
  try {
    return await task()
  } catch (error) {
    if (error instanceof SchakelError) throw error
    const failure = asFailure(error)
    throw new SchakelError(failure.code, {
      pointer: failure.pointer ?? null,
      ...(failure.family === 'BUG' ? {} : { detail: failure.message.replace(/^[A-Z_]+: /, '') }),
      cause: error,
    })
  }
}
