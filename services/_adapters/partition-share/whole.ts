import { LIMITS } from '#core/limits.ts'
import type { PartitionShare } from '#core/ports/partition-share.ts'

/** The share of an exchange that is alone: every partition, until abort. */
export function wholeShare(): PartitionShare {
  const all = Array.from({ length: LIMITS.partitions }, (_, partition) => partition)
  return { run: (signal, use) => use(all, signal) }
}
