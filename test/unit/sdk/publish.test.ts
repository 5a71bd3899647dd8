import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { verifyBytes } from '#core/message/algorithms.ts'
import type { Publication } from '#sdk/build-content.ts'
import type { Connection } from '#sdk/connect.ts'
import { SdkHarness } from '../../support/sdk-harness.ts'
import { OINS, urn } from '../../support/test-epoch.ts'

const SECRET = 'melder-fictief@voorbeeld.example'
const tip: Publication = {
  to: [{ to: urn(OINS.tbkk, 'zaken'), purpose: 'intake', basis: 'uavg-33' }],
  data: {
    tipRef: 'TIP-2026-0007',
    facts: 'Een gast vertelde over eerdere reizen.',
    place: 'Cebu',
    country: 'PH',
    ngoAssessment: 'Past bij een eerdere melding',
    contactPolicy: 'HOTLINE_ONLY',
    reporterHandle: 'RPT-77',
    reporterContact: SECRET,
    childAtRisk: false,
  },
  context: { regime: 'GDPR', handling: 'AMBER+STRICT' },
  preparedBy: { actor: 'mp-11', role: 'medewerker meldpunt', automated: false },
  withhold: ['reporterContact'],
}

const harness = new SdkHarness()
let ecpat: Connection
beforeAll(async () => {
  await harness.start()
  ecpat = await harness.connect(OINS.ecpat, 'meldpunt')
})
afterAll(() => harness.stop())

const outbox = () => {
  try {
    return readdirSync(join(harness.path(OINS.ecpat), 'outbox')).filter((name) => name.endsWith('.json'))
  } catch {
    return []
  }
}
const error = (promise: Promise<unknown>) =>
  promise.then(
    () => ({ code: 'accepted' }),
    (thrown: { code?: string; pointer?: string }) => ({ code: thrown.code, pointer: thrown.pointer }),
  )
const wait = { wait: 0 }
const HANDOFF = 'ho-3-7-0123456789abcdef'

describe('refused before anything leaves', () => {
  const cases: Record<string, [string, Partial<Publication> & { type?: string }]> = {
    'unknown type': ['MSG_SCHEMA', { type: 'tip.unknown' }],
    'no recipient': ['MSG_RECIPIENTS', { to: [] }],
    'nine recipients': [
      'MSG_RECIPIENTS',
      { to: Array.from({ length: 9 }, () => tip.to[0] ?? { to: '', purpose: '', basis: '' }) },
    ],
    'recipient that is no endpoint': [
      'MSG_CLAIM',
      { to: [{ to: 'tbkk', purpose: 'intake', basis: 'uavg-33' }] },
    ],
    'no basis': ['MSG_CLAIM', { to: [{ to: urn(OINS.tbkk, 'zaken'), purpose: 'intake', basis: '' }] }],
    'required field missing': ['MSG_DATA', { data: { ...tip.data, facts: undefined } }],
    'field that the schema has not': ['MSG_DATA', { data: { ...tip.data, extra: 1 } }],
    'value that does not fit': ['MSG_DATA', { data: { ...tip.data, contactPolicy: 'SOMETIMES' } }],
    'withholding a required field': ['MSG_DATA', { withhold: ['facts'] }],
    'withholding what does not exist': ['MSG_DATA', { withhold: ['nothing'] }],
    'no regime': ['MSG_CLAIM', { context: { handling: 'GREEN' } }],
    'unknown context member': ['MSG_CLAIM', { context: { ...tip.context, mood: 'x' } }],
    'time that is none': ['MSG_CLAIM', { context: { ...tip.context, occurredAt: 'yesterday' } }],
    'subject that is none': ['MSG_CLAIM', { subject: 'Zaak 12' }],
    'reply to something else': ['MSG_CLAIM', { inReplyTo: 'x' }],
    'id that is no UUID': ['MSG_CLAIM', { id: '../x' }],
    'seventeen labels': ['MSG_EVIDENCE', { evidence: Array.from({ length: 17 }, () => 'a.b.c') }],
    'too large': ['MSG_SIZE', { evidence: ['x'.repeat(60_000)] }],
  }
  for (const [name, [code, change]] of Object.entries(cases))
    it(name, async () => {
      const { type = 'tip.ngo.forwarded', ...publication } = change
      const before = harness.gateway.inbound.length
      expect(await error(ecpat.publish(type, { ...tip, ...publication, ...wait }))).toMatchObject({ code })
      expect(harness.gateway.inbound.length).toBe(before)
      expect(outbox()).toEqual([])
    })

  it('recipients for a message to the exchange itself', async () => {
    const data = { handOff: HANDOFF, sdHash: 'A'.repeat(43) }
    expect(await error(ecpat.publish('acknowledged', { ...tip, data, withhold: [] }))).toMatchObject({
      code: 'MSG_SCOPE',
    })
  })

  it('what is not in the outbox, ids and hand-offs that are none', async () => {
    expect(await error(ecpat.again('3f2c9f60-5d0e-4a3c-9f3f-0f8a6f0f9a11'))).toMatchObject({
      code: 'OPS_NOT_FOUND',
    })
    expect(await error(ecpat.status('x'))).toMatchObject({ code: 'MSG_CLAIM' })
    expect(await error(ecpat.status('3f2c9f60-5d0e-4a3c-9f3f-0f8a6f0f9a11'))).toMatchObject({
      code: 'OPS_NOT_FOUND',
    })
    expect(await error(ecpat.handoff('x'))).toMatchObject({ code: 'MSG_CLAIM' })
    expect(await error(ecpat.handoff(HANDOFF))).toMatchObject({ code: 'OPS_NOT_FOUND' })
  })
})

