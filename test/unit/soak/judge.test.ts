import { describe, expect, it } from 'vitest'
import { Anomalies } from '../../soak/anomalies.ts'
import type { Seen } from '../../soak/history.ts'
import { ClientJudge } from '../../soak/judge-clients.ts'
import { parseOptions } from '../../soak/options.ts'
import { scheduleOf } from '../../soak/schedule.ts'
import { type Answered, type Hand, keyOf, LogWalk } from '../../soak/walk-log.ts'
import { whileMoving } from '../../soak/while-moving.ts'
import { expectedOf, itemOf } from '../../soak/workload.ts'
import { urn } from '../../support/verified-message.ts'

const SEED = 7
const OIN = '00000099000000001000'
const index = Array.from({ length: 500 }, (_, n) => n).find((n) => itemOf(SEED, n).kind === 'tip') ?? -1
const item = itemOf(SEED, index)

const ACKNOWLEDGED: Seen = {
  kind: 'acknowledged',
  index,
  part: 'first',
  oin: OIN,
  id: item.id,
  partition: 0,
  digest: 'bytes',
}
const FIRST: Answered = {
  seq: 2,
  kind: 'decided',
  code: null,
  repeatOf: null,
  states: ['sealed'],
  effects: 1,
}

function hand(id: string, released: number | null): Hand {
  const to = urn('tbkk/zaken')
  return {
    id,
    partition: 0,
    message: item.id + id,
    to,
    began: 'sealed',
    state: 'sealed',
    released,
    erased: false,
    seq: 2,
  }
}

function delivered(handoff: string, digest = 'jwe'): Seen {
  return { kind: 'delivered', reader: 'r', endpoint: 'tbkk/zaken', handoff, cursor: '', digest }
}

function judged(answers: readonly Answered[], hands: readonly Hand[], seen: readonly Seen[]) {
  const walk = new LogWalk()
  const [first] = walk.partitions
  for (const answer of answers) {
    first?.answers.push(answer)
    first?.inbound.push({ key: keyOf(OIN, item.id), digest: 'bytes', bytes: '' })
  }
  for (const one of hands) {
    first?.hands.set(one.id, one)
    if (one.released !== null) first?.releases.push(one)
  }
  const anomalies = new Anomalies()
  const judge = new ClientJudge(walk, anomalies, SEED)
  for (const one of seen) judge.add(one)
  judge.finish()
  return Object.fromEntries(Object.entries(anomalies.counts).filter(([, count]) => count > 0))
}

const [A, B] = ['ho-0-2-00000000000000aa', 'ho-0-3-00000000000000bb']

describe('the judge of a soak', () => {
  it('finds nothing where nothing is wrong', () => {
    const found = judged([FIRST], [hand(A, 4), hand(B, 5)], [ACKNOWLEDGED, delivered(A), delivered(B)])
    expect(found).toEqual({})
  })

  it.each<[string, Parameters<typeof judged>, string]>([
    ['acknowledged and not there', [[], [], [ACKNOWLEDGED]], 'lost'],
    ['answered twice', [[FIRST, FIRST], [], [ACKNOWLEDGED]], 'more than one first outcome'],
    [
      'answered otherwise',
      [[{ ...FIRST, states: ['refused'] }], [], [ACKNOWLEDGED]],
      'another outcome than the law says',
    ],
    ['other bytes', [[], [hand(A, 4)], [delivered(A), delivered(A, 'other')]], 'duplicate'],
    ['delivered, not in the log', [[], [], [delivered(A)]], 'aborted read'],
    ['delivered before its release', [[], [hand(A, null)], [delivered(A)]], 'aborted read'],
    ['released, never seen', [[], [hand(A, 4)], [{ ...delivered(B) }]], 'aborted read'],
    ['the last one never seen', [[], [hand(A, 4), hand(B, 5)], [delivered(A)]], 'unobserved'],
    [
      'a reader that was never given anything',
      [[], [hand(A, 4)], [{ kind: 'reading', reader: 'r', endpoint: 'tbkk/zaken' }]],
      'unobserved',
    ],
    ['one passed over', [[], [hand(A, 4), hand(B, 5)], [delivered(B)]], 'skip'],
    ['back in time', [[], [hand(A, 4), hand(B, 5)], [delivered(B), delivered(A)]], 'non-monotonic'],
    [
      'refused for good',
      [[], [], [{ kind: 'refused', index, part: 'first', code: 'MSG_SIZE' }]],
      'refused at the door',
    ],
    [
      'what nobody may be shown',
      [
        [],
        [hand(A, 4)],
        [delivered(A), { kind: 'opened', handoff: A, message: '', fault: null, leak: true }],
      ],
      'withheld value shown',
    ],
  ])('%s', (_name, given, expected) => {
    expect(Object.keys(judged(...given))).toContain(expected)
  })
})

describe('what a soak waits for', () => {
  const quick = { stepMs: 1, patienceMs: 50 }

  it('is given up when nothing moves any more, or nothing can be looked at', async () => {
    expect(await whileMoving(async () => ({ over: false, progress: 3 }), quick)).toBe(false)
    expect(await whileMoving(() => Promise.reject(new Error('down')), quick)).toBe(false)
  })

  it('is waited for as long as it comes nearer', async () => {
    let progress = 0
    const look = async () => {
      progress += 1
      return { over: progress === 200, progress }
    }
    expect(await whileMoving(look, quick)).toBe(true)
  })
})

describe('a seed', () => {
  const services = ['ledger', 'exchange-a', 'exchange-b', 'courier', 'gateway-a']
  const of = (seed: number) => scheduleOf(parseOptions(['--kafka', '--network'], seed), services)

  it('is one schedule and one list of messages; another is another', () => {
    expect(of(7)).toEqual(of(7))
    expect(of(7)).not.toEqual(of(8))
    expect(itemOf(7, 3)).toEqual(itemOf(7, 3))
    expect(itemOf(7, 3)).not.toEqual(itemOf(7, 4))
  })

  it('kills 200 times and more in ten minutes, and only what is there', () => {
    const kills = of(7).flatMap(({ fault }) => (fault.kind === 'kill' ? [fault.target] : []))
    expect(kills.length).toBeGreaterThanOrEqual(200)
    const known = [...services, 'broker-0', 'broker-1', 'broker-2', 'postgres', 'registry']
    expect(kills.filter((target) => !known.includes(target))).toEqual([])
  })

  it('every kind of message has its expected outcome', () => {
    const kinds = new Set(Array.from({ length: 2_000 }, (_, n) => itemOf(7, n).kind))
    expect(kinds.size).toBe(13)
    for (let n = 0; n < 200; n += 1) expect(expectedOf(itemOf(7, n)).answer).toMatch(/decided|refused/)
  })
})
