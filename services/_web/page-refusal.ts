import { asFailure, Failure, type FailureCode } from '#core/failure.ts'

export type PageStatus = 400 | 401 | 403 | 404 | 405 | 409 | 413 | 421 | 429 | 500 | 503

/** A page that cannot be given, with the HTTP status that says why. `code`: of the failure behind it, if it has one. */
export class PageRefusal extends Error {
  readonly status: PageStatus
  readonly code: FailureCode | undefined

  constructor(status: PageStatus, code?: FailureCode) {
    super(`refused with ${status}`)
    this.name = 'PageRefusal'
    this.status = status
    this.code = code
  }
}

/** Any thrown value as a refusal: ours by family, what the HTTP layer refuses as a bad request, all else a bug of ours. */
export function asPageRefusal(error: unknown): PageRefusal {
  if (error instanceof PageRefusal) return error
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined
  if (status === 413) return new PageRefusal(413)
  if (typeof status === 'number' && status >= 400 && status < 500) return new PageRefusal(400)
  const { code, family } = asFailure(error)
  if (code === 'OPS_NOT_FOUND') return new PageRefusal(404, code)
  if (family === 'MSG') return new PageRefusal(400, code)
  return new PageRefusal(family === 'OPS' ? 503 : 500, code)
}

/** What an operator's log gets of it; nothing for what the reader did wrong. */
export function reportable(error: unknown): Failure | undefined {
  if (asPageRefusal(error).status < 500) return undefined
  return error instanceof PageRefusal ? new Failure(error.code ?? 'BUG_UNEXPECTED') : asFailure(error)
}

export function notFound(): never {
  throw new PageRefusal(404, 'OPS_NOT_FOUND')
}
