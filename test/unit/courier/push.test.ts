import { describe, expect, it } from 'vitest'
import { checkPushUrl, isSpecialAddress } from '#adapters/http/address-guard.ts'
import type { Endpoint } from '#core/decision/epoch.ts'
import { Failure } from '#core/failure.ts'
import type { Oin } from '#core/ids.ts'
import { LIMITS } from '#core/limits.ts'
import type { CourierPorts } from '#services/courier/ports.ts'
import { type PushEndpoint, pushHandoff, pushLoop } from '#services/courier/push.ts'
import { backoffMs, parseRetryAfter } from '#services/courier/retry-delay.ts'
import { run } from '#services/courier/run.ts'
import { handoffRow } from '../../support/handoff-row.ts'
import { MemoryView } from '../../support/memory-view.ts'
import { OINS, testEpochOf, urn } from '../../support/test-epoch.ts'

const endpoint: PushEndpoint = {
  urn: urn(OINS.tbkk, 'zaken'),
  oin: OINS.tbkk as Oin,
  partner: 'tbkk',
  name: 'zaken',
  roles: [],
  task: null,
  regime: 'WPG',
  delivery: { kind: 'push', url: 'https://push.example.nl/in' },
} satisfies Endpoint

type Answer = { status: number; retryAfter?: string } | Failure

function courier(answers: Answer[]) {
  const state = {
    now: Date.UTC(2026, 10, 24),
    slept: [] as number[],
    posted: [] as string[],
    reports: [] as string[],
  }
  const view = new MemoryView()
  const reading = { epoch: testEpochOf(), readAt: 0 }
  const ports: CourierPorts = {
    log: { put: async () => ({ position: 0, at: 0 }) },
    encodeInbound: (inbound) => inbound as never,
    view,
    control: { current: () => reading, refresh: async () => reading, artefact: async () => undefined },
    signer: { name: 'courier', key: undefined as never },
    openTransit: async (row) => `jwe.${row.handoff}`,
    post: async (_url, headers, body) => {
      state.posted.push(body)
      expect(headers['ce-id']).toBe(body.slice(4))
      const answer = answers.shift() ?? { status: 202 }
      if (answer instanceof Failure) throw answer
      return { status: answer.status, retryAfter: answer.retryAfter }
    },
    clock: { now: () => state.now, sleep: async (ms) => void state.slept.push(ms) },
    random: {
      bytes: (count) => new Uint8Array(count),
      ephemeral: () => {
        throw new Error('not used')
      },
    },
    report: (failure, about) => state.reports.push(`${failure.code} ${about}`),
  }
  return { state, view, ports }
}

const row = (seq: number, change = {}) =>
  handoffRow({
    handoff: `ho-2-${seq}-00000000000000aa`,
    to: endpoint.urn,
    released: true,
    releasedSeq: seq + 100,
    ...change,
  })

const never = new AbortController().signal

describe('addresses that are refused', () => {
  it.each([
    'http://push.example.nl/',
    'https://user:secret@push.example.nl/',
    'https://127.0.0.1/',
    'https://10.1.2.3/',
    'https://169.254.169.254/latest/meta-data',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[fd00::1]/',
    'https://[64:ff9b::7f00:1]/',
    'https://0x7f.1/',
    'https://2130706433/',
    'ftp://push.example.nl/',
    'push.example.nl',
  ])('%s', (url) => {
    expect(() => checkPushUrl(url, new Set())).toThrow(expect.objectContaining({ code: 'OPS_DELIVERY' }))
  })

  it('special addresses are known, others pass', () => {
    for (const address of [
      '0.0.0.0',
      '100.64.0.1',
      '172.31.255.255',
      '::',
      'fe80::1',
      '2002:7f00:1::',
      'nonsense',
    ])
      expect(isSpecialAddress(address)).toBe(true)
    for (const address of ['145.100.0.1', '2a02:d28::1']) expect(isSpecialAddress(address)).toBe(false)
    expect(checkPushUrl('https://127.0.0.1/in', new Set(['127.0.0.1'])).pathname).toBe('/in')
  })
})

