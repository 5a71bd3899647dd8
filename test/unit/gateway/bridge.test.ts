import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { Epoch } from '#core/decision/epoch.ts'
import { kafkaPartners } from '#core/decision/kafka-partners.ts'
import { Failure } from '#core/failure.ts'
import type { Inbound } from '#core/handoff/outcome.ts'
import { LIMITS } from '#core/limits.ts'
import { partitionOf } from '#core/log/partition.ts'
import type { BridgePorts } from '#services/gateway/bridge-partner-topics.ts'
import { bridgePartnerTopics } from '#services/gateway/bridge-partner-topics.ts'
import { kafkaEpoch } from '../../support/kafka-epoch.ts'
import { MemoryPartnerTopics } from '../../support/memory-partner-topics.ts'
import { OINS, urn } from '../../support/test-epoch.ts'

const ID = '0b7e6a52-1f5e-4c6a-9d3e-2f1a7c4b5d60'
const JWE = `${'A'.repeat(20)}.${'B'.repeat(54)}.${'C'.repeat(16)}.${'D'.repeat(40)}.${'E'.repeat(22)}`

const good = (change: Record<string, string | null> = {}): (readonly [string, Uint8Array])[] => {
  const all: Record<string, string | null> = {
    ce_specversion: '1.0',
    ce_id: ID,
    ce_source: urn(OINS.tbkk, 'zaken'),
    ce_type: 'nl.schakel.tip.ngo.forwarded.v1',
    ce_subject: 'a'.repeat(32),
    ce_time: '2026-11-24T12:00:00Z',
    ce_dataschema: 'https://schakel.example.nl/schemas/nl.schakel.tip.ngo.forwarded.v1',
    'content-type': 'application/jose',
    ...change,
  }
  return Object.entries(all).flatMap(([name, value]) =>
    value === null ? [] : [[name, Buffer.from(value)] as const],
  )
}

function bridge(epoch: Epoch = kafkaEpoch({ [OINS.tbkk]: 'kafka' })) {
  const topics = new MemoryPartnerTopics()
  const inbound: { partition: number; inbound: Inbound }[] = []
  const state = { now: 1_000_000, epoch, readAt: 1_000_000, failPuts: 0, reports: [] as string[], slept: 0 }
  const stop = new AbortController()
  const ports: BridgePorts = {
    topics,
    log: {
      put: async (partition, entry) => {
        if (state.failPuts > 0) {
          state.failPuts -= 1
          throw new Failure('OPS_LOG_UNAVAILABLE')
        }
        inbound.push({ partition, inbound: entry as never })
        return { position: inbound.length, at: state.now }
      },
      end: async () => inbound.length,
    },
    encodeInbound: (one) => one as never,
    control: {
      current: () => ({ epoch: state.epoch, readAt: state.readAt }),
      refresh: async () => ({ epoch: state.epoch, readAt: state.readAt }),
      artefact: async () => undefined,
    },
    clock: {
      now: () => state.now,
      sleep: async (ms) => {
        state.slept += 1
        state.now += ms
        state.readAt = state.now
        await new Promise((resolve) => setImmediate(resolve))
      },
    },
    random: { bytes: (count) => randomBytes(count), ephemeral: () => expect.unreachable() },
    report: (failure, about) => state.reports.push(`${failure.code} ${about}`),
  }
  const until = async (done: () => boolean, turns = 2_000) => {
    const running = bridgePartnerTopics(ports, stop.signal)
    for (let turn = 0; turn < turns && !done(); turn += 1)
      await new Promise((resolve) => setImmediate(resolve))
    stop.abort()
    await running
    expect(done()).toBe(true)
  }
  return { topics, inbound, state, ports, until }
}

const refusals = (topics: MemoryPartnerTopics) =>
  topics.out(OINS.tbkk).map(({ headers, value }) => ({ headers, problem: JSON.parse(value) }))

