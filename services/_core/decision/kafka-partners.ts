import type { Oin } from '#core/ids.ts'
import type { Epoch, Partner } from './epoch.ts'

/** A partner with topics of its own, and everybody whose mail goes there: itself and the bodies it carries (`via`). */
export interface KafkaPartner {
  readonly partner: Partner
  readonly oins: readonly Oin[]
}

const speaksKafka = (partner: Partner): boolean =>
  partner.endpoints.some((endpoint) => endpoint.delivery.kind === 'kafka')

/** Who has `p.<oin>.in` and `p.<oin>.out` under this epoch. A suspended partner is neither read nor written to. */
export function kafkaPartners(epoch: Epoch): readonly KafkaPartner[] {
  const active = [...epoch.partners.values()].filter((partner) => !partner.suspended)
  return active.flatMap((partner) => {
    if (partner.via !== null) return []
    const carried = active.filter((other) => other.via === partner.id)
    if (![partner, ...carried].some(speaksKafka)) return []
    return [{ partner, oins: [partner.oin, ...carried.map((other) => other.oin)] }]
  })
}
