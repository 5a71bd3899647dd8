import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { systemRandom } from '#adapters/random/system.ts'
import type { Certificate, Epoch } from '#core/decision/epoch.ts'
import type { HandoffId } from '#core/ids.ts'
import { LIMITS } from '#core/limits.ts'
import { decryptJwe } from '#core/message/jwe.ts'
import type { MessageStatus, SenderChange } from '#core/ports/view.ts'
import type { TopicPorts } from '#services/courier/topic-delivery.ts'
import { writePartnerTopics } from '#services/courier/topic-delivery.ts'
import { handoffRow } from '../../support/handoff-row.ts'
import { kafkaEpoch } from '../../support/kafka-epoch.ts'
import { MemoryPartnerTopics } from '../../support/memory-partner-topics.ts'
import { MemoryView } from '../../support/memory-view.ts'
import { OINS, urn } from '../../support/test-epoch.ts'

const NOW = Date.UTC(2026, 10, 24, 12)
const SEAL = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const certificate = {
  thumbprint: 'T'.repeat(43),
  oin: OINS.tbkk,
  use: 'seal',
  publicKey: SEAL.publicKey,
  notBefore: 0,
  notAfter: NOW * 2,
} as unknown as Certificate

const epochOf = (deliveries: Parameters<typeof kafkaEpoch>[0] = { [OINS.tbkk]: 'kafka' }): Epoch => ({
  ...kafkaEpoch(deliveries),
  certificates: new Map([[certificate.thumbprint, certificate]]),
})

function courier(epoch = epochOf(), topics = new MemoryPartnerTopics(), view = new MemoryView()) {
  const state = { epoch, now: NOW, reports: [] as string[] }
  const ports: TopicPorts = {
    topics,
    view,
    log: { put: async () => ({ position: 0, at: 0 }) },
    encodeInbound: (inbound) => inbound as never,
    control: {
      current: () => ({ epoch: state.epoch, readAt: state.now }),
      refresh: async () => ({ epoch: state.epoch, readAt: state.now }),
      artefact: async () => undefined,
    },
    signer: { name: 'courier', key: undefined as never },
    openTransit: async (row, sealed) => (sealed.length === 0 ? undefined : `jwe.${row.handoff}`),
    post: async () => expect.fail('nothing is pushed'),
    clock: {
      now: () => state.now,
      sleep: async (ms) => {
        state.now += ms
        await new Promise((resolve) => setImmediate(resolve))
      },
    },
    random: { ...systemRandom, bytes: (count) => randomBytes(count) },
    report: (failure, about) => state.reports.push(`${failure.code} ${about}`),
  }
  const until = async (done: () => boolean, turns = 500) => {
    const stop = new AbortController()
    const running = writePartnerTopics(ports, stop.signal)
    for (let turn = 0; turn < turns && !done(); turn += 1)
      await new Promise((resolve) => setImmediate(resolve))
    // A few turns more: what should not come has time to come.
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve))
    stop.abort()
    await running
    expect(done()).toBe(true)
  }
  return { state, topics, view, ports, until }
}

const released = (seq: number, change = {}) =>
  handoffRow({
    handoff: `ho-2-${seq}-00000000000000aa`,
    to: urn(OINS.tbkk, 'zaken'),
    released: true,
    releasedSeq: seq + 100,
    ...change,
  })

const ids = (topics: MemoryPartnerTopics, oin: string = OINS.tbkk) =>
  topics.out(oin).map(({ headers }) => headers['ce_id'])
const remembered = (topics: MemoryPartnerTopics) => topics.memories.get(`${OINS.tbkk} out`)

