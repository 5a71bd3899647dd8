import { decidedTypes } from '#core/decision/cedar-schema.ts'
import type { Agreement, MessageType, PolicyMeta } from '#core/decision/epoch.ts'
import { partialMatch } from './partial-match.ts'
import { type Contracts, readContracts } from './read-contracts.ts'

const HEADER = `# Who may hand what to whom. Made by \`npm run generate\` from contracts/ and schemas/: never edit it.
# One block per kind of sender, message type and kind of recipient that some permit could allow; every other
# combination is refused with NO_LEGAL_BASIS. A kind = the roles of an endpoint. Context unknown: a guard marked ! always
# applies here, the others when their condition holds. † = law text not verified. - = no instrument lists it.
`

/** contracts/matrix.txt: a change of a rule shows its whole reach in the diff. */
export async function generateMatrix(root: string): Promise<Map<string, string>> {
  const contracts = readContracts(root)
  const kinds = kindsOf(contracts)
  const blocks = decidedTypes(contracts.types).flatMap((type) =>
    kinds.flatMap((from) => kinds.flatMap((to) => blockOf(contracts, type, from, to))),
  )
  return new Map([['contracts/matrix.txt', `${HEADER}\n${blocks.join('\n\n')}\n`]])
}

type Kind = readonly string[]

/** The role that every endpoint has: a kind of its own here, towards itself, and named in no other. */
const ANYBODY = 'partner'

/** Sets of roles that endpoints have, each once. */
function kindsOf({ partners }: Contracts): readonly Kind[] {
  const endpoints = partners.flatMap((partner) => partner.endpoints)
  const own = endpoints.map(({ roles }) => roles.filter((role) => role !== ANYBODY))
  const kinds = [...own.filter((roles) => roles.length > 0), [ANYBODY]].map((roles) =>
    [...roles].sort().join('+'),
  )
  return [...new Set(kinds)].sort().map((kind) => kind.split('+'))
}

function blockOf(contracts: Contracts, type: MessageType, from: Kind, to: Kind): readonly string[] {
  const policies = new Map(contracts.policies.map(({ meta }) => [meta.id, meta]))
  // A permit pins its type and roles, so only these can match; Cedar is asked whether they do.
  const pinned = contracts.policies.filter(
    ({ meta: { pins } }) => pins?.type === type.name && from.includes(pins.from) && to.includes(pins.to),
  )
  if (pinned.length === 0) return []
  const texts = (permit: boolean) =>
    Object.fromEntries(
      (permit ? pinned : contracts.policies.filter(({ meta }) => meta.set !== 'permit')).map(
        ({ meta, parsed }) => [meta.id, parsed.text],
      ),
    )
  const options = { toItself: from.includes(ANYBODY) }
  const permits = partialMatch(texts(true), from, type, to, options)
  const ids = [...permits.sure, ...permits.maybe].sort()
  if (ids.length === 0) return []
  const guards = partialMatch(texts(false), from, type, to, options)
  const metas = ids.flatMap((id) => policies.get(id) ?? [])
  const always = guards.sure.flatMap((id) => policies.get(id) ?? [])
  const line = (set: PolicyMeta['set']) => {
    const named = [
      ...guards.sure.filter((id) => policies.get(id)?.set === set).map((id) => `${id}!`),
      ...guards.maybe.filter((id) => policies.get(id)?.set === set),
    ]
    return named.length === 0 ? [] : [`  ${set.padEnd(7)}${named.sort().join(' ')}`]
  }
  return [
    [
      `${type.name}: ${from.join('+')} -> ${to.join('+')}`,
      ...metas.flatMap((permit) => permitLines(contracts, type, permit, from, to, always)),
      ...line('deny'),
      ...line('hold'),
      ...line('hide'),
    ].join('\n'),
  ]
}

function permitLines(
  { agreements }: Contracts,
  type: MessageType,
  permit: PolicyMeta,
  from: Kind,
  to: Kind,
  always: readonly PolicyMeta[],
): readonly string[] {
  const { pins } = permit
  const listing = agreements.flatMap((agreement) =>
    entriesOf(agreement, type, permit, from, to).map((entry) => ({ agreement, profile: entry.profile })),
  )
  const hidden = (field: MessageType['fields'][number]) =>
    always.some(({ hide }) => hide.includes(field.name) || hide.includes(`#${field.category}`))
  const shown = permit.show.includes('*')
    ? ['what the held hand-off would show, and alsoShow of its guard']
    : type.fields
        .filter((field) => permit.show.includes(field.name) && !hidden(field))
        .filter(({ name }) => listing.some(({ profile }) => profile.includes('*') || profile.includes(name)))
        .map(({ name }) => name)
  return [
    `  permit ${permit.id} (${permit.article ?? ''}${permit.verified ? '' : ' †'}) for ${pins?.purpose} on ${pins?.basis}${flagsOf(permit)}`,
    `  shows  ${shown.join(' ')}`,
    `  class  ${permit.classes.join(' ')}`,
    `  listed ${listing.length === 0 ? '-' : listing.map(({ agreement }) => `${agreement.id} (${agreement.kind})`).join(' ')}`,
    ...(permit.oblige.length === 0 ? [] : [`  duties ${permit.oblige.join(' ')}`]),
  ]
}

const flagsOf = ({ pins }: PolicyMeta): string =>
  pins && pins.flags.length > 0 ? ` with flag ${pins.flags.join(', ')}` : ''

function entriesOf(
  agreement: Agreement,
  type: MessageType,
  { pins }: PolicyMeta,
  from: Kind,
  to: Kind,
): Agreement['lists'] {
  return agreement.lists.filter(
    (entry) =>
      entry.type === type.name &&
      entry.basis === pins?.basis &&
      entry.purposes.includes(pins.purpose) &&
      entry.from.some((role) => from.includes(role)) &&
      entry.to.some((role) => to.includes(role)),
  )
}