describe("what the bridge refuses, it says on the partner's own topic", () => {
  const bad: [string, (readonly [string, Uint8Array])[], string | null, string, string][] = [
    ['no value', good(), null, 'MSG_FRAMING', '/'],
    ['no JWE', good(), 'hello', 'MSG_FRAMING', '/'],
    ['a JWE with padding', good(), `${JWE}=`, 'MSG_FRAMING', '/'],
    ['no content type', good({ 'content-type': null }), JWE, 'MSG_FRAMING', '/content-type'],
    [
      'structured mode',
      good({ 'content-type': 'application/cloudevents+json' }),
      JWE,
      'MSG_FRAMING',
      '/content-type',
    ],
    ['a missing attribute', good({ ce_subject: null }), JWE, 'MSG_CLAIM', '/ce-subject'],
    ['an id that is none', good({ ce_id: 'x' }), JWE, 'MSG_CLAIM', '/ce-id'],
    ['an attribute of its own', good({ ce_name: 'x' }), JWE, 'MSG_CLAIM', '/ce-name'],
    ['another version', good({ ce_specversion: '0.3' }), JWE, 'MSG_CLAIM', '/ce-specversion'],
    ['another schema', good({ ce_dataschema: 'https://evil.example/' }), JWE, 'MSG_CLAIM', '/ce-dataschema'],
    ['a repeated header', [...good(), ['ce_id', Buffer.from(ID)]], JWE, 'MSG_CLAIM', '/ce-id'],
    [
      'a repeated header of its own',
      [...good(), ['x', Buffer.of(1)], ['x', Buffer.of(2)]],
      JWE,
      'MSG_CLAIM',
      '/',
    ],
    [
      'bytes that are no text',
      [...good({ ce_subject: null }), ['ce_subject', Buffer.of(0xff, 0xfe)]],
      JWE,
      'MSG_ENCODING',
      '/ce-subject',
    ],
    [
      '__proto__ as a header',
      [...good({ ce_id: null }), ['__proto__', Buffer.from(ID)]],
      JWE,
      'MSG_CLAIM',
      '/ce-id',
    ],
    [
      'too many headers',
      [...good(), ...Array.from({ length: 40 }, (_, n) => [`x${n}`, Buffer.of(1)] as const)],
      JWE,
      'MSG_SIZE',
      '/',
    ],
    ['a long header', [...good(), ['x', Buffer.alloc(LIMITS.partnerHeaderBytesMax)]], JWE, 'MSG_SIZE', '/'],
    ['a value over the limit', good(), JWE + 'E'.repeat(LIMITS.jweBytesMax), 'MSG_SIZE', '/'],
  ]
  it.each(bad)('%s', async (_, headers, value, code, pointer) => {
    const { topics, inbound, until } = bridge()
    topics.publish(OINS.tbkk, headers, value === null ? null : Buffer.from(value))
    topics.publish(OINS.tbkk, good(), Buffer.from(JWE))
    await until(() => topics.memories.get(`${OINS.tbkk} in`)?.position === 2)
    expect(inbound.length).toBe(1)
    const [first, ...more] = refusals(topics)
    expect(more).toEqual([])
    expect(first?.problem).toMatchObject({ code, pointer, position: 0 })
    expect(first?.headers).toMatchObject({ ce_type: 'nl.schakel.refused.v1', ce_id: 'in-0' })
    expect(first?.headers['content-type']).toBe('application/problem+json')
  })

  it('names the message when the record does, and repeats nothing else of it', async () => {
    const { topics, until } = bridge()
    topics.publish(OINS.tbkk, good({ ce_subject: 'Jan Jansen 123456782' }), Buffer.from('Jan Jansen'))
    await until(() => topics.out(OINS.tbkk).length === 1)
    const [event] = topics.out(OINS.tbkk)
    expect(JSON.stringify(event)).not.toMatch(/Jansen|123456782/)
    expect(refusals(topics)[0]).toMatchObject({ headers: { ce_subject: ID }, problem: { message: ID } })
  })
})

describe('who is read', () => {
  it('nobody who is suspended, unknown, or speaks no Kafka', async () => {
    const epoch = kafkaEpoch({ [OINS.tbkk]: 'kafka', [OINS.ecpat]: 'inbox', [OINS.suspended]: 'kafka' })
    const { topics, inbound, until } = bridge(epoch)
    for (const oin of [OINS.suspended, OINS.ecpat, OINS.stranger, OINS.tbkk])
      topics.publish(oin, good(), Buffer.from(JWE))
    await until(() => topics.memories.size > 0)
    expect(inbound.map((one) => one.inbound.submitter)).toEqual([OINS.tbkk])
  })

  it('a carrier, for those it carries; they have no topic of their own', () => {
    const partners = kafkaPartners(kafkaEpoch({ [OINS.ph]: 'kafka' }))
    expect(partners.map(({ partner, oins }) => [partner.oin, ...oins])).toEqual([
      [OINS.ncb, OINS.ncb, OINS.ph],
    ])
  })

  it('nobody while control was not read in time', async () => {
    const { topics, inbound, state, ports } = bridge()
    topics.publish(OINS.tbkk, good(), Buffer.from(JWE))
    const stop = new AbortController()
    const old = { current: () => ({ epoch: state.epoch, readAt: state.now - LIMITS.controlAgeMs - 1 }) }
    const running = bridgePartnerTopics({ ...ports, control: { ...ports.control, ...old } }, stop.signal)
    while (state.reports.length === 0) await new Promise((resolve) => setImmediate(resolve))
    stop.abort()
    await running
    expect(state.reports[0]).toBe(`OPS_CONTROL p.${OINS.tbkk}.in`)
    expect(inbound).toEqual([])
  })
})