describe('what is not written', () => {
  it('nothing to a partner that is suspended or speaks no Kafka', async () => {
    const { topics, view, until } = courier(
      epochOf({ [OINS.tbkk]: 'kafka', [OINS.suspended]: 'kafka', [OINS.ecpat]: 'inbox' }),
    )
    view.put(released(1, { to: urn(OINS.suspended, 'zaken') }), Buffer.from('sealed'))
    view.put(released(2, { to: urn(OINS.ecpat, 'zaken') }), Buffer.from('sealed'))
    view.put(released(3), Buffer.from('sealed'))
    await until(() => topics.topics.size > 0)
    expect([...topics.topics.keys()]).toEqual([`p.${OINS.tbkk}.out`])
    expect(ids(topics)).toEqual(['ho-2-3-00000000000000aa'])
  })

  it('nothing that is no longer sealed, nothing to another endpoint, nothing unreleased', async () => {
    const { topics, view, until } = courier()
    view.put(released(1, { state: 'recalled' }), Buffer.from('sealed'))
    view.put(released(2, { state: 'delivered' }), Buffer.from('sealed'))
    view.put(released(3, { to: urn(OINS.tbkk, 'anders') }), Buffer.from('sealed'))
    view.put(released(4, { released: false, releasedSeq: null }), Buffer.from('sealed'))
    view.put(released(5), Buffer.from('sealed'))
    await until(() => ids(topics).length > 0)
    expect(ids(topics)).toEqual(['ho-2-5-00000000000000aa'])
  })

  it('one whose transit key is gone is said and passed by', async () => {
    const { topics, view, state, until } = courier()
    view.put(released(1), Buffer.alloc(0))
    view.put(released(2), Buffer.from('sealed'))
    await until(() => ids(topics).length > 0)
    expect(ids(topics)).toEqual(['ho-2-2-00000000000000aa'])
    expect(state.reports).toEqual(['OPS_DELIVERY ho-2-1-00000000000000aa'])
  })

  it('a partner suspended in the middle gets no more', async () => {
    const { topics, view, state, ports, until } = courier()
    for (const seq of [1, 2, 3]) view.put(released(seq), Buffer.from('sealed'))
    const append = topics.append.bind(topics)
    Object.assign(ports.topics, {
      append: async (...args: Parameters<typeof append>) => {
        const done = await append(...args)
        state.epoch = { ...state.epoch, partners: new Map() }
        return done
      },
    })
    await until(() => ids(topics).length > 0)
    expect(ids(topics)).toEqual(['ho-2-1-00000000000000aa'])
    expect(state.reports).toEqual([])
  })
})

