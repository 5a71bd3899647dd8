import { frontierRoot } from '#core/ledger/merkle.ts'
import { LIMITS } from '#core/limits.ts'
import { checkControl } from './fsck/check-control.ts'
import { checkKeys } from './fsck/check-keys.ts'
import { checkCuts, checkTiles } from './fsck/check-ledger.ts'
import { type KeysNamed, PartitionCheck, type Totals } from './fsck/check-partition.ts'
import { type Problem, Problems } from './fsck/problems.ts'
import type { FsckStore } from './fsck/store.ts'

export interface FsckReport {
  readonly ok: boolean
  /** Valid outcomes, genesis included. `leaves`: of decisions, and those of heads that cuts made. */
  readonly outcomes: number
  readonly voids: number
  readonly handoffs: number
  readonly leaves: number
  /** Leaves in cuts, and the root over them, base64. */
  readonly size: number
  readonly root: string
  readonly problems: readonly Problem[]
}

/**
 * Judges the whole store by a model of its own (design §6): chains, inputs, states, permits, keys, leaves, cuts, tiles. It reads
 * what is there, in one pass along the cuts, and changes nothing; a problem found does not stop it.
 */
export async function fsck(
  store: FsckStore,
  progress: (outcomes: number) => void = () => undefined,
): Promise<FsckReport> {
  const problems = new Problems()
  const voids = { count: 0 }
  const totals: Totals = { outcomes: 0, handoffs: 0, leaves: 0 }
  const keys: KeysNamed = { content: new Map(), accountability: new Set(), erased: new Set(), heads: [] }
  const control = await checkControl(store, voids, problems)
  const shared = { problems, keys, totals, voids, progress }
  const partitions = Array.from(
    { length: LIMITS.partitions },
    (_, partition) => new PartitionCheck(store, partition, control, shared),
  )
  const ledger = await checkCuts(store, control, partitions, shared)
  for (const partition of partitions) {
    // What no cut holds yet is checked too; its leaves are only counted.
    for await (const _leaf of partition.advance(Number.POSITIVE_INFINITY));
    partition.finish()
  }
  await checkKeys(store, keys, problems)
  await checkTiles(store, ledger, problems)
  return {
    ok: problems.count === 0,
    outcomes: totals.outcomes,
    voids: voids.count,
    handoffs: totals.handoffs,
    leaves: totals.leaves,
    size: ledger.frontier.size,
    root: Buffer.from(frontierRoot(ledger.frontier)).toString('base64'),
    problems: problems.list,
  }
}
