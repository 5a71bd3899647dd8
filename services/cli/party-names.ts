import type { Epoch } from '#core/decision/epoch.ts'
import type { EndpointUrn } from '#core/ids.ts'

/** `ecpat/meldpunt` for an endpoint of a partner, `schakel` for the exchange, the urn for what nobody registered. */
export function partyName(urn: EndpointUrn, epoch: Epoch): string {
  if (urn === epoch.exchange) return 'schakel'
  const endpoint = epoch.endpoints.get(urn)
  return endpoint ? `${endpoint.partner}/${endpoint.name}` : urn
}
