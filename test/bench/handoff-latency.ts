/** From POST to the recipient's event stream, less the bare appends and reads on that way. */
import { join } from 'node:path'
import { systemClock } from '#adapters/clock/system.ts'
import { openSqliteLog } from '#adapters/event-log/sqlite.ts'
import type { EventLog } from '#core/ports/event-log.ts'
import { arrivalsOf, clientOf, post } from './bench-client.ts'
import { tip } from './bench-messages.ts'
import { type BenchWorld, openBenchWorld } from './bench-world.ts'
import { type Measured, median, type Progress, quantile, rounded, spread } from './figure.ts'
import { serve } from './serve.ts'

const WARM_UP = 5

/**
 * Durable writes on the way of one hand-off, in order, and their bytes: inbound; case key and content key; outcome; the
 * courier's command to release; the outcome of that. What is read in between: inbound, outcome, command, outcome, the sealed bytes.
 */
const APPENDS = [12_000, 200, 200, 22_000, 1_200, 2_500]
const READS = [0, 3, 4, 5, 3]

/** The same number of bare appends (SQLite, FULL) and reads, one after the other, ms. */
async function bareAppends(log: EventLog): Promise<number> {
  const from = await log.end('inbound', 0)
  const entries = APPENDS.map((bytes) => ({ headers: {}, value: new Uint8Array(bytes) }))
  const started = performance.now()
  for (const entry of entries) await log.put(0, entry)
  for (const index of READS) await log.read('inbound', 0, from + index, 1)
  return performance.now() - started
}

export interface HandoffTimes {
  /** From POST to the event in the recipient's stream, ms. */
  readonly whole: readonly number[]
  /** What `bare` answered after each. */
  readonly bare: readonly number[]
}

/** One tip at a time through this gateway; between them `bare` does, by itself, what is to be subtracted. */
export async function handoffTimes(
  world: BenchWorld,
  gateway: string,
  count: number,
  bare: () => Promise<number>,
  progress: Progress,
): Promise<HandoffTimes> {
  const sender = await clientOf(world, gateway, 'ecpat')
  const reader = await clientOf(world, gateway, 'tbkk')
  const arrivals = arrivalsOf(reader, 'zaken')
  const times = { whole: [] as number[], bare: [] as number[] }
  try {
    for (let n = -WARM_UP; n < count; n += 1) {
      const inbound = await world.make(tip())
      const started = performance.now()
      const [, at] = await Promise.all([post(sender, inbound), arrivals.next()])
      const least = await bare()
      if (n >= 0) {
        times.whole.push(at - started)
        times.bare.push(least)
      }
      if (n > 0 && n % 100 === 0) progress(`${n} hand-offs`)
    }
    return times
  } finally {
    arrivals.close()
    sender.close()
    reader.close()
  }
}

/** `less`: in words, what was subtracted. */
export function addedFigures({ whole, bare }: HandoffTimes, less: string): Measured[] {
  const least = median(bare)
  const figure = (name: string, q: number): Measured => ({
    name,
    value: rounded(quantile(whole, q) - least),
    unit: 'ms',
    of: `POST to event stream less the median of ${less}`,
    per: 'hand-off',
    note: `whole ${rounded(quantile(whole, q))}, bare ${rounded(least)} ms; whole: ${spread(whole, 'ms')}`,
  })
  return [figure('handoff_added_ms_p50', 0.5), figure('handoff_added_ms_p99', 0.99)]
}

export async function measureHandoffs(count: number, progress: Progress): Promise<Measured[]> {
  const world = await openBenchWorld()
  const served = await serve(world.data, ['exchange', 'ledger', 'courier', 'gateway'])
  const bareLog = openSqliteLog(join(world.data, 'bare.db'), systemClock)
  try {
    const times = await handoffTimes(world, served.gateway, count, () => bareAppends(bareLog), progress)
    return addedFigures(times, `${APPENDS.length} bare appends and ${READS.length} reads`)
  } finally {
    await bareLog.close()
    await served.stop()
    await world.close()
  }
}
