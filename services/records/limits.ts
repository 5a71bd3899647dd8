const DAY = 86_400_000

/** How long each desk keeps what is personal. Choices of this application: no article was found that gives these terms. */
export const KEPT_MS = {
  /** Counter and assessor: a decided application, counted from the decision; foreign data go at the decision itself (Bjsg 38(2)). */
  decided: 56 * DAY,
  /** Counter: whether there is a certificate, under a hash; who presents one must be able to have it looked up. */
  certificate: 365 * DAY,
  /** Justid: a question nobody told us the decision about; the longest term of Wjsg 37 and as long again. */
  question: 112 * DAY,
  /** A note that something was offered which may not be used. */
  quarantine: 28 * DAY,
} as const

/** How often a desk looks what must go. */
export const PURGE_EVERY_MS = 3_599_000
