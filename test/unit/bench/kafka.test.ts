/** The bench on Kafka with tiny counts: on SQLite what needs no Kafka, on fakes what would kill. Never asserts a time. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { systemClock } from '#adapters/clock/system.ts'
import { openSqliteLog } from '#adapters/event-log/sqlite.ts'
import { openSqliteKeys } from '#adapters/key-store/sqlite.ts'
import { alertTimes } from '../../bench/alert-latency.ts'
import { openBenchWorld } from '../../bench/bench-world.ts'
import { addedFigures, handoffTimes } from '../../bench/handoff-latency.ts'
import { APPENDS, bareFigures, bareWay, FETCHES, KEY_PUTS, noTimes, WAY } from '../../bench/kafka/bare.ts'
import { KAFKA_FULL, KAFKA_QUICK, kafkaMeasurements } from '../../bench/kafka/measurements.ts'
import { measureRecovery, recoverOnce, type Victim } from '../../bench/kafka/recovery.ts'
import { measureThroughput, steadyRate } from '../../bench/kafka/throughput.ts'
import { cpuShares, usageOf } from '../../bench/kafka/usage.ts'
import { runBench } from '../../bench/run-bench.ts'
import { serve } from '../../bench/serve.ts'

const quiet = () => undefined
const LONG = { timeout: 120_000 }

/** Issue 5 §6: what outside checks read. */
const OWED = [
  'kafka_append_ms_p50',
  'kafka_append_ms_p99',
  'kafka_fetch_ms_p50',
  'kafka_fetch_ms_p99',
  'messages_per_s_1_exchange',
  'messages_per_s_2_exchanges',
  'handoff_added_ms_p50',
  'handoff_added_ms_p99',
  'alert_to_stream_ms_p50',
  'alert_to_stream_ms_p99',
  'alert_to_stream_loaded_ms_p50',
  'alert_to_stream_loaded_ms_p99',
  ...['exchange', 'gateway', 'courier', 'ledger', 'broker', 'postgres'].map((name) => `recovery_ms_${name}`),
  'rss_mb_exchange_a_start',
  'rss_mb_exchange_a_end',
]

describe('the figures on Kafka', () => {
  const none = { with: () => Promise.reject(new Error('no rig in this test')) }
  const measurements = kafkaMeasurements(none, 1, KAFKA_QUICK)

  it('are all that are owed, each once', () => {
    const names = measurements.flatMap((one) => one.names)
    expect(names).toEqual(expect.arrayContaining(OWED))
    expect(new Set(names).size).toBe(names.length)
    expect(KAFKA_FULL.kills).toBeGreaterThanOrEqual(3)
  })
  it('a figure that there is not is refused before anything starts', async () => {
    expect(await runBench(measurements, { json: undefined, only: 'handoff_added_ms' })).toBe(false)
  })
})

describe('recovery', () => {
  const fake = (over: Partial<Victim>, log: string[] = []): Victim => ({
    name: 'fake',
    until: 'the next',
    kill: async () => void log.push('kill'),
    next: async () => {
      log.push('next')
      return performance.now()
    },
    sound: async () => void log.push('sound'),
    ...over,
  })

  it('is no figure when the kill fails or nothing comes', async () => {
    const failing = async () => {
      throw new Error('nothing arrived')
    }
    await expect(recoverOnce(fake({ kill: failing }))).rejects.toThrow()
    await expect(recoverOnce(fake({ next: failing }))).rejects.toThrow()
    await expect(recoverOnce(fake({ bringBack: failing }))).rejects.toThrow()
  })
  it('ends at the delivery; what brings it back begins before that and is over before the next kill', async () => {
    const log: string[] = []
    const begun = Promise.withResolvers<void>()
    const ms = await recoverOnce(
      fake(
        {
          bringBack: async () => {
            log.push('begins')
            await begun.promise
            log.push('back')
          },
          next: async () => {
            log.push('next')
            begun.resolve()
            return performance.now() + 5_000
          },
        },
        log,
      ),
    )
    expect(log).toEqual(['kill', 'begins', 'next', 'back', 'sound'])
    expect(ms).toBeGreaterThanOrEqual(5_000)
  })
  it('kills in turn, not one again at once, and answers a figure each', async () => {
    const log: string[] = []
    const victim = (name: string) => fake({ name, kill: async () => void log.push(name) })
    const figures = await measureRecovery([victim('a'), victim('b')], 3, quiet)
    expect(log).toEqual(['a', 'b', 'a', 'b', 'a', 'b'])
    expect(figures.map(({ name, unit }) => [name, unit])).toEqual([
      ['recovery_ms_a', 'ms'],
      ['recovery_ms_b', 'ms'],
    ])
  })
})