describe('publishing', () => {
  it('signs, seals and says outside what is signed inside', async () => {
    const status = await ecpat.publish('tip.ngo.forwarded', { ...tip, ...wait })
    expect(status).toMatchObject({ state: 'accepted', at: null, error: null, handoffs: [] })
    const taken = harness.taken()
    const { payload, attributes } = taken
    expect(payload).toMatchObject({
      iss: urn(OINS.ecpat, 'meldpunt'),
      aud: urn(OINS.exchange, 'schakel'),
      jti: status.id,
      vct: 'nl.schakel.tip.ngo.forwarded.v1',
      _sd_alg: 'sha-256',
    })
    expect(attributes).toMatchObject({
      id: status.id,
      source: payload['iss'],
      type: payload['vct'],
      subject: status.id,
      dataschema: 'https://schakel.example.nl/schemas/nl.schakel.tip.ngo.forwarded.v1',
    })
    expect(Date.parse(attributes['time'] ?? '') / 1000).toBe(payload['iat'])
    expect(payload['submitBy']).toBe(Number(payload['iat']) + 86_400)
    const [header = '', body = '', signature = ''] = taken.issuerJwt.split('.')
    const input = Buffer.from(`${header}.${body}`)
    const { publicKey } = harness.signer(OINS.ecpat)
    expect(verifyBytes('Ed25519', publicKey, input, Buffer.from(signature, 'base64url'))).toBe(true)
    await ecpat.flush(wait)
  })

  it('fills the full form; what is withheld leaves no byte and no trace on disk', async () => {
    const status = await ecpat.publish('tip.ngo.forwarded', { ...tip, ...wait })
    const taken = harness.taken()
    const names = taken.disclosures.map((one) => one.name)
    expect(names).not.toContain('reporterContact')
    expect(taken.disclosures.find((one) => one.name === 'observedAt')?.value).toBeNull()
    const toExchange = taken.disclosures.find((one) => one.name === 'toExchange')?.value
    expect(toExchange).toMatchObject({ withheldBySender: ['reporterContact'], origin: 'own', evidence: [] })
    expect(JSON.stringify(taken.disclosures)).not.toContain(SECRET)
    const stored = readFileSync(join(harness.path(OINS.ecpat), 'outbox', `${status.id}.json`), 'latin1')
    for (const text of [SECRET, 'TIP-2026-0007', 'Cebu']) {
      expect(stored).not.toContain(text)
      expect(stored).not.toContain(Buffer.from(text).toString('base64url').slice(0, -1))
    }
  })
})

