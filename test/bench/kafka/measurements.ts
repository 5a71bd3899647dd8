/** Every figure on Kafka, in the order in which they are taken. */

import { alertTimes } from '../alert-latency.ts'
import { type Measured, type Progress, quantile, rounded, spread } from '../figure.ts'
import { addedFigures, handoffTimes } from '../handoff-latency.ts'
import type { OneMeasurement } from '../run-bench.ts'
import { bareFigures, bareWay, noTimes, WAY } from './bare.ts'
import { openBareStores } from './bare-stores.ts'
import { measureRecovery } from './recovery.ts'
import type { KafkaRig, RigOptions } from './rig.ts'
import { measureThroughput } from './throughput.ts'
import { usageOf } from './usage.ts'
import { huntOn } from './victims.ts'

export interface KafkaEffort {
  readonly bareWays: number
  readonly handoffs: number
  readonly alerts: number
  readonly bulkInFlight: number
  readonly messages: number
  readonly messagesInFlight: number
  readonly kills: number
}

export const KAFKA_FULL: KafkaEffort = {
  bareWays: 200,
  handoffs: 200,
  alerts: 120,
  bulkInFlight: 16,
  messages: 1_500,
  messagesInFlight: 32,
  kills: 3,
}

export const KAFKA_QUICK: KafkaEffort = {
  ...KAFKA_FULL,
  bareWays: 30,
  handoffs: 30,
  alerts: 20,
  messages: 300,
  kills: 1,
}

export interface Rigs {
  with(options: RigOptions): Promise<KafkaRig>
}

type Body = (rig: KafkaRig, progress: Progress) => Promise<readonly Measured[]>

/** The recoverable services; brokers and PostgreSQL beside them. */
const KILLED = ['exchange', 'gateway', 'courier', 'ledger', 'broker', 'postgres']

export function kafkaMeasurements(rigs: Rigs, brokers: 1 | 3, effort: KafkaEffort): OneMeasurement[] {
  const on = (options: RigOptions, names: readonly string[], body: Body): OneMeasurement => ({
    names,
    run: async (progress) => await body(await rigs.with(options), progress),
  })
  const one: RigOptions = { brokers, exchanges: 1 }
  const two: RigOptions = { brokers, exchanges: 2 }
  // A broker that dies must leave the others enough; the service that dies has no twin.
  const three: RigOptions = { brokers: 3, exchanges: 1 }
  const load = { messages: effort.messages, inFlight: effort.messagesInFlight }
  return [
    on(one, BARE, (rig, progress) => measureBare(rig, effort.bareWays, progress)),
    on(one, ['handoff_added_ms_p50', 'handoff_added_ms_p99'], (rig, progress) =>
      measureAdded(rig, effort.handoffs, progress),
    ),
    on(one, ['alert_to_stream_ms_p50', 'alert_to_stream_ms_p99'], (rig, progress) =>
      measureAlert(rig, 'alert_to_stream_ms', { alerts: effort.alerts, inFlight: 0 }, progress),
    ),
    on(one, ['alert_to_stream_loaded_ms_p50', 'alert_to_stream_loaded_ms_p99'], (rig, progress) => {
      const bulk = { alerts: effort.alerts, inFlight: effort.bulkInFlight }
      return measureAlert(rig, 'alert_to_stream_loaded_ms', bulk, progress)
    }),
    on(one, ['messages_per_s_1_exchange'], async (rig, progress) => [
      await measureThroughput('messages_per_s_1_exchange', targetOf(rig), load, progress),
    ]),
    on(one, memoryNames(one), async (rig) => await memoryFigures(rig)),
    on(two, ['messages_per_s_2_exchanges'], async (rig, progress) => [
      await measureThroughput('messages_per_s_2_exchanges', targetOf(rig), load, progress),
    ]),
    on(
      three,
      KILLED.map((name) => `recovery_ms_${name}`),
      async (rig, progress) => {
        const hunt = await huntOn(rig)
        try {
          return await measureRecovery(hunt.victims, effort.kills, progress)
        } finally {
          await hunt.close()
        }
      },
    ),
  ]
}

const BARE = ['kafka_append_ms', 'kafka_fetch_ms', 'key_put_ms'].flatMap((name) => [
  `${name}_p50`,
  `${name}_p99`,
])

const targetOf = ({ world: { data }, gateway, processes }: KafkaRig) => ({ data, gateway, processes })

const WARM_UP = 5

async function measureBare(rig: KafkaRig, ways: number, progress: Progress): Promise<readonly Measured[]> {
  const stores = await openBareStores(rig.world.data, rig.options.brokers)
  const times = noTimes()
  try {
    for (let n = -WARM_UP; n < ways; n += 1) {
      await bareWay(stores, n < 0 ? noTimes() : times)
      if (n > 0 && n % 100 === 0) progress(`${n} times the bare way`)
    }
    return bareFigures(times)
  } finally {
    await stores.close()
  }
}

async function measureAdded(
  rig: KafkaRig,
  handoffs: number,
  progress: Progress,
): Promise<readonly Measured[]> {
  const { world, gateway, options } = rig
  const stores = await openBareStores(world.data, options.brokers)
  try {
    const bare = () => bareWay(stores, noTimes())
    return addedFigures(await handoffTimes(world, gateway, handoffs, bare, progress), WAY)
  } finally {
    await stores.close()
  }
}

async function measureAlert(
  { world, gateway }: KafkaRig,
  name: string,
  load: { readonly alerts: number; readonly inFlight: number },
  progress: Progress,
): Promise<readonly Measured[]> {
  const { times, bulkPerSecond } = await alertTimes(world, gateway, load, progress)
  const beside = load.inFlight === 0 ? 'nothing else' : `${load.inFlight} other messages`
  return ([50, 99] as const).map((percent) => ({
    name: `${name}_p${percent}`,
    value: rounded(quantile(times, percent / 100)),
    unit: 'ms',
    of: `POST to event stream with ${beside} in flight`,
    per: 'alert',
    note: `${load.inFlight === 0 ? '' : `bulk ${rounded(bulkPerSecond)} messages/s; `}${spread(times, 'ms')}`,
  }))
}

const MOMENTS = ['start', 'end'] as const

/** Every process of the rig by name, at both moments. */
function memoryNames({ brokers, exchanges }: RigOptions): readonly string[] {
  const brokerNames = Array.from({ length: brokers }, (_, index) => `broker_${index + 1}`)
  const exchangeNames = exchanges === 1 ? ['exchange_a'] : ['exchange_a', 'exchange_b']
  const services = ['ledger', ...exchangeNames, 'courier', 'keeper', 'gateway_a']
  const all = [...services, ...brokerNames, 'postgres', 'registry']
  return all.flatMap((name) => MOMENTS.map((moment) => `rss_mb_${name}_${moment}`))
}

async function memoryFigures(rig: KafkaRig): Promise<readonly Measured[]> {
  const atEnd = await usageOf(rig.processes())
  return rig.atStart.flatMap(({ name, rssMb }) => {
    const end = atEnd.find((one) => one.name === name)?.rssMb ?? 0
    const figure = (moment: (typeof MOMENTS)[number], value: number): Measured => ({
      name: `rss_mb_${name.replaceAll('-', '_')}_${moment}`,
      value: rounded(value),
      unit: 'MB',
      of: moment === 'start' ? 'when all were ready' : 'after all measurements with this set of processes',
      per: 'process',
      note: 'proportional share (Pss), with children',
    })
    return [figure('start', rssMb), figure('end', end)]
  })
}
