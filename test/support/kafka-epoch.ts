import type { Endpoint, Epoch, Partner } from '#core/decision/epoch.ts'
import type { EndpointUrn, Oin } from '#core/ids.ts'
import { testEpochOf, urn } from './test-epoch.ts'

type Delivery = Endpoint['delivery']['kind']

function endpointOf(partner: Partner, delivery: Delivery): Endpoint {
  return {
    urn: urn(partner.oin, 'zaken'),
    oin: partner.oin,
    partner: partner.id,
    name: 'zaken',
    roles: ['ngo-field'],
    task: null,
    regime: 'GDPR',
    delivery: delivery === 'push' ? { kind: 'push', url: 'https://push.example.nl/' } : { kind: delivery },
  }
}

/** The test epoch with one endpoint `zaken` for each OIN named, delivered so. */
export function kafkaEpoch(
  deliveries: Readonly<Record<string, Delivery>>,
  change: (partner: Partner) => Partner = (partner) => partner,
): Epoch {
  const epoch = testEpochOf()
  const partners = [...epoch.partners.values()].map((partner) => {
    const delivery = deliveries[partner.oin]
    return change(delivery ? { ...partner, endpoints: [endpointOf(partner, delivery)] } : partner)
  })
  const endpoints = partners.flatMap((partner) => partner.endpoints)
  return {
    ...epoch,
    partners: new Map<Oin, Partner>(partners.map((one) => [one.oin, one])),
    endpoints: new Map<EndpointUrn, Endpoint>(endpoints.map((one) => [one.urn, one])),
  }
}