describe('hand-offs', () => {
  it('the bare JWE with the attributes of the push, in the order of release', async () => {
    const { topics, view, until } = courier()
    for (const seq of [2, 1]) view.put(released(seq), Buffer.from('sealed'))
    await until(() => ids(topics).length === 2)
    const [first] = topics.out(OINS.tbkk)
    expect(first).toEqual({
      headers: {
        ce_specversion: '1.0',
        ce_id: 'ho-2-1-00000000000000aa',
        ce_source: urn(OINS.exchange, 'schakel'),
        ce_type: 'nl.schakel.tip.ngo.forwarded.v1',
        ce_subject: 'ho-2-1-00000000000000aa',
        ce_time: '2026-11-24T00:00:00.000Z',
        'content-type': 'application/jose',
      },
      value: 'jwe.ho-2-1-00000000000000aa',
    })
    expect(ids(topics)).toEqual(['ho-2-1-00000000000000aa', 'ho-2-2-00000000000000aa'])
    expect(remembered(topics)?.position).toBe(2)
  })

  it('with the trace of its recipient where there is one, and who looks on hears of it', async () => {
    const { topics, view, ports, until } = courier()
    const seen: string[] = []
    Object.assign(ports, {
      traceparent: (handoff: string) => `00-${handoff}`,
      observe: ({ row, taken }: { row: { handoff: string }; taken: boolean }) =>
        seen.push(`${row.handoff} ${taken}`),
    })
    topics.failNext('append')
    view.put(released(1), Buffer.from('sealed'))
    await until(() => ids(topics).length === 1)
    expect(topics.out(OINS.tbkk)[0]?.headers['ce_traceparent']).toBe('00-ho-2-1-00000000000000aa')
    expect(seen).toEqual(['ho-2-1-00000000000000aa false', 'ho-2-1-00000000000000aa true'])
  })

  it("for a body that is carried, to its carrier's topic", async () => {
    const { topics, view, until } = courier(epochOf({ [OINS.ph]: 'kafka' }))
    view.put(released(1, { to: urn(OINS.ph, 'zaken') }), Buffer.from('sealed'))
    await until(() => ids(topics, OINS.ncb).length === 1)
    expect([...topics.topics.keys()]).toEqual([`p.${OINS.ncb}.out`])
  })

  it('a crash between append and remembering: what is there is not written again', async () => {
    const { topics, view, until } = courier()
    topics.failNext('remember')
    for (const seq of [1, 2]) view.put(released(seq), Buffer.from('sealed'))
    await until(() => remembered(topics) !== undefined)
    expect(ids(topics)).toEqual(['ho-2-1-00000000000000aa', 'ho-2-2-00000000000000aa'])
  })

  it.each([true, false])('a doubt at an append (written: %s): the topic is read first', async (written) => {
    const { topics, view, until } = courier()
    topics.failNext('append', written)
    for (const seq of [1, 2]) view.put(released(seq), Buffer.from('sealed'))
    await until(() => remembered(topics)?.position === 2)
    expect(ids(topics)).toEqual(['ho-2-1-00000000000000aa', 'ho-2-2-00000000000000aa'])
    const [append, ...then] = topics.calls.slice(topics.calls.indexOf('append'))
    expect([append, then[0]]).toEqual(['append', 'read'])
  })

  it('another courier goes on where this one had come, and without memory the topic says what is there', async () => {
    const one = courier()
    for (const seq of [1, 2]) one.view.put(released(seq), Buffer.from('sealed'))
    await one.until(() => remembered(one.topics)?.position === 2)
    for (const forget of [false, true]) {
      if (forget) one.topics.memories.clear()
      const seq = forget ? 4 : 3
      one.view.put(released(seq), Buffer.from('sealed'))
      await courier(epochOf(), one.topics, one.view).until(() => ids(one.topics).length === seq)
    }
    expect(ids(one.topics)).toEqual([1, 2, 3, 4].map((seq) => `ho-2-${seq}-00000000000000aa`))
  })

  it.each(['', '{}', '[]', 'null', '{"released":[1],"told":[]}'])(
    'a memory that is not ours counts as none: %s',
    async (note) => {
      const { topics, view, until } = courier()
      topics.memories.set(`${OINS.tbkk} out`, { position: 9, note })
      view.put(released(1), Buffer.from('sealed'))
      await until(() => ids(topics).length === 1)
    },
  )
})

const status = (seq: number, change: Partial<MessageStatus> = {}): MessageStatus => ({
  submitter: OINS.tbkk,
  outerId: `0b7e6a52-1f5e-4c6a-9d3e-${String(seq).padStart(12, '0')}`,
  partition: 2,
  seq,
  at: NOW,
  answer: 'refused',
  code: 'MSG_SCHEMA',
  pointer: '/data/identity',
  handoffs: [],
  ...change,
})

const answered = (one: MessageStatus, seq = one.seq): SenderChange => ({
  partition: one.partition,
  seq,
  at: one.at,
  about: one.outerId,
  status: one,
})

const read = (value: string) => JSON.parse(decryptJwe(value, SEAL.privateKey).plaintext.toString())