describe('what goes in', () => {
  it("the bytes as they are, by the topic's OIN, in the partition of the subject", async () => {
    const { topics, inbound, until } = bridge()
    // The source is another's: whose signature it is, the exchange says; who handed it in, the topic.
    topics.publish(OINS.tbkk, good({ ce_source: urn(OINS.ecpat, 'meldpunt') }), Buffer.from(JWE))
    await until(() => inbound.length === 1)
    expect(inbound[0]?.partition).toBe(partitionOf('a'.repeat(32)))
    const { kind, submitter, body, attributes } = inbound[0]?.inbound ?? expect.fail()
    expect({ kind, submitter, body: Buffer.from(body).toString() }).toEqual({
      kind: 'message',
      submitter: OINS.tbkk,
      body: JWE,
    })
    expect(attributes).toMatchObject({ id: ID, source: urn(OINS.ecpat, 'meldpunt'), subject: 'a'.repeat(32) })
    expect(Object.keys(attributes)).not.toContain('datacontenttype')
    expect(topics.out(OINS.tbkk)).toEqual([])
  })

  it('a trace that its sender named is told to who looks on, and goes no further', async () => {
    const { topics, inbound, ports, until } = bridge()
    const seen: unknown[] = []
    const observe = { accepted: (one: unknown) => seen.push(one), traceIgnored: () => seen.push('ignored') }
    Object.assign(ports, { observe })
    const trace = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`
    topics.publish(OINS.tbkk, good({ ce_traceparent: trace }), Buffer.from(JWE))
    topics.publish(OINS.tbkk, good({ ce_traceparent: 'Jan Jansen' }), Buffer.from(JWE))
    await until(() => inbound.length === 2)
    expect(JSON.stringify(inbound)).not.toMatch(/traceparent|Jansen/)
    expect(seen[0]).toMatchObject({
      id: ID,
      partition: partitionOf('a'.repeat(32)),
      link: { traceId: 'a'.repeat(32) },
    })
    expect(seen.slice(1)).toMatchObject(['ignored', { link: undefined }])
  })

  it('nothing is remembered before it is durable: a failed append is done again', async () => {
    const { topics, inbound, state, until } = bridge()
    state.failPuts = 2
    topics.publish(OINS.tbkk, good(), Buffer.from(JWE))
    await until(() => topics.memories.size > 0)
    expect(inbound.length).toBe(1)
    expect(state.reports).toEqual(Array.from({ length: 2 }, () => `OPS_LOG_UNAVAILABLE p.${OINS.tbkk}.in`))
  })

  it('a crash between append and remembering copies again; nothing is lost', async () => {
    const { topics, inbound, until } = bridge()
    topics.failNext('remember')
    for (let n = 0; n < 3; n += 1) topics.publish(OINS.tbkk, good(), Buffer.from(JWE))
    await until(() => topics.memories.get(`${OINS.tbkk} in`)?.position === 3)
    expect(inbound.length).toBe(6)
  })

  it('goes on where another gateway had come', async () => {
    const { topics, inbound, until } = bridge()
    for (let n = 0; n < 3; n += 1) topics.publish(OINS.tbkk, good(), Buffer.from(JWE))
    topics.memories.set(`${OINS.tbkk} in`, { position: 2, note: '' })
    await until(() => inbound.length === 1)
  })

  it("no faster than its partner's rate, and a flood of nonsense is answered no faster", async () => {
    const { topics, state, ports } = bridge()
    for (let n = 0; n < 500; n += 1) topics.publish(OINS.tbkk, good(), Buffer.from('nonsense'))
    const stop = new AbortController()
    const start = state.now
    const running = bridgePartnerTopics({ ...ports, requestsPerSecond: 100 }, stop.signal)
    while (topics.out(OINS.tbkk).length < 500) await new Promise((resolve) => setImmediate(resolve))
    stop.abort()
    await running
    expect(state.now - start).toBeGreaterThanOrEqual(4_000 - 10)
  })

  it("a share of another gateway's is not copied here", async () => {
    const { topics, inbound, ports } = bridge()
    topics.publish(OINS.tbkk, good(), Buffer.from(JWE))
    const mine = partitionOf(OINS.tbkk)
    const stop = new AbortController()
    const others = Array.from({ length: 16 }, (_, n) => n).filter((n) => n !== mine)
    const share = {
      run: (signal: AbortSignal, use: (p: readonly number[], s: AbortSignal) => Promise<void>) =>
        use(others, signal),
    }
    const running = bridgePartnerTopics({ ...ports, share }, stop.signal)
    for (let turn = 0; turn < 200; turn += 1) await new Promise((resolve) => setImmediate(resolve))
    stop.abort()
    await running
    expect(inbound).toEqual([])
  })
})
