import { describe, expect, it } from 'vitest'
import { cedarEngine } from '#adapters/policy-engine/cedar.ts'
import { controlDate } from '#core/decision/control-date.ts'
import type { EpochDeps } from '#core/decision/epoch-deps.ts'
import { loadEpoch } from '#core/decision/load-epoch.ts'
import type { Oin } from '#core/ids.ts'
import type { CompiledPolicies, PolicyEngine } from '#core/ports/policy-engine.ts'
import {
  certificateOf,
  completed,
  readContracts,
  testDeps,
  thumbprintFor,
} from '../../support/signed-contracts.ts'

/** Real parsing, but no validation: what is under test here fails before or beside it, and Cedar's validator takes its time. */
const engine: PolicyEngine = {
  ...cedarEngine(),
  compile: (): CompiledPolicies => ({ ask: () => ({ matched: [], errors: [] }) }),
}

type Edit = (text: string) => string
const load = (edits: Readonly<Record<string, Edit | null>>, signed = true) => {
  const files = readContracts()
  const target = signed ? files : completed(files)
  for (const [path, edit] of Object.entries(edits)) {
    if (edit === null) target.delete(path)
    else target.set(path, Buffer.from(edit(Buffer.from(target.get(path) ?? []).toString('utf8')), 'utf8'))
  }
  const all = signed ? completed(target) : target
  return loadEpoch(7, all, engine, testDeps(all))
}
const swap =
  (from: string, to: string): Edit =>
  (text) => {
    if (!text.includes(from)) throw new Error(`no ${from}`)
    return text.replace(from, to)
  }
const always =
  (text: string): Edit =>
  () =>
    text
const refuses = (edits: Readonly<Record<string, Edit | null>>, pointer: string, signed = true) =>
  expect(() => load(edits, signed)).toThrow(
    expect.objectContaining({ code: 'OPS_CONTROL', pointer: expect.stringContaining(pointer) }),
  )

const ECPAT = 'contracts/agreement/ecpat-politie.json'
const COUNTRIES = 'contracts/register/countries.json'
const TBKK = 'contracts/partner/tbkk.json'

