export type PageStatus = 400 | 401 | 403 | 404 | 405 | 409 | 413 | 421 | 429 | 500 | 503

/** A page that cannot be given, with the HTTP status that says why. `code`: of the failure behind it, if it has one. */
export class PageRefusal extends Error {
  readonly status: PageStatus
  readonly code: string | undefined

  constructor(status: PageStatus, code?: string) {
    super(`refused with ${status}`)
    this.name = 'PageRefusal'
    this.status = status
    this.code = code
  }
}
