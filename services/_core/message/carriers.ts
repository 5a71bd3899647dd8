import type { Epoch } from '#core/decision/epoch.ts'
import type { Oin } from '#core/ids.ts'

type World = Pick<Epoch, 'partners' | 'certificates'>

const KNOWN = new WeakMap<World, ReadonlyMap<Oin, Oin>>()

/**
 * Bodies without a key of their own → the partner that carries them (domain §8.2). Only for these may somebody else sign: what
 * such a body says is carrier-attested. A body that has a signing certificate, in force or not, speaks for itself alone.
 */
export function carriersOf(epoch: World): ReadonlyMap<Oin, Oin> {
  const known = KNOWN.get(epoch)
  if (known) return known
  const signing = new Set(
    [...epoch.certificates.values()].filter(({ use }) => use === 'sign').map(({ oin }) => oin),
  )
  const byId = new Map([...epoch.partners.values()].map(({ id, oin }) => [id, oin]))
  const carriers = new Map<Oin, Oin>()
  for (const { oin, via } of epoch.partners.values()) {
    const carrier = via === null ? undefined : byId.get(via)
    if (carrier !== undefined && !signing.has(oin)) carriers.set(oin, carrier)
  }
  KNOWN.set(epoch, carriers)
  return carriers
}