const REFUSED: readonly (readonly [what: string, path: string, edit: Edit, pointer: string])[] = [
  ['not JSON', TBKK, always('{'), TBKK],
  ['a member twice', TBKK, swap('"country"', '"oin": "00000099000000002000", "country"'), TBKK],
  ['an unknown member', TBKK, swap('"country"', '"land": "NL", "country"'), TBKK],
  ['another id than its file', TBKK, swap('"tbkk"', '"tbk"'), TBKK],
  ['a malformed OIN', TBKK, swap('00000099000000002000', '2000'), `${TBKK}#/oin`],
  ['an OIN of another partner', TBKK, swap('00000099000000002000', '00000099000000003000'), 'contracts/'],
  ['an unknown country', TBKK, swap('"NL"', '"ZZ"'), `${TBKK}#/country`],
  ['an unknown role', TBKK, swap('"tbkk"]', '"tbkkk"]'), `${TBKK}#/endpoints/zaken/roles`],
  ['an algorithm we do not have', TBKK, swap('"ES384"', '"HS256"'), `${TBKK}#/algorithms`],
  ['a carrier that is no partner', TBKK, swap('"via": null', '"via": "pigeon"'), `${TBKK}#/via`],
  [
    'push without https',
    TBKK,
    swap('{"kind": "inbox"}', '{"kind": "push", "url": "http://x.example"}'),
    '/delivery/url',
  ],
  [
    'Kafka with an address: the topics have their names',
    TBKK,
    swap('{"kind": "inbox"}', '{"kind": "kafka", "topic": "x"}'),
    '/delivery',
  ],
  ['a delivery we do not have', TBKK, swap('{"kind": "inbox"}', '{"kind": "pigeon"}'), '/delivery/kind'],
  ['an agreement about no type', ECPAT, swap('"tip.feedback"', '"tip.feedbck"'), `${ECPAT}#/lists/4/type`],
  ['a profile with no such field', ECPAT, swap('"status"]', '"state"]'), `${ECPAT}#/lists/4/profile`],
  ['an unknown purpose', ECPAT, swap('"intake"', '"inname"'), `${ECPAT}#/lists/0/purposes`],
  ['no time at all', ECPAT, swap('2035-01-01', '2020-01-01'), `${ECPAT}#/until`],
  ['a date that is none', ECPAT, swap('2035-01-01', '2035-02-30'), `${ECPAT}#/until`],
  [
    'consent of somebody who is no party',
    ECPAT,
    swap('"originator": "00000099000000001000"', '"originator": "00000099000000003000"'),
    ECPAT,
  ],
  ['an unknown kind', ECPAT, swap('"agreement"', '"handshake"'), `${ECPAT}#/kind`],
  ['a register with another key', COUNTRIES, swap('"key": "country"', '"key": "land"'), `${COUNTRIES}#/key`],
  [
    'two rows of one key at one time',
    COUNTRIES,
    swap('"country": "TH"', '"country": "PH"'),
    `${COUNTRIES}#/rows`,
  ],
  ['an unknown LED value', COUNTRIES, swap('"led": "NONE"', '"led": "FINE"'), COUNTRIES],
  [
    'a truth value as text',
    COUNTRIES,
    swap('"deathPenalty": true', '"deathPenalty": "true"'),
    `${COUNTRIES}#/rows/2/deathPenalty`,
  ],
  [
    'a row without source',
    COUNTRIES,
    swap('"source": "Nederland zelf: geen derde land (Wpg 1)", ', ''),
    COUNTRIES,
  ],
  [
    'a category gone',
    'contracts/register/categories.json',
    swap('"category": "victim"', '"category": "victims"'),
    'victimName',
  ],
  [
    'a fact without its function',
    'contracts/facts.json',
    swap('"fn": "flags"', '"fn": "flagz"'),
    'contracts/facts.json#',
  ],
  [
    'a fact from nowhere',
    'contracts/facts.json',
    swap('"source": "data.contactPolicy"', '"source": "globalThis.x"'),
    'contracts/facts.json#',
  ],
  [
    'a fact of an unknown enum',
    'contracts/facts.json',
    swap('"type": "ContactPolicy"', '"type": "Contact"'),
    'contactPolicy',
  ],
  [
    'a fact emitted with a field that is not there',
    'contracts/facts.json',
    swap('"level": "level"', '"level": "niveau"'),
    'riskAssessment',
  ],
  [
    'a policy that does not lint',
    'contracts/legal/guards.cedar',
    swap('@reason("PARTNER_SUSPENDED")', '@reason("GONE")'),
    'contracts/legal/guards.cedar#g01-suspended',
  ],
  ['no list of withdrawn labels', 'withdrawn.json', always('["ho-99-1-x"]'), 'withdrawn.json#'],
  ['a profile that is half', 'profile.json', always('{"strict": false}'), 'profile.json#'],
  [
    'a private key',
    'keys/label/l1.json',
    always('{"kid":"l1","jwk":{"kty":"OKP","crv":"Ed25519","x":"","d":""},"from":0,"until":1}'),
    'keys/label/l1.json#/jwk',
  ],
  ['a path nobody reads', 'contracts/legal/guards.ceder', always('x'), 'contracts/legal/guards.ceder'],
]

describe('artefacts that are refused, with path and pointer', () => {
  it.each(REFUSED)('%s', (_, path, edit, pointer) => refuses({ [path]: edit }, pointer))
  it.each(['contracts/facts.json', COUNTRIES])('%s missing', (path) => refuses({ [path]: null }, path))
})

describe('signatures', () => {
  const jws = 'contracts/agreement/ecpat-politie.00000099000000001000.jws'
  it('of each party and of the operator must be there', () => {
    refuses({ [jws]: null }, jws, false)
    refuses({ 'contracts/register/flags.jws': null }, 'contracts/register/flags.jws', false)
  })
  it('are over exactly these bytes, by that party', () => {
    refuses({ [ECPAT]: (text) => `${text} ` }, 'contracts/agreement/ecpat-politie.0000009900000000', false)
    refuses(
      { 'contracts/register/flags.json': (text) => text.replace('2035', '2036') },
      'contracts/register/flags.jws',
      false,
    )
    const other = completed(readContracts()).get('contracts/agreement/ecpat-politie.00000099000000002000.jws')
    refuses({ [jws]: always(Buffer.from(other ?? []).toString('utf8')) }, jws, false)
    refuses({ [jws]: (text) => text.replace(/\.[^.]+$/, '.AAAA') }, jws, false)
    refuses({ [jws]: always('not a jws') }, jws, false)
  })
})

