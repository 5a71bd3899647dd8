import type { EndpointUrn } from '#core/ids.ts'
import type { Endpoint, Epoch, PermitPins, PolicyMeta } from './epoch.ts'
import { findInstrument } from './find-instrument.ts'
import { counts } from './register-row.ts'

/**
 * A way along which a permit and an instrument in force let something go. It promises nothing: guards look at the message itself, and
 * may refuse, hold or take away more.
 */
export interface Route {
  readonly type: string
  readonly from: EndpointUrn
  readonly to: EndpointUrn
  readonly purpose: string
  readonly basis: string
  readonly rule: string
  readonly article: string
  readonly verified: boolean
  /** The most that may be shown: data fields, `*` = all. */
  readonly shows: readonly string[]
  readonly obligations: readonly string[]
}

type Permit = PolicyMeta & { readonly pins: PermitPins }

/** Names of the flags that are on at `at`; under --strict only of verified rows. */
export function flagsOnAt(epoch: Epoch, at: number): readonly string[] {
  const rows = epoch.registers.get('flags')?.rows ?? []
  return rows
    .filter((row) => row.from <= at && at < row.until && counts(epoch, row))
    .map((row) => String(row['flag']))
}

/** Every route from an endpoint at `at`, in the order type, recipient, basis, purpose. Suspended partners have none. */
export function routesFrom(from: Endpoint, epoch: Epoch, at: number): readonly Route[] {
  return permitsAt(epoch, at).flatMap((permit) =>
    [...epoch.endpoints.values()].flatMap((to) => routeOf(permit, from, to, epoch, at)),
  )
}

/** Every endpoint that some route leads from, to this one. */
export function sendersTo(to: Endpoint, epoch: Epoch, at: number): readonly EndpointUrn[] {
  const permits = permitsAt(epoch, at)
  return [...epoch.endpoints.values()]
    .filter((from) => permits.some((permit) => routeOf(permit, from, to, epoch, at).length > 0))
    .map(({ urn }) => urn)
}

function permitsAt(epoch: Epoch, at: number): readonly Permit[] {
  const flags = flagsOnAt(epoch, at)
  return [...epoch.policies.values()]
    .filter((policy): policy is Permit => policy.pins !== null)
    .filter(
      ({ verified, pins }) =>
        (verified || !epoch.profile.strict) && pins.flags.every((flag) => flags.includes(flag)),
    )
    .toSorted((a, b) => orderOf(a.pins).localeCompare(orderOf(b.pins), 'en'))
}

const orderOf = ({ type, basis, purpose }: PermitPins): string => `${type} ${basis} ${purpose}`

function routeOf(permit: Permit, from: Endpoint, to: Endpoint, epoch: Epoch, at: number): readonly Route[] {
  const { pins } = permit
  if (!from.roles.includes(pins.from) || !to.roles.includes(pins.to)) return []
  if (epoch.partners.get(from.oin)?.suspended !== false || epoch.partners.get(to.oin)?.suspended !== false)
    return []
  const { type, basis, purpose } = pins
  const { state, profile } = findInstrument({ type, from, to, basis, purpose, at }, epoch)
  if (state !== 'lists') return []
  return [
    {
      type,
      from: from.urn,
      to: to.urn,
      purpose,
      basis,
      rule: permit.id,
      article: permit.article ?? '',
      verified: permit.verified,
      shows: common(permit.show, profile),
      obligations: permit.oblige,
    },
  ]
}

/** Names in both lists; `*` = all. */
function common(a: readonly string[], b: readonly string[]): readonly string[] {
  if (a.includes('*')) return b
  return b.includes('*') ? a : a.filter((name) => b.includes(name))
}
