import type { Epoch, Partner } from '#core/decision/epoch.ts'
import type { EndpointUrn, Oin } from '#core/ids.ts'

export const OINS = {
  exchange: '00000099000000000001',
  ecpat: '00000099000000001000',
  tbkk: '00000099000000002000',
  ncb: '00000099000000005000',
  ph: '00000099000000007100',
  suspended: '00000099000000008000',
  stranger: '00000099000000009999',
} as const

export const urn = (oin: string, name: string): EndpointUrn =>
  `urn:nld:oin:${oin}:systeem:${name}` as EndpointUrn

function partner(id: string, oin: string, more: Partial<Partner> = {}): Partner {
  return {
    id,
    oin: oin as Oin,
    name: id,
    controller: id,
    country: 'NL',
    via: null,
    suspended: false,
    algorithms: ['Ed25519'],
    endpoints: [],
    ...more,
  }
}

const PARTNERS = [
  partner('ecpat', OINS.ecpat),
  partner('tbkk', OINS.tbkk),
  partner('ncb-nl', OINS.ncb),
  partner('ph-police', OINS.ph, { via: 'ncb-nl', country: 'PH' }),
  partner('gone', OINS.suspended, { suspended: true }),
]

const types = [
  { name: 'tip.ngo.forwarded', perItem: false },
  { name: 'police.ngo.disclosure', perItem: true },
].map(({ name, perItem }) => ({
  name,
  vct: `nl.schakel.${name}.v1`,
  version: 1,
  sha256: 'x',
  text: '{"type":"record"}',
  groups: [],
  toExchange: false,
  answeredBy: null,
  occurredWithin: 1,
  sunset: null,
  fields: [{ name: 'items', category: 'narrative', perItem, nullable: false, nl: 'rijen', en: 'rows' }],
}))

/** What gateway and courier read of an epoch; nothing here decides. */
export function testEpochOf(number = 1, revoked: readonly string[] = []): Epoch {
  const key = { kid: 'k1', jwk: { kty: 'OKP' }, from: 0, until: 1 }
  return {
    number,
    exchange: urn(OINS.exchange, 'schakel'),
    partners: new Map(PARTNERS.map((each) => [each.oin, each])),
    endpoints: new Map(),
    certificates: new Map(),
    carriers: new Map([[OINS.ph, OINS.ncb]]),
    revoked: new Set(revoked),
    intakeKeys: [key],
    labelKeys: [key],
    types: new Map(types.map((type) => [type.name, type])),
    policies: new Map(),
  } as unknown as Epoch
}