describe('an epoch', () => {
  it('is made of the same bytes the same way, and its versions follow the bytes', () => {
    const [one, two] = [load({}), load({ 'contracts/legal/guards.cedar': (text) => `${text}\n` })]
    expect(one.number).toBe(7)
    expect(load({}).versions).toEqual(one.versions)
    expect([two.versions.rules === one.versions.rules, two.versions.registers]).toEqual([
      false,
      one.versions.registers,
    ])
    expect([...one.endpoints.keys()]).toContain('urn:nld:oin:00000099000000006000:systeem:vreemdelingen')
    expect(one.policies.get('ngo-disclosure-19')?.pins?.flags).toEqual(['ngo-disclosure'])
  })
})

describe('who signs for bodies without a key', () => {
  const NCB = '00000099000000005000' as Oin
  const carriers = (keys: readonly Oin[], revoked: readonly Oin[]) => {
    const files = completed(readContracts())
    const of = (oins: readonly Oin[]) => new Map(oins.map((oin) => [thumbprintFor(oin), certificateOf(oin)]))
    const deps = testDeps(files)
    const { certificates } = deps.readCertificates('', null, new Map())
    const readCertificates: EpochDeps['readCertificates'] = (_ca, crl) => ({
      certificates: new Map([...certificates, ...of(keys), ...(crl === null ? of(revoked) : [])]),
      revoked: new Set(crl === null ? [] : revoked.map(thumbprintFor)),
      crlUntil: 4_102_444_800_000,
    })
    return loadEpoch(7, files, engine, { ...deps, readCertificates }).carriers
  }
  const [body = NCB] = carriers([], []).keys()

  it('a body that had a key is not carried: not while it counts, and not when it was revoked', () => {
    expect(carriers([body], []).has(body)).toBe(false)
    expect(carriers([], [body]).has(body)).toBe(false)
  })
  it('one that never had any is, by the partner that the register names', () => {
    expect(carriers([], []).get(body)).toBeDefined()
    expect(carriers([], []).has(NCB)).toBe(false)
  })
})

describe('dates in artefacts', () => {
  const read = (value: unknown) => controlDate({ path: 'x', value })
  it('are midnight in Amsterdam, or instants in UTC', () => {
    expect(read('2026-01-01')).toBe(Date.UTC(2025, 11, 31, 23))
    expect(read('2026-07-01')).toBe(Date.UTC(2026, 5, 30, 22))
    expect(read('2026-07-01T00:00:00Z')).toBe(Date.UTC(2026, 6, 1))
  })
  it('turn at the last Sundays of March and October: the day itself is still in the old time', () => {
    expect(read('2026-03-29')).toBe(Date.UTC(2026, 2, 28, 23))
    expect(read('2026-03-30')).toBe(Date.UTC(2026, 2, 29, 22))
    expect(read('2026-10-25')).toBe(Date.UTC(2026, 9, 24, 22))
    expect(read('2026-10-26')).toBe(Date.UTC(2026, 9, 25, 23))
  })
  it('agree with the time-zone database on every day of twenty years', () => {
    const format = new Intl.DateTimeFormat('sv-SE', {
      timeZone: 'Europe/Amsterdam',
      dateStyle: 'short',
      timeStyle: 'medium',
    })
    for (let day = Date.UTC(2020, 0, 1); day < Date.UTC(2040, 0, 1); day += 86_400_000) {
      const date = new Date(day).toISOString().slice(0, 10)
      expect(format.format(read(date))).toBe(`${date} 00:00:00`)
    }
  })
  it.each([
    '2026-13-01',
    '2026-02-29',
    '1-1-2026',
    '2026-01-01T00:00:00+01:00',
    '2026-01-01T24:61:00Z',
    '',
    5,
    null,
  ])('refuse %s', (value) => {
    expect(() => read(value)).toThrow(expect.objectContaining({ code: 'OPS_CONTROL' }))
  })
})
