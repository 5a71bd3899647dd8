import type { Oin } from '#core/ids.ts'
import type { Agreement, Endpoint, Epoch } from './epoch.ts'

export type InstrumentState = 'lists' | 'unlisted' | 'expired' | 'missing'

/** Which instrument carries this hand-off. `profile`: fields that every listing instrument lets through, `*` = all. */
export interface Instrument {
  readonly state: InstrumentState
  readonly ids: readonly string[]
  readonly profile: readonly string[]
}

interface Asked {
  readonly type: string
  readonly from: Endpoint
  readonly to: Endpoint
  readonly basis: string
  readonly purpose: string
  readonly at: number
}

/**
 * State of the instruments between two endpoints at `at` (design §5, Instruments): one that is in force and lists type, roles,
 * basis and purpose → `lists`; one that lists it but has ended → `expired`; another one in force → `unlisted` (a lack of
 * permit, not of an agreement); only ended ones → `expired`; none → `missing`.
 */
export function findInstrument(asked: Asked, epoch: Epoch): Instrument {
  const binding = epoch.agreements.filter((agreement) => binds(agreement, asked, epoch))
  const listing = binding.filter((agreement) => entriesOf(agreement, asked).length > 0)
  const inForce = (agreement: Agreement) => agreement.from <= asked.at && asked.at < agreement.until
  const ended = (agreement: Agreement) => agreement.until <= asked.at
  const valid = listing.filter(inForce)
  if (valid.length > 0) {
    const profiles = valid.flatMap((agreement) => entriesOf(agreement, asked).map((entry) => entry.profile))
    return { state: 'lists', ids: idsOf(valid), profile: profiles.reduce(intersect) }
  }
  if (listing.some(ended)) return { state: 'expired', ids: idsOf(listing.filter(ended)), profile: [] }
  if (binding.some(inForce)) return { state: 'unlisted', ids: idsOf(binding.filter(inForce)), profile: [] }
  if (binding.some(ended)) return { state: 'expired', ids: idsOf(binding.filter(ended)), profile: [] }
  return { state: 'missing', ids: [], profile: [] }
}

/**
 * An agreement binds its parties, a statute its sender towards anybody, an internal authorisation one controller's own. For a body
 * without a key its carrier is party: it cites the statute under which it takes in what that body says.
 */
function binds(agreement: Agreement, { from, to }: Asked, epoch: Epoch): boolean {
  const carrier = agreement.kind === 'statute' ? epoch.carriers.get(from.oin) : undefined
  const isParty = (oin: Oin | undefined) => oin !== undefined && agreement.parties.includes(oin)
  if (!isParty(from.oin) && !isParty(carrier)) return false
  switch (agreement.kind) {
    case 'statute':
      return true
    case 'agreement':
      return agreement.parties.includes(to.oin)
    case 'internal':
      return (
        agreement.parties.includes(to.oin) &&
        epoch.partners.get(from.oin)?.controller === epoch.partners.get(to.oin)?.controller
      )
  }
}

function entriesOf(agreement: Agreement, asked: Asked): Agreement['lists'] {
  return agreement.lists.filter(
    (entry) =>
      entry.type === asked.type &&
      entry.basis === asked.basis &&
      entry.purposes.includes(asked.purpose) &&
      entry.from.some((role) => asked.from.roles.includes(role)) &&
      entry.to.some((role) => asked.to.roles.includes(role)),
  )
}

const idsOf = (agreements: readonly Agreement[]): readonly string[] => agreements.map(({ id }) => id).sort()

function intersect(a: readonly string[], b: readonly string[]): readonly string[] {
  if (a.includes('*')) return b
  return b.includes('*') ? a : a.filter((field) => b.includes(field))
}
