/** A partner signs whatever it likes: each message is answered, and nothing of it is ever a bug of ours or a wider permit. */
import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { caseRef, RealExchange, type Sent, signAgain } from '../support/real-exchange.ts'
import { story } from '../support/story-messages.ts'

const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 150)
const NASTY = [
  '__proto__',
  'constructor',
  'toString',
  '_sd',
  '...',
  'a/b',
  '',
  'terms/0',
  'data',
  '\ud800',
  'x'.repeat(70),
]

/** What a message may say somewhere: the most dangerous lies are well-formed. */
const CODES = [
  'GDPR',
  'WPG',
  'LED',
  'GREEN',
  'AMBER',
  'RED',
  'H0',
  'H3',
  '8',
  '12',
  '14A',
  '13',
  'B2',
  'X4',
  'SUSPECT',
  'FACT',
]
const TERMS = [
  'wpg-15',
  'wpg-19',
  'wpg-17a',
  'uavg-33',
  'no-personal-data',
  'recl-8',
  'intake',
  'feedback',
  'border-alert',
  '2b',
]

const json = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom<unknown>(...CODES, ...TERMS, null, true, false, 'Gewone tekst', []),
  },
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom<unknown>(
    null,
    [],
    {},
    '',
    0,
    -1,
    1e308,
    2 ** 53,
    true,
    [[]],
    [null],
    { '...': 'x' },
    { _sd: [] },
  ),
  fc.constantFrom(...NASTY),
  fc.dictionary(fc.constantFrom(...NASTY), fc.jsonValue({ maxDepth: 1 })),
)

interface Change {
  readonly where: 'payload' | 'header' | 'disclosure'
  readonly at: number
  readonly value: unknown
  readonly rename: string | null
}

const change: fc.Arbitrary<Change> = fc.record({
  where: fc.constantFrom('payload', 'disclosure', 'disclosure', 'disclosure', 'header'),
  at: fc.nat(),
  value: json,
  rename: fc.oneof(
    { weight: 9, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.constantFrom(...NASTY) },
  ),
})

const decode = (text: string): unknown => JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const digestOf = async (text: string): Promise<string> =>
  Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(text))).toString('base64url')

/** One node of the tree, in order of walking, replaced. */
function replaceAt(value: unknown, at: { left: number }, by: unknown): unknown {
  if (at.left-- === 0) return by
  if (Array.isArray(value)) return value.map((one) => replaceAt(one, at, by))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, replaceAt(one, at, by)]))
}

const sizeOf = (value: unknown): number =>
  typeof value !== 'object' || value === null
    ? 1
    : 1 + Object.values(value).reduce((sum: number, one) => sum + sizeOf(one), 0)

async function apply(sdJwt: string, sent: Sent, changes: readonly Change[]): Promise<string> {
  const [jwt = '', ...rest] = sdJwt.split('~')
  let [header, payload] = jwt.split('.').slice(0, 2).map(decode)
  const disclosures = rest.filter((one) => one !== '')
  for (const { where, at, value, rename } of changes) {
    if (where === 'payload') payload = replaceAt(payload, { left: at % sizeOf(payload) }, value)
    else if (where === 'header') header = replaceAt(header, { left: at % sizeOf(header) }, value)
    else {
      const index = at % disclosures.length
      const old = disclosures[index] ?? ''
      const parts = decode(old) as unknown[]
      const last = parts.length - 1
      const inside = replaceAt(parts[last], { left: at % sizeOf(parts[last]) }, value)
      const fresh = encode([parts[0], ...(last === 2 ? [rename ?? parts[1]] : []), inside])
      disclosures[index] = fresh
      const text = JSON.stringify(payload).replaceAll(await digestOf(old), await digestOf(fresh))
      payload = JSON.parse(text)
    }
  }
  return `${signAgain(sent.from, header as object, payload)}~${disclosures.map((one) => `${one}~`).join('')}`
}

describe('a hostile sender', () => {
  it('is answered, whatever it signs: refused, or decided within what it may send', {
    timeout: 300_000,
  }, async () => {
    const exchange = new RealExchange()
    const kinds = [story.tip(), story.alert(), story.disclosure(true), story.risk(), story.question()]
    const answers = new Map<string, number>()
    await fc.assert(
      fc.asyncProperty(
        fc.nat(kinds.length - 1),
        fc.array(change, { minLength: 1, maxLength: 2 }),
        async (kind, changes) => {
          const draft = kinds[kind] ?? story.tip()
          const toExchange = { ...draft.toExchange, subject: caseRef(kind + 1) as never }
          const sent = { ...draft, toExchange, id: randomUUID() }
          let bytes = ''
          exchange.inbound({ ...sent, tamper: (sdJwt) => (bytes = sdJwt) })
          const forged = await apply(bytes, sent, changes)
          const { outcome, rows } = await exchange.send({ ...sent, tamper: () => forged })
          const answer = outcome.answer.code ?? rows.map((row) => row.state).join()
          answers.set(answer, (answers.get(answer) ?? 0) + 1)
          expect(['decided', 'refused']).toContain(outcome.answer.kind)
          for (const row of rows.filter((one) => one.state === 'sealed')) {
            const read = await exchange.read(outcome, row.handoff)
            expect(Object.keys(read.data)).not.toContain('reporterContact')
            expect(Object.keys(read.data)).not.toContain('source')
          }
        },
      ),
      { numRuns: RUNS },
    )
    expect(answers.size).toBeGreaterThan(3)
    if (process.env['SHOW'] === '1') console.info(Object.fromEntries(answers))
  })

  it('is answered when it is no message at all', async () => {
    const exchange = new RealExchange()
    const good = exchange.inbound(story.tip())
    const text = good.body.toString()
    const cut = fc
      .tuple(fc.nat(text.length), fc.string({ maxLength: 4 }))
      .map(([at, by]) => text.slice(0, at) + by)
    const body = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.oneof(cut, fc.string({ maxLength: 80 })).map((one) => Buffer.from(one)),
    )
    const attributes = fc.dictionary(
      fc.constantFrom('id', 'type', 'subject', ...NASTY),
      fc.string({ maxLength: 40 }),
    )
    await fc.assert(
      fc.asyncProperty(body, attributes, fc.constantFrom('message', 'command'), async (bytes, more, kind) => {
        const { outcome } = await exchange.put({
          ...good,
          kind,
          attributes: { ...good.attributes, ...more },
          body: bytes,
        })
        expect([outcome.answer.kind, outcome.effects]).toEqual(['refused', []])
        expect(outcome.answer.code).toMatch(/^(MSG|PEER|OPS_NOT_FOUND)/)
      }),
      { numRuns: RUNS },
    )
  })
})
