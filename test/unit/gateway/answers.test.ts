import { request } from 'node:https'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DecisionRecord } from '#core/decision/decision-record.ts'
import type { Verdict } from '#core/decision/verdict.ts'
import type { MessageId } from '#core/ids.ts'
import { partitionOf } from '#core/log/partition.ts'
import type { DutyRow } from '#core/ports/fold.ts'
import type { MessageStatus } from '#core/ports/view.ts'
import { OPENAPI_SCHEMAS } from '#services/gateway/openapi-schemas.ts'
import { testEpoch } from '../../support/contracts.ts'
import { GatewayHarness } from '../../support/gateway-harness.ts'
import { handoffRow } from '../../support/handoff-row.ts'
import { OINS, urn } from '../../support/test-epoch.ts'

const harness = new GatewayHarness()
const ecpat = harness.identity(OINS.ecpat)
const tbkk = harness.identity(OINS.tbkk)
const ncb = harness.identity(OINS.ncb)
const ph = harness.identity(OINS.ph)

const ID = '0e2f2b4e-7b6a-4c34-9c0a-0d2c8f1f6a01'
const part = (length: number) => 'A'.repeat(length)
const JWE = [part(20), part(30), part(16), part(40), part(22)].join('.')
const SUBJECT = '0123456789abcdef0123456789abcdef'
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const zaken = urn(OINS.tbkk, 'zaken')

const post = (id = ID, more: Record<string, string> = {}) =>
  harness.call('/v1/messages', {
    method: 'POST',
    as: ecpat,
    body: JWE,
    headers: {
      'content-type': 'application/jose',
      'ce-specversion': '1.0',
      'ce-id': id,
      'ce-source': urn(OINS.ecpat, 'meldpunt'),
      'ce-type': 'nl.schakel.tip.ngo.forwarded.v1',
      'ce-subject': SUBJECT,
      'ce-time': '2026-11-24T12:00:00Z',
      'ce-dataschema': 'https://schakel.example.nl/schemas/nl.schakel.tip.ngo.forwarded.v1',
      ...more,
    },
  })

const verdict = (change: Partial<Verdict>): Verdict => ({
  kind: 'permit-redacted',
  reasons: [],
  basis: [],
  shown: ['items'],
  withheld: [],
  obligations: ['secrecy'],
  ...change,
})

const record = (change: Partial<DecisionRecord>): DecisionRecord => ({
  trace_id: 't',
  span_id: 's',
  event_name: 'adl.access_evaluation',
  timestamp: Date.UTC(2026, 10, 24),
  handoff: null,
  state: 'sealed',
  cause: 'decided',
  question: null,
  verdict: null,
  versions: null,
  epoch: 1,
  message: null,
  sdHash: null,
  salt: '',
  ...change,
})

const status = (id: string, change: Partial<MessageStatus> = {}): MessageStatus => ({
  submitter: OINS.ecpat,
  outerId: id,
  partition: 3,
  seq: 9,
  at: Date.UTC(2026, 10, 24),
  answer: 'decided',
  code: null,
  pointer: null,
  handoffs: [],
  ...change,
})

/** Answers are what the contract served at /v1/openapi.json says, no member more or less. */
function expectShape(name: keyof typeof OPENAPI_SCHEMAS, json: unknown): void {
  const ajv = new Ajv2020({ strict: false, formats: { 'date-time': TIME, uri: true, uuid: true } })
  ajv.addSchema({ $id: 'api', components: { schemas: OPENAPI_SCHEMAS } })
  const check = ajv.compile({ $ref: `api#/components/schemas/${name}` })
  check(json)
  expect(check.errors).toBeNull()
  const known = Object.keys((OPENAPI_SCHEMAS[name] as { properties: object }).properties)
  expect(Object.keys(json as object).toSorted()).toEqual(known.toSorted())
}

beforeAll(() => harness.start())
afterAll(() => harness.gateway.close())

