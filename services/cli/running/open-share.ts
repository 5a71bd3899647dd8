import { wholeShare } from '#adapters/partition-share/whole.ts'
import type { PartitionShare } from '#core/ports/partition-share.ts'
import type { Store } from '../open-store.ts'

/** What several instances of a service share out: group names begin with the identity, which has the right to them. */
export type ShareGroup = 'schakel.exchange' | 'schakel.gateway.bridge' | 'schakel.courier.topics'

/** On the embedded default one instance has everything; on Kafka a group shares the partitions out. */
export async function openShare(
  { kafka, clock }: Pick<Store, 'kafka' | 'clock'>,
  groupId: ShareGroup,
): Promise<PartitionShare> {
  // For tests of split brain: whose share is whole redoes others' work, and nothing worse (design §3).
  if (!kafka || process.env['SCHAKEL_SHARE'] === 'whole') return wholeShare()
  const { kafkaShare } = await import('#adapters/partition-share/kafka.ts')
  return kafkaShare({ ...kafka, clock, groupId })
}
