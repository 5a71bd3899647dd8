import { wholeShare } from '#adapters/partition-share/whole.ts'
import type { Failure } from '#core/failure.ts'
import type { PartitionShare } from '#core/ports/partition-share.ts'
import type { Store } from '../open-store.ts'

/** On the embedded default one exchange has everything; on Kafka a consumer group shares the partitions out. */
export async function openShare(
  _store: Store,
  _report: (failure: Failure, about: string) => void,
): Promise<PartitionShare> {
  return wholeShare()
}
