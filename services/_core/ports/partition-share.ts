/**
 * Who of several exchanges works on which partitions. A share is an optimisation: two exchanges that believe they own the same
 * partition redo each other's work and nothing worse (design §3, the chain rule).
 */
export interface PartitionShare {
  /**
   * Calls `use` with this instance's share, and again with each new one, never two at a time: the signal it got aborts when
   * the share changes or `signal` does, and the next call waits until it has returned. While nobody can tell (the
   * coordinator is gone) the last share stays. Resolves on abort; rejects with what `use` rejected with.
   */
  run(
    signal: AbortSignal,
    use: (partitions: readonly number[], signal: AbortSignal) => Promise<void>,
  ): Promise<void>
}
