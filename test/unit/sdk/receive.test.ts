import { createHash, generateKeyPairSync, X509Certificate } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Digest, HandoffId } from '#core/ids.ts'
import type { Connection } from '#sdk/connect.ts'
import { type Delivery, SdkHarness, type Taken } from '../../support/sdk-harness.ts'
import { OINS, urn } from '../../support/test-epoch.ts'

const harness = new SdkHarness()
let tbkk: Connection
let taken: Taken

const SHOWN = [
  'tipRef',
  'facts',
  'place',
  'country',
  'ngoAssessment',
  'contactPolicy',
  'reporterHandle',
  'childAtRisk',
]
const data = {
  tipRef: 'TIP-1',
  facts: 'Feiten',
  place: 'Cebu',
  country: 'PH',
  ngoAssessment: 'Sterk',
  contactPolicy: 'HOTLINE_ONLY',
  reporterHandle: 'RPT-77',
  childAtRisk: false,
}

async function publishTip(): Promise<Taken> {
  const ecpat = await harness.connect(OINS.ecpat, 'meldpunt')
  await ecpat.publish('tip.ngo.forwarded', {
    to: [{ to: urn(OINS.tbkk, 'zaken'), purpose: 'intake', basis: 'uavg-33' }],
    data,
    context: { regime: 'GDPR', handling: 'AMBER', occurredAt: '2026-11-20T10:00:00Z' },
    preparedBy: { actor: 'mp-11', role: 'medewerker', automated: false },
    wait: 0,
  })
  return harness.taken()
}

beforeAll(async () => {
  await harness.start()
  tbkk = await harness.connect(OINS.tbkk, 'zaken')
  taken = await publishTip()
})
afterAll(() => harness.stop())

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'accepted',
    (error: { code?: string }) => error.code,
  )

describe('hand-offs that do not hold', () => {
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const cases: Record<string, [string, Delivery]> = {
    'label under another key': ['MSG_EVIDENCE', { labelKey: other.privateKey }],
    'label for another endpoint': ['MSG_AUD', { claims: { aud: urn(OINS.tbkk, 'mandaat') } }],
    'label of another hand-off': [
      'MSG_EVIDENCE',
      { claims: { nonce: 'ho-1-1-0123456789abcdef' as HandoffId } },
    ],
    'label over other bytes': [
      'MSG_EVIDENCE',
      { claims: { sdHash: createHash('sha256').digest('base64url') as Digest } },
    ],
    'a field taken out on the way': [
      'MSG_EVIDENCE',
      {
        show: SHOWN,
        tamper: ({ presented, label }) => ({ presented: presented.replace(/~[^~]+~$/, '~'), label }),
      },
    ],
    'no label': ['MSG_FRAMING', { tamper: ({ presented }) => ({ presented, label: '' }) }],
    'not sealed to this partner': ['MSG_SEAL', { sealTo: OINS.ncb }],
  }
  for (const [name, [code, delivery]] of Object.entries(cases))
    it(name, async () => expect(await codeOf(tbkk.open(harness.deliver(taken, delivery).jwe))).toBe(code))

  it('sender signature that does not hold', async () => {
    const [head, body, signature = ''] = taken.issuerJwt.split('.')
    const flipped = `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`
    const forged = { ...taken, issuerJwt: [head, body, flipped].join('.') }
    expect(await codeOf(tbkk.open(harness.deliver(forged).jwe))).toBe('MSG_SIGNATURE')
  })

  it('bytes that are no hand-off', async () => {
    for (const jwe of ['', 'x', 'a.b.c.d.e']) expect(await codeOf(tbkk.open(jwe))).toMatch(/^MSG_/)
  })

  it('are told apart in the inbox and do not hold up the others', async () => {
    const bad = harness.deliver(taken, { show: SHOWN, labelKey: other.privateKey })
    const good = harness.deliver(taken, { show: SHOWN })
    const inbox = await tbkk.inbox()
    expect(inbox.items.map((item) => item.handoff)).toContain(good.handoff)
    const refusal = inbox.refused.find((refused) => refused.handoff === bad.handoff)
    expect(refusal?.error).toMatchObject({ code: 'MSG_EVIDENCE', retryable: false })
  })
})