describe('sending again', () => {
  beforeEach(() => {
    harness.gateway.logDown = false
    harness.slept.length = 0
  })

  it('tries again with the same bytes, and keeps them until there is an outcome', async () => {
    harness.gateway.logDown = true
    const id = '3f2c9f60-5d0e-4a3c-9f3f-0f8a6f0f9a01'
    const failed = error(ecpat.publish('tip.ngo.forwarded', { ...tip, ...wait, id }))
    expect(await failed).toMatchObject({ code: 'OPS_LOG_UNAVAILABLE' })
    expect(harness.slept).toHaveLength(4)
    expect(Math.min(...harness.slept)).toBeGreaterThanOrEqual(1_000)
    expect(outbox()).toContain(`${id}.json`)
    const stored = JSON.parse(readFileSync(join(harness.path(OINS.ecpat), 'outbox', `${id}.json`), 'utf8'))
    harness.gateway.logDown = false
    const changed = { ...tip, ...wait, id, data: { ...tip.data, place: 'Manila' } }
    expect(await ecpat.publish('tip.ngo.forwarded', changed)).toMatchObject({ state: 'accepted', id })
    expect(harness.taken().jwe).toBe(stored.jwe)
    expect(outbox()).toContain(`${id}.json`)
    harness.answer(id, OINS.ecpat)
    expect(await ecpat.status(id)).toMatchObject({ state: 'decided', handoffs: [] })
    expect(outbox()).not.toContain(`${id}.json`)
  })

  it('another process finishes what the first left behind', async () => {
    const id = '3f2c9f60-5d0e-4a3c-9f3f-0f8a6f0f9a02'
    harness.gateway.logDown = true
    await error(ecpat.publish('tip.ngo.forwarded', { ...tip, ...wait, id }))
    harness.gateway.logDown = false
    const second = await harness.connect(OINS.ecpat, 'meldpunt')
    const statuses = await second.flush(wait)
    expect(statuses.map((status) => status.id)).toContain(id)
  })

  it('keeps the bytes on request, to send them again', async () => {
    const id = '3f2c9f60-5d0e-4a3c-9f3f-0f8a6f0f9a03'
    harness.answer(id, OINS.ecpat)
    expect(await ecpat.publish('tip.ngo.forwarded', { ...tip, id, wait: 1, keep: true })).toMatchObject({
      state: 'decided',
    })
    const first = harness.taken().jwe
    expect(outbox()).not.toContain(`${id}.json`)
    expect(await ecpat.again(id, { wait: 1 })).toMatchObject({ state: 'decided' })
    expect(harness.taken().jwe).toBe(first)
    expect(await ecpat.again(id, { wait: 1 })).toMatchObject({ state: 'decided' })
  })

  it('a refusal by the exchange is an answer, not an exception', async () => {
    const id = '3f2c9f60-5d0e-4a3c-9f3f-0f8a6f0f9a04'
    harness.answer(id, OINS.ecpat, [], 'MSG_DATA')
    const status = await ecpat.publish('tip.ngo.forwarded', { ...tip, id, wait: 1 })
    expect(status).toMatchObject({ state: 'refused', error: { code: 'MSG_DATA', pointer: '/data' } })
    expect(outbox()).not.toContain(`${id}.json`)
  })

  it('a carrier connects for a body without a connection', async () => {
    const ph = await harness.connect(OINS.ph, 'ncb', { tls: harness.path(OINS.ncb) })
    const status = await ph.publish('tip.feedback', {
      ...tip,
      ...wait,
      withhold: [],
      data: { tipRef: 'T-1', status: 'RECEIVED' },
    })
    expect(status.state).toBe('accepted')
    expect(harness.taken().payload['iss']).toBe(urn(OINS.ph, 'ncb'))
    expect(harness.gateway.inbound.at(-1)?.inbound.submitter).toBe(OINS.ncb)
  })
})
