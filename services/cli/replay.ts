import { performance } from 'node:perf_hooks'
import { LIMITS } from '#core/limits.ts'
import type { ReplayFilter } from './replay/filter.ts'
import { PartitionReplay } from './replay/partition-replay.ts'
import type { EpochSource, ReplayStore } from './replay/store.ts'
import { type Difference, type Flip, ReplayTally } from './replay/tally.ts'

export interface ReplayOptions extends ReplayFilter {
  /** Epochs under proposed rules (`proposedRules`): what would flip is listed besides. */
  readonly proposed?: EpochSource | undefined
  readonly progress?: (total: number) => void
  /** Aborted: rejects with its reason. */
  readonly signal?: AbortSignal
}

export interface ReplayReport {
  /** Verdicts looked at: the sum of the four that follow. */
  readonly total: number
  /** From content, opened and verified again. */
  readonly rederived: number
  /** From the recorded question: content erased. */
  readonly reasoned: number
  /** Decision record not readable any more: only the leaf. */
  readonly attested: number
  readonly differs: number
  readonly seconds: number
  readonly differing: readonly Difference[]
  readonly flips: readonly Flip[]
}

/** Derives every verdict again from the log, control and living keys alone, and compares (design §6). Changes nothing. */
export async function replay(store: ReplayStore, options: ReplayOptions = {}): Promise<ReplayReport> {
  const started = performance.now()
  const tally = new ReplayTally((total) => {
    options.signal?.throwIfAborted()
    options.progress?.(total)
  })
  for (let partition = 0; partition < LIMITS.partitions; partition += 1) {
    options.signal?.throwIfAborted()
    if (options.partition !== undefined && options.partition !== partition) continue
    await new PartitionReplay(store, partition, options, options.proposed, tally).run()
  }
  const { total, rederived, reasoned, attested, differs } = tally.counts
  const seconds = Math.round(performance.now() - started) / 1000
  const { differing, flips } = tally
  return { total, rederived, reasoned, attested, differs, seconds, differing, flips }
}