describe('POST /v1/messages', () => {
  it('appends the bytes as they came, in the partition of the subject, under the OIN of the connection', async () => {
    const reply = await post()
    expect([reply.status, reply.headers['location']]).toEqual([202, `/v1/messages/${ID}`])
    expect(reply.json).toMatchObject({ id: ID, state: 'accepted' })
    expectShape('MessageStatus', reply.json)
    const { partition, inbound } = harness.inbound.at(-1) ?? {}
    expect(partition).toBe(partitionOf(SUBJECT))
    expect(inbound).toMatchObject({ kind: 'message', submitter: OINS.ecpat, redriveOf: null, body: JWE })
    expect(Object.keys(inbound?.attributes ?? {}).toSorted()).toEqual([
      'dataschema',
      'id',
      'source',
      'subject',
      'time',
      'type',
    ])
  })

  it('is known as accepted until it is answered, to its sender only', async () => {
    await post()
    expect((await harness.call(`/v1/messages/${ID}`, { as: ecpat })).json['state']).toBe('accepted')
    expect((await harness.call(`/v1/messages/${ID}`, { as: tbkk })).status).toBe(404)
  })

  /** Sends and waits; answers as the exchange would, once the input lies in the log. */
  async function postAnswered(id: string, change: Partial<MessageStatus>) {
    const before = harness.inbound.length
    const waiting = post(id, { prefer: 'respond-async, wait=20' })
    while (harness.inbound.length === before || harness.view.waiting === 0)
      await new Promise((resolve) => setImmediate(resolve))
    harness.view.answer(status(id, { partition: partitionOf(SUBJECT), ...change }), harness.inbound.length)
    return waiting
  }

  it('Prefer: wait answers with the outcome of this very input as soon as the view has it', async () => {
    const id = '0e2f2b4e-7b6a-4c34-9c0a-0d2c8f1f6a02'
    const first = await postAnswered(id, { seq: 10 })
    expect([first.status, first.headers['preference-applied'], first.json['state']]).toEqual([
      200,
      'wait=20',
      'decided',
    ])
    expectShape('MessageStatus', first.json)
    const second = await postAnswered(id, { answer: 'refused', code: 'MSG_ID_REUSED', seq: 11 })
    expect(second.json).toMatchObject({
      id,
      state: 'refused',
      error: { code: 'MSG_ID_REUSED', pointer: null },
    })
    expectShape('MessageStatus', second.json)
    expect((await harness.call(`/v1/messages/${id}`, { as: ecpat })).json['state']).toBe('decided')
  })
})

describe('GET /v1/handoffs', () => {
  const row = handoffRow({ handoff: 'ho-3-11-00000000000000aa', to: zaken, state: 'held' })

  it('tells the sender what it may know, and hides what would tip off', async () => {
    const open = {
      code: 'APPROVAL_PENDING',
      rule: 'g1',
      article: 'Wpg 19',
      verified: true,
      needs: 'approval:x',
      tell: true,
    }
    const secret = { ...open, code: 'PERSON_UNDER_INVESTIGATION', rule: 'g9', tell: false }
    const more = { ...secret, code: 'OTHER_SECRET', rule: 'g10' }
    const asked = verdict({ kind: 'hold', reasons: [open, secret, more] })
    harness.view.put(row, undefined, [
      record({ state: 'held', verdict: asked }),
      record({ state: 'approval' }),
    ])
    const reply = await harness.call(`/v1/handoffs/${row.handoff}`, { as: ecpat })
    expectShape('HandoffForSender', reply.json)
    expectShape('Verdict', reply.json['verdict'])
    const told = reply.json['verdict'] as { reasons: { code: string; rule: string | null }[] }
    expect(told.reasons.map(({ code, rule }) => [code, rule])).toEqual([
      ['APPROVAL_PENDING', 'g1'],
      ['UNDER_REVIEW', null],
    ])
    expect(reply.text).not.toContain('INVESTIGATION')
    expect(reply.text).not.toContain('g9')
    expect(reply.text).not.toContain('OTHER_SECRET')
    expect((reply.json['history'] as { state: string }[]).map(({ state }) => state)).toEqual(['held'])
  })

  it('does not exist for its recipient before release, and shows it no verdict after', async () => {
    expect((await harness.call(`/v1/handoffs/${row.handoff}`, { as: tbkk })).status).toBe(404)
    expect((await harness.call(`/v1/handoffs/${row.handoff}`, { as: ncb })).status).toBe(404)
    const released = { ...row, state: 'sealed' as const, released: true, releasedSeq: 12 }
    const hidden = { member: 'reporterContact', reason: 'SOURCE_PROTECTED', rule: 'g20' }
    harness.view.put(released, Buffer.from('a.b.c.d.e'), [
      record({ verdict: verdict({ withheld: [hidden] }) }),
    ])
    const reply = await harness.call(`/v1/handoffs/${row.handoff}`, { as: tbkk })
    expectShape('HandoffForRecipient', reply.json)
    expect(reply.json).toMatchObject({ role: 'recipient', obligations: ['secrecy'] })
    expect(reply.text).not.toContain('reporterContact')
    expect((await harness.call(`/v1/handoffs/${row.handoff}`, { as: ncb })).status).toBe(404)
  })
})