describe('hand-offs that hold', () => {
  it('shows what was shown, and what to answer with', async () => {
    const { handoff, jwe } = harness.deliver(taken, { show: ['tipRef', 'facts', 'childAtRisk'] })
    const read = await tbkk.open(jwe)
    expect(read).toMatchObject({
      handoff,
      type: 'tip.ngo.forwarded',
      vct: 'nl.schakel.tip.ngo.forwarded.v1',
      from: urn(OINS.ecpat, 'meldpunt'),
      to: urn(OINS.tbkk, 'zaken'),
      cursor: null,
      data: { tipRef: 'TIP-1', facts: 'Feiten', childAtRisk: false },
      context: {
        regime: 'GDPR',
        handling: 'AMBER',
        occurredAt: Date.parse('2026-11-20T10:00:00Z'),
        wpgClass: null,
      },
      terms: { to: urn(OINS.tbkk, 'zaken'), purpose: 'intake', basis: 'uavg-33', ground: 'none' },
      obligations: ['secrecy'],
      label: { handling: 'AMBER', noOnward: true },
      approval: null,
    })
    expect(Object.keys(read.data)).toHaveLength(3)
    expect(read.sender.oin).toBe(OINS.ecpat)
    await tbkk.acknowledge(read, { wait: 0 })
    const acknowledgement = harness.taken()
    expect(acknowledgement.attributes['subject']).toBe(handoff)
    const values = Object.fromEntries(acknowledgement.disclosures.map((one) => [one.name ?? '', one.value]))
    expect(values).toMatchObject({ handOff: handoff, sdHash: read.sdHash })
    expect(acknowledgement.disclosures.filter((one) => one.name === null).map((one) => one.value)).toEqual(
      Array.from({ length: 8 }, () => null),
    )
  })

  it('attaches labels as evidence and names the parents', async () => {
    const read = await tbkk.open(harness.deliver(taken, { show: SHOWN }).jwe)
    await tbkk.publish('tip.feedback', {
      to: [{ to: urn(OINS.ecpat, 'meldpunt'), purpose: 'feedback', basis: 'no-personal-data' }],
      subject: read.handoff,
      inReplyTo: read.handoff,
      data: { tipRef: 'TIP-1', status: 'ASSESSED' },
      context: { regime: 'GDPR', handling: 'GREEN' },
      preparedBy: { actor: 'rech-21', role: 'rechercheur', automated: false },
      evidence: [read],
      origin: [read],
      wait: 0,
    })
    const toExchange = harness.taken().disclosures.find((one) => one.name === 'toExchange')?.value
    const digest = createHash('sha256').update(read.evidence).digest('base64url')
    expect(toExchange).toMatchObject({ evidence: [read.evidence], origin: [digest], inReplyTo: read.handoff })
  })

  it('answers a request for approval for exactly what it showed', async () => {
    const plain = await tbkk.open(harness.deliver(taken, { show: SHOWN }).jwe)
    expect(await codeOf(tbkk.approve(plain, { granted: true, actor: 'm-1', role: 'MANDAATHOUDER' }))).toBe(
      'MSG_APPROVAL',
    )
    const held = 'ho-3-9-0123456789abcdef' as HandoffId
    const until = Date.parse('2026-11-30T12:00:00Z')
    const approval = { handOff: held, guard: 'wpg19-controller', ask: 'Mag dit?', until }
    const request = await tbkk.open(harness.deliver(taken, { show: SHOWN, approval }).jwe)
    await tbkk.approve(
      request,
      { granted: false, actor: 'm-1', role: 'MANDAATHOUDER', reason: 'te vroeg' },
      { wait: 0 },
    )
    const { attributes, disclosures } = harness.taken()
    expect(attributes['subject']).toBe(held)
    expect(Object.fromEntries(disclosures.map((one) => [one.name ?? '', one.value]))).toMatchObject({
      handOff: held,
      digest: request.sdHash,
      guard: 'wpg19-controller',
      until: '2026-11-30T12:00:00Z',
      granted: false,
      actor: 'm-1',
      role: 'MANDAATHOUDER',
      reason: 'te vroeg',
    })
  })
})

describe('a carrier', () => {
  it('receives for a body without a connection, and only for those it says', async () => {
    const to = urn(OINS.ph, 'ncb')
    const { handoff } = harness.deliver(taken, { to, sealTo: OINS.ncb, show: SHOWN })
    const plain = await harness.connect(OINS.ncb, 'ncb')
    expect((await plain.inbox()).items).toEqual([])
    const carrier = await harness.connect(OINS.ncb, 'ncb', { carries: [to] })
    const { items, refused } = await carrier.inbox()
    expect(refused).toEqual([])
    expect(items.map((item) => [item.handoff, item.to])).toEqual([[handoff, to]])
    expect(await codeOf(harness.connect(OINS.ncb, 'ncb', { carries: ['ph'] }))).toBe('MSG_CLAIM')
  })

  it('lends its connection to a body that has keys of its own', async () => {
    const { handoff } = harness.deliver(taken, { to: urn(OINS.ph, 'ncb'), show: SHOWN })
    const ph = await harness.connect(OINS.ph, 'ncb', { tls: harness.path(OINS.ncb) })
    expect((await ph.inbox()).items.map((item) => item.handoff)).toContain(handoff)
  })
})

