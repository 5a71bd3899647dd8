/** How the exchange does, as the operator's desk shows it. Counts and places only: no party, no type, no content. */
export interface Operations {
  /** ms */
  readonly at: number
  readonly services: readonly {
    readonly name: string
    readonly ready: boolean
    /** Why not, in a few words of its own; null when ready. */
    readonly note: string | null
  }[]
  readonly newestEpoch: number
  readonly partitions: readonly {
    readonly partition: number
    readonly head: number
    readonly epoch: number
    /** Inputs without an answer; null = cannot be read from here. */
    readonly waiting: number | null
    readonly voids: number
  }[]
  readonly ledger: { readonly size: number; readonly behind: number; readonly ageMs: number | null }
  readonly expired: number
  /** Newest first, bounded. */
  readonly parked: readonly {
    readonly partition: number
    readonly seq: number
    readonly code: string
    readonly at: number
  }[]
  readonly parkedTotal: number
  /** Oldest first; each an hour or a day that began at `from`. */
  readonly verdicts: readonly ({ readonly from: number } & VerdictCounts)[]
  /** By count, most first. */
  readonly reasons: readonly { readonly code: string; readonly count: number }[]
  /** Deadlines ahead: open hand-offs by day. */
  readonly deadlines: readonly { readonly from: number; readonly held: number; readonly sealed: number }[]
  /** Verdicts are counted from here on; null = from the beginning of the log. */
  readonly since: number | null
}

export interface VerdictCounts {
  readonly permit: number
  readonly redacted: number
  readonly hold: number
  readonly deny: number
}