describe('GET /v1/handoffs/{id}/duties', () => {
  const row = handoffRow({ handoff: 'ho-3-12-00000000000000ab', to: zaken })
  const duty = (change: Partial<DutyRow>): DutyRow => ({
    handoff: row.handoff,
    duty: 'ecris-reply',
    kind: 'answer',
    owner: 'recipient',
    caseRef: SUBJECT,
    from: row.from,
    to: row.to,
    type: row.type,
    state: 'open',
    awaits: null,
    startedAt: 1,
    dueAt: Date.UTC(2026, 11, 1),
    remindAt: null,
    reminded: false,
    next: null,
    changedSeq: 1,
    changedAt: 1,
    by: null,
    ...change,
  })
  const path = `/v1/handoffs/${row.handoff}/duties`
  const named = (reply: { json: Record<string, unknown> }) =>
    (reply.json['duties'] as { duty: string }[]).map((one) => one.duty)

  it('does not exist for a stranger, nor for its recipient before release', async () => {
    harness.view.put(row)
    expect((await harness.call(path, { as: ncb })).status).toBe(404)
    expect((await harness.call(path, { as: tbkk })).status).toBe(404)
    expect((await harness.call(path.replace('00ab', '00ac'), { as: ecpat })).status).toBe(404)
  })

  beforeAll(() => {
    harness.epoch = { ...harness.epoch, registers: new Map() }
  })

  it('shows each its own, the sender what it is owed too, and nobody those of the exchange', async () => {
    harness.view.put({ ...row, released: true, releasedSeq: 13 })
    harness.view.duties.set(row.handoff, [
      duty({ duty: 'answer' }),
      duty({ duty: 'destroy', kind: 'act' }),
      duty({ duty: 'erase', kind: 'erase', owner: 'exchange' }),
      duty({ duty: 'review', kind: 'review', owner: 'sender' }),
    ])
    const sender = await harness.call(path, { as: ecpat })
    expectShape('HandoffDuties', sender.json)
    expect(named(sender)).toEqual(['answer', 'review'])
    const recipient = await harness.call(path, { as: tbkk })
    expectShape('HandoffDuties', recipient.json)
    expect(named(recipient)).toEqual(['answer', 'destroy'])
  })

  it('tells no end while the clock stands', async () => {
    harness.view.duties.set(row.handoff, [duty({ state: 'awaiting', awaits: 'identity' })])
    const { json } = await harness.call(path, { as: ecpat })
    expect(json['duties']).toMatchObject([{ state: 'awaiting', awaits: 'identity', due: null }])
  })
})

