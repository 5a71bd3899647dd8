import { asFailure, Failure } from '#core/failure.ts'

export type RefusalStatus = 400 | 404 | 405 | 421 | 500 | 503

/** A page that cannot be given, with the HTTP status that says why. */
export class Refusal extends Error {
  readonly status: RefusalStatus
  readonly failure: Failure | undefined

  constructor(status: RefusalStatus, failure?: Failure) {
    super(`refused with ${status}`)
    this.name = 'Refusal'
    this.status = status
    this.failure = failure
  }
}

/** Any thrown value as a refusal: ours by family, what the HTTP layer refuses as bad request, all else a bug of ours. */
export function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined
  if (typeof status === 'number' && status >= 400 && status < 500) return new Refusal(400)
  const failure = asFailure(error)
  if (failure.code === 'OPS_NOT_FOUND') return new Refusal(404, failure)
  if (failure.family === 'MSG') return new Refusal(400, failure)
  return new Refusal(failure.family === 'OPS' ? 503 : 500, failure)
}

export function notFound(): never {
  throw new Refusal(404, new Failure('OPS_NOT_FOUND'))
}
