/** From POST to the recipient's event stream, less the bare appends and reads on that way. */
import { join } from 'node:path'
import { systemClock } from '#adapters/clock/system.ts'
import { openSqliteLog } from '#adapters/event-log/sqlite.ts'
import type { EventLog } from '#core/ports/event-log.ts'
import { arrivalsOf, clientOf, post } from './bench-client.ts'
import { tip } from './bench-messages.ts'
import { openBenchWorld } from './bench-world.ts'
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

export async function measureHandoffs(count: number, progress: Progress): Promise<Measured[]> {
  const world = await openBenchWorld()
  const served = await serve(world.data, ['exchange', 'ledger', 'courier', 'gateway'])
  const bareLog = openSqliteLog(join(world.data, 'bare.db'), systemClock)
  const sender = await clientOf(world, served.gateway, 'ecpat')
  const reader = await clientOf(world, served.gateway, 'tbkk')
  const arrivals = arrivalsOf(reader, 'zaken')
  const whole: number[] = []
  const bare: number[] = []
  try {
    for (let n = -WARM_UP; n < count; n += 1) {
      const inbound = await world.make(tip())
      const started = performance.now()
      await Promise.all([
        post(sender, inbound),
        arrivals.next().then((at) => n >= 0 && whole.push(at - started)),
      ])
      const appends = await bareAppends(bareLog)
      if (n >= 0) bare.push(appends)
      if (n > 0 && n % 100 === 0) progress(`${n} hand-offs`)
    }
  } finally {
    arrivals.close()
    sender.close()
    reader.close()
    await bareLog.close()
    await served.stop()
    await world.close()
  }
  const least = median(bare)
  const figure = (name: string, q: number): Measured => ({
    name,
    value: rounded(quantile(whole, q) - least),
    unit: 'ms',
    of: `POST to event stream less the median of ${APPENDS.length} bare appends and ${READS.length} reads`,
    per: 'hand-off',
    note: `whole ${rounded(quantile(whole, q))}, bare appends and reads ${rounded(least)} ms; whole: ${spread(whole, 'ms')}`,
  })
  return [figure('handoff_added_ms_p50', 0.5), figure('handoff_added_ms_p99', 0.99)]
}