describe('inbox and stream', () => {
  const rows = Array.from({ length: 5 }, (_, index) =>
    handoffRow({
      handoff: `ho-7-${20 + index}-00000000000000bb`,
      to: index % 2 === 0 ? urn(OINS.ph, 'ncb') : urn(OINS.ncb, 'ncb'),
      message: ID as MessageId,
      released: true,
      releasedSeq: 100 + index,
    }),
  )
  const ids = rows.map((row) => row.handoff as string)
  const handoffs = (items: unknown) => (items as { handoff: string }[]).map(({ handoff }) => handoff)

  it('gives each partner its own, the carrier also those it carries, by cursor, nothing twice or skipped', async () => {
    for (const row of rows) harness.view.put(row, Buffer.from(`jwe.${row.handoff}`))
    const seen: string[] = []
    let after = ''
    for (let more = true; more; ) {
      const page = await harness.call(`/v1/inbox?limit=2${after}`, { as: ncb })
      seen.push(...handoffs(page.json['items']))
      after = `&after=${page.json['next']}`
      more = page.json['more'] === true
    }
    expect(seen).toEqual(ids)
    const own = await harness.call('/v1/inbox', { as: ph })
    expectShape('InboxPage', own.json)
    expect(handoffs(own.json['items'])).toEqual([ids[0], ids[2], ids[4]])
    expect(handoffs((await harness.call('/v1/inbox', { as: ecpat })).json['items'])).toEqual([])
    expect((own.json['items'] as { jwe: string }[])[0]?.jwe).toBe(`jwe.${ids[0]}`)
    const none = await harness.call('/v1/inbox?endpoint=other', { as: ph })
    expect([none.json['items'], none.json['more']]).toEqual([[], false])
  })

  it('streams, and resumes after the last event seen', async () => {
    const first = await readStream({}, 3)
    expect(first.map(({ handoff }) => handoff)).toEqual(ids.slice(0, 3))
    const fresh = handoffRow({
      handoff: 'ho-7-30-00000000000000cc',
      to: urn(OINS.ncb, 'ncb'),
      released: true,
      releasedSeq: 120,
    })
    const resumed = readStream({ 'last-event-id': first[1]?.id ?? '' }, 4, () =>
      harness.view.put(fresh, Buffer.from('jwe')),
    )
    expect((await resumed).map(({ handoff }) => handoff)).toEqual([...ids.slice(2), fresh.handoff])
  })

  it('ends when the partner may not read on, and gives its place back', async () => {
    const turn = () => new Promise((resolve) => setImmediate(resolve))
    while (harness.view.waiting > 0) await turn()
    const stopped = Promise.withResolvers<void>()
    await openStream({}, () => {}, stopped.resolve)
    while (harness.view.waiting === 0) await turn()
    const before = harness.epoch
    const suspended = [...before.partners].map(
      ([oin, partner]) => [oin, { ...partner, suspended: true }] as const,
    )
    harness.epoch = { ...before, partners: new Map(suspended) }
    try {
      harness.view.touch(0, 1)
      await stopped.promise
    } finally {
      harness.epoch = before
    }
  })

  it('more than eight streams of one partner are PEER_RATE', async () => {
    const open = await Promise.all(Array.from({ length: 8 }, () => openStream({})))
    expect((await harness.call('/v1/stream', { as: ncb })).json['code']).toBe('PEER_RATE')
    for (const close of open) close()
  })
})

describe('the contract', () => {
  it('names every path that answers, and no other', async () => {
    const contract = (await harness.call('/v1/openapi.json')).json as { paths: Record<string, object> }
    for (const [path, item] of Object.entries(contract.paths)) {
      const full = ('servers' in item ? path : `/v1${path}`).replace(/\{[a-z]+\}/, 'x')
      const method = 'post' in item ? 'POST' : 'GET'
      const reply = await harness.call(full, { method })
      expect([path, reply.status === 200 || reply.status === 401]).toEqual([path, true])
    }
  })
})

