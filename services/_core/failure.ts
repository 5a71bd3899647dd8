/**
 * Everything that can go wrong, in five families named by who must act (design §10).
 * `LAW_` answers are verdicts, never thrown: their reason codes live in `decision/reason.ts`.
 */
import type { FAILURES } from './failure-table.ts'

export type FailureCode = keyof typeof FAILURES
export type Family = 'MSG' | 'PEER' | 'OPS' | 'BUG'

/** A typed failure: `code` says what, `pointer` (JSON pointer, RFC 6901) where; never a secret or personal data. */
export class Failure extends Error {
  readonly code: FailureCode
  readonly pointer: string | undefined
  constructor(code: FailureCode, pointer?: string, detail?: string) {
    super(detail ? `${code}: ${detail}` : code)
    this.name = 'Failure'
    this.code = code
    this.pointer = pointer
  }
  get family(): Family {
    return this.code.slice(0, this.code.indexOf('_')) as Family
  }
}

export function fail(code: FailureCode, pointer?: string, detail?: string): never {
  throw new Failure(code, pointer, detail)
}

/** Any thrown value as a Failure: what is not one of ours is a bug of ours. */
export function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error
  const failure = new Failure('BUG_UNEXPECTED', undefined, error instanceof Error ? error.name : typeof error)
  failure.cause = error
  return failure
}