describe('the stream', () => {
  it('gives what is released, in order, and resumes where it was', async () => {
    const start = (await tbkk.inbox()).next
    const abort = new AbortController()
    const seen: string[] = []
    const cursors: string[] = []
    const first = harness.deliver(taken, { show: SHOWN })
    for await (const handoff of tbkk.stream(abort.signal, start)) {
      seen.push(handoff.handoff)
      cursors.push(handoff.cursor ?? '')
      if (seen.length === 1) seen.push(harness.deliver(taken, { show: SHOWN }).handoff)
      else abort.abort()
    }
    expect(seen[0]).toBe(first.handoff)
    expect(seen[2]).toBe(seen[1])
    const rest = await tbkk.inbox(cursors[0])
    expect(rest.items.map((item) => item.handoff)).toEqual([seen[1]])
  })

  it('comes back after the gateway was away', async () => {
    const start = (await tbkk.inbox()).next
    const abort = new AbortController()
    const { port } = new URL(harness.gateway.gateway.url)
    const seen: string[] = []
    harness.deliver(taken, { show: SHOWN })
    for await (const handoff of tbkk.stream(abort.signal, start)) {
      seen.push(handoff.handoff)
      if (seen.length === 2) abort.abort()
      else {
        await harness.gateway.gateway.close()
        await harness.gateway.start({ port: Number(port) })
        harness.deliver(taken, { show: SHOWN })
      }
    }
    expect(new Set(seen).size).toBe(2)
  })

  it('tells of one that does not hold and goes on; without listener it ends with the error', async () => {
    const start = (await tbkk.inbox()).next
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const bad = harness.deliver(taken, { show: SHOWN, labelKey: privateKey })
    const good = harness.deliver(taken, { show: SHOWN })
    const abort = new AbortController()
    const refused: string[] = []
    for await (const handoff of tbkk.stream(abort.signal, start, (refusal) =>
      refused.push(refusal.handoff),
    )) {
      expect(handoff.handoff).toBe(good.handoff)
      abort.abort()
    }
    expect(refused).toEqual([bad.handoff])
    expect(await codeOf(tbkk.stream(new AbortController().signal, start).next())).toBe('MSG_EVIDENCE')
  })
})

describe('a sender whose certificate', () => {
  it('is revoked after it was seen: refused', async () => {
    const clerk = await harness.connect(OINS.tbkk, 'zaken')
    const { jwe } = harness.deliver(taken, { show: SHOWN })
    expect(await codeOf(clerk.open(jwe))).toBe('accepted')
    const pem = harness.identities.get(OINS.ecpat)?.sign.certPem ?? ''
    harness.gateway.revoke([new X509Certificate(pem).serialNumber.toLowerCase().replace(/^0+/, '')])
    harness.publishEpoch()
    const later = await harness.connect(OINS.tbkk, 'zaken')
    expect(await codeOf(later.open(jwe))).toBe('PEER_KEY_REVOKED')
    harness.gateway.revoke([])
    harness.publishEpoch()
  })

  it('is not published: refused', async () => {
    const path = `pki/cert/${harness.identities.get(OINS.ecpat)?.sign.thumbprint}.pem`
    const pem = harness.gateway.artefacts.get(path)
    harness.gateway.artefacts.delete(path)
    const later = await harness.connect(OINS.tbkk, 'zaken')
    expect(await codeOf(later.open(harness.deliver(taken, { show: SHOWN }).jwe))).toBe('PEER_KEY_UNKNOWN')
    if (pem) harness.gateway.artefacts.set(path, pem)
  })

  it('is of another authority than our anchor: refused', async () => {
    const path = `pki/cert/${harness.identities.get(OINS.ecpat)?.sign.thumbprint}.pem`
    const pem = harness.gateway.artefacts.get(path)
    harness.gateway.artefacts.set(path, Buffer.from(harness.stranger(OINS.ecpat).sign.certPem))
    const later = await harness.connect(OINS.tbkk, 'zaken')
    expect(await codeOf(later.open(harness.deliver(taken, { show: SHOWN }).jwe))).toBe('PEER_CERTIFICATE')
    if (pem) harness.gateway.artefacts.set(path, pem)
  })

  it('is checked against a list that is stale: refused', async () => {
    const clock = { now: () => harness.gateway.now + 31 * 86_400_000, sleep: async () => undefined }
    const later = await harness.connect(OINS.tbkk, 'zaken', { clock })
    expect(await codeOf(later.open(harness.deliver(taken, { show: SHOWN }).jwe))).toBe('OPS_CONTROL')
  })
})
