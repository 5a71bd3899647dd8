import type { Oin } from '#core/ids.ts'
import type { Certificate, Epoch } from './epoch.ts'

/**
 * Bodies without a key of their own → the partner that carries them (domain §8.2). Only for these may somebody else sign: what
 * such a body says is carrier-attested. `everSigned`: every certificate there is, those on the CRL and expired ones included. A
 * body that ever had a key speaks for itself alone: that its key was revoked gives nobody the right to sign in its stead.
 */
export function carriersOf(
  partners: Epoch['partners'],
  everSigned: ReadonlyMap<string, Certificate>,
): ReadonlyMap<Oin, Oin> {
  const signing = new Set([...everSigned.values()].filter(({ use }) => use === 'sign').map(({ oin }) => oin))
  const byId = new Map([...partners.values()].map(({ id, oin }) => [id, oin]))
  const carriers = new Map<Oin, Oin>()
  for (const { oin, via } of partners.values()) {
    const carrier = via === null ? undefined : byId.get(via)
    if (carrier !== undefined && !signing.has(oin)) carriers.set(oin, carrier)
  }
  return carriers
}
