import type { Agreement, Partner } from '#core/decision/epoch.ts'
import { readAgreement } from '#core/decision/read-agreement.ts'
import { readJson } from '#core/decision/read-json.ts'
import { readPartner } from '#core/decision/read-partner.ts'
import { fail } from '#core/failure.ts'
import type { Contracts } from '../generate/read-contracts.ts'
import type { PartnerKind } from './partner-kinds.ts'

const TEST_OIN = '00000099'
const YEARS = 5
const TEST = 'connection.tested'

export interface PartnerOrder {
  readonly id: string
  readonly name: string
  readonly oin: string
  /** ISO 3166-1. */
  readonly country: string
}

/** A control file as it is written: its path, its text, and what the epoch reads in it. */
export interface Draft<T> {
  readonly path: string
  readonly text: string
  readonly value: T
}

/** The next multiple of a hundred above all test OINs in use. */
export function freeOin(taken: readonly string[]): string {
  const numbers = taken
    .filter((oin) => /^[0-9]{20}$/.test(oin) && oin.startsWith(TEST_OIN))
    .map((oin) => Number(oin.slice(TEST_OIN.length)))
  const next = (Math.floor(Math.max(0, ...numbers) / 100) + 1) * 100
  return `${TEST_OIN}${String(next).padStart(12, '0')}`
}

const spaced = (value: unknown): string =>
  JSON.stringify(value, null, 1)
    .replace(/\n */g, ' ')
    .replace(/([[{]) | ([\]}])/g, '$1$2')

/** As people write contracts: one member a line, one entry of a list a line. */
function json(value: Readonly<Record<string, unknown>>): string {
  const lines = Object.entries(value).map(([name, member]) => {
    const entries =
      Array.isArray(member) && member.some((each) => typeof each === 'object') ? member : undefined
    const text = entries
      ? `[\n${entries.map((each) => `    ${spaced(each)}`).join(',\n')}\n  ]`
      : spaced(member)
    return `  ${JSON.stringify(name)}: ${text}`
  })
  return `{\n${lines.join(',\n')}\n}\n`
}

/** contracts/partner/<id>.json of this kind: one inbox. Nothing is permitted until an agreement lists it. */
export function draftPartner({ id, oin, name, country }: PartnerOrder, kind: PartnerKind): Draft<Partner> {
  const path = `contracts/partner/${id}.json`
  const { roles, regime } = kind
  const text = json({
    id,
    oin,
    name,
    controller: id,
    country,
    via: null,
    suspended: false,
    algorithms: ['Ed25519', 'PS256', 'ES256', 'ES384'],
    endpoints: { [kind.endpoint]: { roles, task: null, regime, delivery: { kind: 'inbox' } } },
  })
  return { path, text, value: readPartner(id, readJson(path, Buffer.from(text, 'utf8'))) }
}

/** What agreements in force list today between these roles and that partner: the draft offers the same, and a test of the connection. */
function offered(contracts: Contracts, kind: PartnerKind, other: Partner): Agreement['lists'] {
  const theirs = other.endpoints.flatMap(({ roles }) => roles).filter((role) => !kind.roles.includes(role))
  const side = (roles: readonly string[], of: readonly string[]) => roles.filter((role) => of.includes(role))
  const lists = contracts.agreements
    .filter((one) => one.kind === 'agreement' && one.parties.includes(other.oin))
    .flatMap(({ lists }) => lists)
    .flatMap((entry) => {
      const [toThem, toUs] = [
        { ...entry, from: side(entry.from, kind.roles), to: side(entry.to, theirs) },
        { ...entry, from: side(entry.from, theirs), to: side(entry.to, kind.roles) },
      ]
      return [toThem, toUs].filter(({ from, to }) => from.length > 0 && to.length > 0)
    })
  const test = contracts.agreements.flatMap(({ lists }) => lists).find(({ type }) => type === TEST)
  const all = test ? [...lists, test] : lists
  return [...new Map(all.map((entry) => [JSON.stringify(entry), entry])).values()]
}

/**
 * A draft of contracts/agreement/<id>-<other>.json, five years from `now` (ms). Consent to pass on what the partner says is left out:
 * that is its own to give. Who is no partner: `OPS_NOT_FOUND`.
 */
export function draftAgreement(
  contracts: Contracts,
  partner: Partner,
  kind: PartnerKind,
  withId: string,
  now: number,
): Draft<Agreement> {
  const other = contracts.partners.find(({ id }) => id === withId) ?? fail('OPS_NOT_FOUND', '/with', withId)
  const id = `${partner.id}-${other.id}`
  const path = `contracts/agreement/${id}.json`
  const from = new Date(now)
  const until = new Date(Date.UTC(from.getUTCFullYear() + YEARS, from.getUTCMonth(), from.getUTCDate()))
  const text = json({
    id,
    kind: 'agreement',
    parties: [partner.oin, other.oin],
    cites: `concept: ${partner.name} en ${other.name}; noem hier de overeenkomst`,
    from: from.toISOString().slice(0, 10),
    until: until.toISOString().slice(0, 10),
    synthetic: true,
    lists: offered(contracts, kind, other),
    originatorConsent: [],
    marks: { limit: null },
  })
  return { path, text, value: readAgreement(id, readJson(path, Buffer.from(text, 'utf8'))) }
}
