/** KMar's alert from POST to the border system's event stream while others keep the exchange busy. */
import type { GatewayClient } from '#sdk/gateway-client.ts'
import { SchakelError } from '#sdk/sdk-error.ts'
import { arrivalsOf, clientOf, post } from './bench-client.ts'
import { alert, tip } from './bench-messages.ts'
import { type BenchWorld, openBenchWorld } from './bench-world.ts'
import { type Measured, type Progress, quantile, rounded, spread } from './figure.ts'
import { serve } from './serve.ts'

const WARM_UP = 3
const WAIT_SECONDS = 30

interface Load {
  readonly answered: () => number
  stop(): Promise<void>
}

/** `inFlight` tips at any moment: each is answered before the next is sent in its place. */
function bulkLoad(world: BenchWorld, client: GatewayClient, inFlight: number): Load {
  let answered = 0
  let stopped = false
  const lane = async () => {
    while (!stopped) {
      const inbound = await world.make(tip())
      try {
        await post(client, inbound, WAIT_SECONDS)
        answered += 1
      } catch (error) {
        if (!(error instanceof SchakelError) || error.status !== 429) throw error
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    }
  }
  const lanes = Promise.all(Array.from({ length: inFlight }, lane))
  lanes.catch(() => undefined)
  return {
    answered: () => answered,
    async stop() {
      stopped = true
      await lanes
    },
  }
}

export interface AlertTimes {
  /** Of each alert, ms. */
  readonly times: readonly number[]
  /** Other messages answered meanwhile. */
  readonly bulkPerSecond: number
}

export interface AlertLoad {
  readonly alerts: number
  /** Other messages in flight at any moment; 0: nothing else happens. */
  readonly inFlight: number
}

/** One alert at a time through this gateway. */
export async function alertTimes(
  world: BenchWorld,
  gateway: string,
  { alerts, inFlight }: AlertLoad,
  progress: Progress,
): Promise<AlertTimes> {
  const police = await clientOf(world, gateway, 'tbkk')
  const border = await clientOf(world, gateway, 'kmar')
  const hotline = await clientOf(world, gateway, 'ecpat')
  const arrivals = arrivalsOf(border, 'politie')
  const times: number[] = []
  const load = bulkLoad(world, hotline, inFlight)
  const loadedFrom = performance.now()
  try {
    for (let n = -WARM_UP; n < alerts; n += 1) {
      const inbound = await world.make(alert())
      const started = performance.now()
      const [, at] = await Promise.all([post(police, inbound), arrivals.next()])
      if (n >= 0) times.push(at - started)
      if (n > 0 && n % 50 === 0) progress(`${n} alerts`)
    }
    const bulkPerSecond = load.answered() / ((performance.now() - loadedFrom) / 1000)
    await load.stop()
    return { times, bulkPerSecond }
  } finally {
    arrivals.close()
    for (const client of [police, border, hotline]) client.close()
  }
}

export async function measureAlerts(load: AlertLoad, progress: Progress): Promise<Measured[]> {
  const world = await openBenchWorld()
  const served = await serve(world.data, ['exchange', 'ledger', 'courier', 'gateway'])
  try {
    const { times, bulkPerSecond } = await alertTimes(world, served.gateway, load, progress)
    return [
      {
        name: 'alert_to_stream_ms_p99',
        value: rounded(quantile(times, 0.99)),
        unit: 'ms',
        of: `POST to event stream with ${load.inFlight} other messages in flight`,
        per: 'alert',
        note: `p50 ${rounded(quantile(times, 0.5))} ms; bulk ${rounded(bulkPerSecond)} messages/s; ${spread(times, 'ms')}`,
      },
    ]
  } finally {
    await served.stop()
    await world.close()
  }
}