describe('one hand-off', () => {
  it('carries the trace context of its recipient and no other, and whoever looks on hears of each try', async () => {
    const { ports, view } = courier([])
    for (const seq of [1, 2]) view.put(row(seq), Buffer.from('sealed'))
    const sent: Readonly<Record<string, string>>[] = []
    const tries: boolean[] = []
    const post: CourierPorts['post'] = async (_url, headers) => {
      sent.push(headers)
      return { status: sent.length === 1 ? 503 : 202, retryAfter: undefined }
    }
    const traceparent = (handoff: string) => `trace of ${handoff}`
    const observe: CourierPorts['observe'] = ({ taken }) => void tries.push(taken)
    await pushHandoff({ ...ports, post, traceparent, observe }, endpoint, row(1), never)
    expect(tries).toEqual([false, true])
    expect(sent.map((headers) => headers['ce-traceparent'])).toEqual(
      Array(2).fill(`trace of ${row(1).handoff}`),
    )
    await pushHandoff({ ...ports, post }, endpoint, row(2), never)
    expect(sent.at(-1)).not.toHaveProperty('ce-traceparent')
  })

  it.each([500, 503, 302, 400, 404])(
    'status %i is tried again, a bounded number of times, then given up',
    async (status) => {
      const { ports, state, view } = courier(Array.from({ length: 20 }, () => ({ status })))
      view.put(row(1), Buffer.from('sealed'))
      expect(await pushHandoff(ports, endpoint, row(1), never)).toBe('failed')
      expect(state.posted.length).toBe(LIMITS.pushAttemptsMax)
      expect(state.slept.every((ms, index) => index === 0 || ms >= (state.slept[index - 1] ?? 0))).toBe(true)
    },
  )

  it('410 stops, 429 waits as told, no answer is tried again', async () => {
    const gone = courier([{ status: 410 }])
    gone.view.put(row(1), Buffer.from('sealed'))
    expect(await pushHandoff(gone.ports, endpoint, row(1), never)).toBe('gone')
    const later = courier([{ status: 429, retryAfter: '7' }, new Failure('OPS_DELIVERY'), { status: 200 }])
    later.view.put(row(1), Buffer.from('sealed'))
    expect(await pushHandoff(later.ports, endpoint, row(1), never)).toBe('pushed')
    expect(later.state.slept).toEqual([7_000, LIMITS.pushBackoffMs])
  })
})

describe('the loop', () => {
  it('sends released, open hand-offs of this endpoint only, in order, and each once', async () => {
    const { ports, state, view } = courier([])
    const stop = new AbortController()
    view.put(row(1), Buffer.from('s'))
    view.put(row(2, { state: 'delivered' }), Buffer.from('s'))
    view.put(row(3, { to: urn(OINS.tbkk, 'mandaat') }), Buffer.from('s'))
    view.put(row(4), Buffer.from('s'))
    view.put(row(5, { released: false, releasedSeq: null }), Buffer.from('s'))
    const running = pushLoop(ports, endpoint, stop.signal)
    while (view.waiting === 0) await new Promise((resolve) => setImmediate(resolve))
    view.put(row(6), Buffer.from('s'))
    while (state.posted.length < 3) await new Promise((resolve) => setImmediate(resolve))
    stop.abort()
    await running
    expect(state.posted).toEqual([1, 4, 6].map((seq) => `jwe.ho-2-${seq}-00000000000000aa`))
  })

  it('ends at 410 and says so', async () => {
    const { ports, state, view } = courier([{ status: 410 }])
    view.put(row(1), Buffer.from('s'))
    view.put(row(2), Buffer.from('s'))
    await pushLoop(ports, endpoint, never)
    expect([state.posted.length, state.reports]).toEqual([1, ['OPS_DELIVERY ho-2-1-00000000000000aa']])
  })
})

describe('waiting', () => {
  it('Retry-After is seconds or a date, bounded; other texts are none', () => {
    const now = Date.UTC(2026, 10, 24, 12)
    expect(parseRetryAfter('3', now)).toBe(3_000)
    expect(parseRetryAfter('Tue, 24 Nov 2026 12:00:09 GMT', now)).toBe(9_000)
    expect(parseRetryAfter('99999', now)).toBe(300_000)
    expect(parseRetryAfter('Tue, 24 Nov 2020 12:00:09 GMT', now)).toBe(0)
    expect(parseRetryAfter('soon', now)).toBeUndefined()
  })

  it('backoff doubles and stays between half and all of it', () => {
    const random = (fill: number) => ({
      bytes: (count: number) => new Uint8Array(count).fill(fill),
      ephemeral: undefined as never,
    })
    expect(backoffMs(1, random(0))).toBe(LIMITS.pushBackoffMs / 2)
    expect(backoffMs(3, random(255))).toBe(LIMITS.pushBackoffMs * 4)
  })
})

describe('the courier', () => {
  it('reads control although there is nothing to release, and says when it cannot', async () => {
    const { ports, state } = courier([])
    const stop = new AbortController()
    let reads = 0
    const refresh: CourierPorts['control']['refresh'] = async () => {
      reads += 1
      if (reads === 2) throw new Failure('OPS_CONTROL')
      if (reads === 4) stop.abort()
      return ports.control.current()
    }
    const clock: CourierPorts['clock'] = {
      now: () => state.now,
      sleep: (ms) => {
        state.slept.push(ms)
        return new Promise((resolve) => setImmediate(resolve))
      },
    }
    await run({ ...ports, clock, control: { ...ports.control, refresh } }, stop.signal)
    expect([reads, state.reports]).toEqual([4, ['OPS_CONTROL control']])
    expect(new Set(state.slept)).toEqual(new Set([LIMITS.controlRefreshMs]))
  })
})
