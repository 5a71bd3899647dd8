import type { PartnerTopics } from '#core/ports/partner-topics.ts'
import type { Store } from '../open-store.ts'

/** Topics of partners who speak Kafka themselves; `group` keeps where a service was. Undefined on the embedded default. */
export async function openPartners(
  { kafka }: Pick<Store, 'kafka'>,
  group: 'schakel.gateway' | 'schakel.courier',
): Promise<PartnerTopics | undefined> {
  if (!kafka) return undefined
  const { openPartnerTopics } = await import('#adapters/partner-topics/kafka.ts')
  return openPartnerTopics({ ...kafka, group })
}
