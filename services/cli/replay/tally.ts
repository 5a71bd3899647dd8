/** How many differences and flips are listed; all are counted. */
export const REPLAY_LISTED = 1_000

export interface Where {
  /** outcomes/<partition>/<seq>#<n> */
  readonly at: string
  readonly handoff: string
}

/** `what`: versions, question, verdict, or why it does not verify any more. */
export interface Difference extends Where {
  readonly what: string
}

export interface Flip extends Where {
  readonly type: string
  readonly was: string
  readonly would: string
  /** Members that would leave besides (`+name`) or no longer (`-name`). */
  readonly members: readonly string[]
  readonly reasons: readonly string[]
}

/** Counts, and the first thousand of what is to be looked at. */
export class ReplayTally {
  readonly counts = { total: 0, rederived: 0, reasoned: 0, attested: 0, differs: 0, flips: 0 }
  readonly differing: Difference[] = []
  readonly flips: Flip[] = []
  readonly #progress: (total: number) => void

  constructor(progress: (total: number) => void) {
    this.#progress = progress
  }

  rederived(): void {
    this.#count('rederived')
  }

  reasoned(): void {
    this.#count('reasoned')
  }

  attested(): void {
    this.#count('attested')
  }

  differs(where: Where, what: string): void {
    this.#count('differs')
    if (this.differing.length < REPLAY_LISTED) this.differing.push({ ...where, what })
  }

  flip(flip: Flip): void {
    this.counts.flips += 1
    if (this.flips.length < REPLAY_LISTED) this.flips.push(flip)
  }

  #count(kind: 'rederived' | 'reasoned' | 'attested' | 'differs'): void {
    this.counts[kind] += 1
    this.counts.total += 1
    if (this.counts.total % 100 === 0) this.#progress(this.counts.total)
  }
}