describe('what became of what was sent', () => {
  it('is sealed to the sender: no code, pointer, state or reason outside', async () => {
    const { topics, view, until } = courier()
    view.tell(OINS.tbkk, answered(status(7)))
    view.tell(OINS.ecpat, answered(status(8, { submitter: OINS.ecpat })))
    await until(() => ids(topics).length === 1)
    const [event] = topics.out(OINS.tbkk)
    expect(JSON.stringify(event)).not.toMatch(/MSG_SCHEMA|identity|refused/)
    expect(event?.headers).toMatchObject({
      ce_id: 'st-2-7',
      ce_type: 'nl.schakel.status.v1',
      ce_subject: status(7).outerId,
      'content-type': 'application/jose',
    })
    expect(read(event?.value ?? '')).toMatchObject({
      id: status(7).outerId,
      state: 'refused',
      error: { code: 'MSG_SCHEMA', pointer: '/data/identity' },
    })
  })

  it('decided with its hand-offs, later a change of one of them', async () => {
    const { topics, view, until } = courier()
    const row = handoffRow({
      handoff: 'ho-2-5-00000000000000aa',
      from: urn(OINS.tbkk, 'zaken'),
      to: urn(OINS.ecpat, 'zaken'),
      state: 'delivered',
    })
    view.put(row)
    view.tell(
      OINS.tbkk,
      answered(status(5, { answer: 'decided', code: null, pointer: null, handoffs: [row.handoff] })),
    )
    view.tell(OINS.tbkk, { partition: 2, seq: 9, at: NOW, about: row.handoff, status: null })
    await until(() => ids(topics).length === 2)
    expect(ids(topics)).toEqual(['st-2-5', 'st-2-9-ho-2-5-00000000000000aa'])
    const [message, change] = topics.out(OINS.tbkk).map(({ value }) => read(value))
    expect(message).toMatchObject({ state: 'decided', error: null, handoffs: [{ handoff: row.handoff }] })
    expect(change).toMatchObject({ role: 'sender', handoff: row.handoff, state: 'delivered' })
  })

  it('a repeat is told again, by the same id', async () => {
    const { topics, view, until } = courier()
    view.tell(OINS.tbkk, answered(status(7)))
    view.tell(OINS.tbkk, answered(status(7), 20))
    await until(() => ids(topics).length === 2)
    expect(ids(topics)).toEqual(['st-2-7', 'st-2-7'])
  })
})

describe('what is not told, or once', () => {
  it('not what is older than a sealed hand-off can wait; not twice after a crash', async () => {
    const { topics, view, until } = courier()
    topics.failNext('remember')
    view.tell(OINS.tbkk, answered(status(6, { at: NOW - LIMITS.sealedDeadlineMs - 1 })))
    view.tell(OINS.tbkk, answered(status(7)))
    await until(() => remembered(topics) !== undefined)
    expect(ids(topics)).toEqual(['st-2-7'])
  })

  it('a partner without sealing certificate is told nothing, and the operator that', async () => {
    const { topics, view, state, until } = courier({ ...epochOf(), certificates: new Map() })
    view.tell(OINS.tbkk, answered(status(7)))
    await until(() => remembered(topics) !== undefined)
    expect(topics.out(OINS.tbkk)).toEqual([])
    expect(state.reports).toEqual(['OPS_DELIVERY st-2-7'])
  })

  it('one outcome with many changes over a page is told whole', async () => {
    const { topics, view, until } = courier()
    const count = LIMITS.partnerPageMax + 30
    for (let n = 0; n < count; n += 1) {
      const handoff = `ho-2-${n + 1}-00000000000000aa` as HandoffId
      view.put(
        handoffRow({
          handoff,
          from: urn(OINS.tbkk, 'zaken'),
          to: urn(OINS.ecpat, 'zaken'),
          state: 'expired',
        }),
      )
      view.tell(OINS.tbkk, {
        partition: 2,
        seq: 1_000 + Math.floor(n / 60),
        at: NOW,
        about: handoff,
        status: null,
      })
    }
    await until(() => remembered(topics) !== undefined && ids(topics).length === count, 5_000)
    expect(new Set(ids(topics)).size).toBe(count)
  })
})