describe('control and open paths', () => {
  it('serves keys, types and certificates to partners', async () => {
    expectShape('Keys', (await harness.call('/v1/keys', { as: ecpat })).json)
    expectShape('MessageTypes', (await harness.call('/v1/types', { as: ecpat })).json)
    expect((await harness.call('/v1/keys', { as: ecpat })).json).toMatchObject({
      exchange: urn(OINS.exchange, 'schakel'),
      intake: [{ kid: 'k1' }],
      carriers: [{ body: OINS.ph }],
    })
    const types = await harness.call('/v1/types', { as: ecpat })
    expect((types.json['types'] as unknown[]).length).toBe(2)
    const thumbprint = ecpat.sign.thumbprint
    harness.artefacts.set(`pki/cert/${thumbprint}.pem`, Buffer.from(ecpat.sign.certPem))
    expect((await harness.call(`/v1/certificates/${thumbprint}`, { as: tbkk })).text).toBe(ecpat.sign.certPem)
  })

  it('tells nobody the routes of another, of an unknown endpoint or of none', async () => {
    const ask = async (from: string) => {
      const query = new URLSearchParams({ from })
      return (await harness.call(`/v1/routes?${query}`, { as: ecpat })).json['code']
    }
    expect(await ask(zaken)).toBe('OPS_NOT_FOUND')
    expect(await ask(urn(OINS.ecpat, 'other'))).toBe('OPS_NOT_FOUND')
    expect(await ask('meldpunt')).toBe('MSG_CLAIM')
    expect((await harness.call('/v1/routes', { as: ecpat })).json['code']).toBe('MSG_CLAIM')
  })

  it('serves codes in words, and an endpoint its routes with the names at their ends', async () => {
    const before = harness.epoch
    harness.epoch = { ...testEpoch(), number: before.number }
    const codes = await harness.call('/v1/codes', { as: ecpat })
    const from = new URLSearchParams({ from: urn(OINS.ecpat, 'meldpunt') })
    const routes = await harness.call(`/v1/routes?${from}`, { as: ecpat })
    harness.epoch = before
    expectShape('Codes', codes.json)
    expectShape('Routes', routes.json)
    expect(routes.json['routes']).toEqual(
      expect.arrayContaining([expect.objectContaining({ type: 'tip.ngo.forwarded', to: zaken })]),
    )
    const parties = routes.json['parties'] as { urn: string }[]
    expect(parties.map((party) => party.urn)).toContain(zaken)
    expect(parties.map((party) => party.urn)).not.toContain(urn(OINS.ph, 'interpol'))
  })

  it('serves openapi, health, readiness and tiles to anybody', async () => {
    const contract = await harness.call('/v1/openapi.json')
    expect(contract.headers['access-control-allow-origin']).toBe('*')
    expect(contract.json).toMatchObject({ openapi: '3.1.0', servers: [{ url: '/v1' }] })
    expect((await harness.call('/healthz')).json).toEqual({ status: 'ok' })
    expect((await harness.call('/readyz')).json).toEqual({
      status: 'ok',
      log: 'ok',
      view: 'ok',
      control: 'ok',
    })
    expect((await harness.call('/ledger/tile/0/000')).text).toBe('/tile/0/000')
    harness.view.unread = 1_001
    const behind = await harness.call('/readyz')
    harness.view.unread = 0
    expect([behind.status, behind.json['view']]).toEqual([503, 'OPS_LOG_UNAVAILABLE'])
    harness.view.stale = 15_001
    const stale = await harness.call('/readyz')
    const stream = await harness.call('/v1/stream', { as: ncb })
    harness.view.stale = 0
    expect([stale.status, stale.json['view']]).toEqual([503, 'OPS_LOG_UNAVAILABLE'])
    expect([stream.status, stream.json['code']]).toEqual([503, 'OPS_LOG_UNAVAILABLE'])
    harness.readAt -= 60_000
    const unready = await harness.call('/readyz')
    harness.readAt += 60_000
    expect([unready.status, unready.json['control']]).toEqual([503, 'OPS_CONTROL'])
  })
})

function openStream(
  headers: Record<string, string>,
  onText: (text: string) => void = () => {},
  onEnd: () => void = () => {},
) {
  return new Promise<() => void>((resolve, reject) => {
    const options = {
      ca: harness.ca.certPem,
      key: ncb.tls.keyPem,
      cert: ncb.tls.certPem,
      headers,
      agent: false,
    }
    const call = request(`${harness.gateway.url}/v1/stream`, options, (response) => {
      expect(response.headers['content-type']).toBe('text/event-stream')
      response.on('data', (chunk: Buffer) => onText(chunk.toString('utf8')))
      response.on('error', () => {})
      response.on('end', onEnd)
      resolve(() => call.destroy())
    })
    call.on('error', reject)
    call.end()
  })
}

async function readStream(headers: Record<string, string>, count: number, then: () => void = () => {}) {
  let text = ''
  let enough: () => void = () => {}
  const events = () =>
    [...text.matchAll(/^id: (.+)\nevent: handoff\ndata: (.+)\n\n/gm)].map((match) => ({
      id: match[1],
      handoff: (JSON.parse(match[2] ?? '') as { handoff: string }).handoff,
    }))
  const done = new Promise<void>((resolve) => {
    enough = resolve
  })
  const close = await openStream(headers, (chunk) => {
    text += chunk
    if (events().length >= count) enough()
  })
  then()
  await done
  close()
  return events().slice(0, count)
}