describe('rates and shares', () => {
  it('no rate of too few answers', () => {
    for (const few of [[], [1], [3, 3, 3]]) expect(() => steadyRate(few)).toThrow()
  })
  it('beginning and end do not count', () => {
    const slowStart = Array.from({ length: 100 }, (_, n) => (n < 5 ? n : 10_000 + n * 10))
    expect(steadyRate(slowStart)).toBeCloseTo(100)
  })
  it('shares are of one core, largest first, without who did nothing', () => {
    const at = (name: string, cpuSeconds: number) => ({ name, rssMb: 1, cpuSeconds })
    const before = [at('a', 1), at('b', 5), at('c', 0)]
    expect(cpuShares(before, [at('a', 2), at('b', 9), at('c', 0)], 4)).toBe('b 100 %, a 25 %')
  })
  it.runIf(process.platform === 'linux')(
    'a process that runs has memory and time; one that is gone none',
    async () => {
      const [own, gone] = await usageOf([
        { name: 'own', pid: process.pid },
        { name: 'gone', pid: 0 },
      ])
      expect(own?.rssMb).toBeGreaterThan(10)
      expect(own?.cpuSeconds).toBeGreaterThan(0)
      expect([gone?.rssMb, gone?.cpuSeconds]).toEqual([0, 0])
    },
  )
})

describe('the bare way', () => {
  it('does what its name counts', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'schakel-bare-'))
    const [log, keys] = [
      openSqliteLog(join(folder, 'log.db'), systemClock),
      openSqliteKeys(join(folder, 'k.db')),
    ]
    try {
      const times = noTimes()
      const stores = { writer: log, reader: log, keys }
      const sums = [await bareWay(stores, times), await bareWay(stores, times)]
      expect([times.appends.length, times.fetches.length, times.keyPuts.length]).toEqual([
        2 * APPENDS.length,
        2 * FETCHES,
        2 * KEY_PUTS,
      ])
      for (const sum of sums) expect(sum).toBeGreaterThan(0)
      expect(bareFigures(times).map(({ name }) => name)).toContain('kafka_fetch_ms_p99')
    } finally {
      await Promise.all([log.close(), keys.close()])
      await rm(folder, { recursive: true, force: true })
    }
  })
})

describe('through a gateway', LONG, () => {
  it('hand-offs, alerts with and without others in flight, and a steady load from a process of its own', async () => {
    const world = await openBenchWorld()
    const served = await serve(world.data, ['exchange', 'ledger', 'courier', 'gateway'])
    try {
      const times = await handoffTimes(world, served.gateway, 2, async () => 1, quiet)
      expect([times.whole.length, times.bare.length]).toEqual([2, 2])
      expect(addedFigures(times, WAY).map(({ name }) => name)).toEqual([
        'handoff_added_ms_p50',
        'handoff_added_ms_p99',
      ])
      for (const inFlight of [0, 2]) {
        const found = await alertTimes(world, served.gateway, { alerts: 2, inFlight }, quiet)
        expect([found.times.length, inFlight > 0 || found.bulkPerSecond === 0]).toEqual([2, true])
      }
      const target = { data: world.data, gateway: served.gateway, processes: () => [] }
      const load = { messages: 20, inFlight: 4 }
      const rate = await measureThroughput('messages_per_s_1_exchange', target, load, quiet)
      expect([rate.value > 0, rate.unit, rate.per]).toEqual([true, 'messages', 's'])
    } finally {
      await served.stop()
      await world.close()
    }
  })
})
