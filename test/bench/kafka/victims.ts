/** Who is killed: each kind of process of the rig, and how one sees that it goes on. */
import { setTimeout as delay } from 'node:timers/promises'
import { openTileFolder } from '#adapters/tiles/folder.ts'
import { parseCheckpoint } from '#core/ledger/checkpoint.ts'
import { type Cluster, openCluster } from '#services/cli/kafka-cluster.ts'
import { readStoreConfig } from '#services/cli/store-config.ts'
import { clientOf } from '../bench-client.ts'
import { tip } from '../bench-messages.ts'
import { lastingArrivals, postUntilTaken } from './lasting-line.ts'
import type { Victim } from './recovery.ts'
import type { KafkaRig } from './rig.ts'

/** All messages are of cases in it, so that a killed broker is the leader of what they need. */
const PARTITION = 0
const LOOK_MS = 5
const SYNC_MS = 120_000

export interface Hunt {
  readonly victims: readonly Victim[]
  close(): Promise<void>
}

/** Waits until every copy of every partition is in sync; without it the next kill would stop what it should not. */
async function inSync({ admin }: Cluster, replicas: number): Promise<void> {
  const topics = ['inbound', 'outcomes', 'control', 'ledger']
  for (const until = performance.now() + SYNC_MS; ; await delay(100)) {
    const found = await admin.fetchTopicMetadata({ topics }).catch(() => undefined)
    const all = found?.topics.flatMap(({ partitions }) => partitions) ?? []
    if (all.length > 0 && all.every(({ isr }) => isr.length === replicas)) return
    if (performance.now() > until) throw new Error('the copies do not come into sync')
  }
}

async function leaderOf({ admin }: Cluster): Promise<number> {
  const { topics } = await admin.fetchTopicMetadata({ topics: ['outcomes'] })
  const found = topics[0]?.partitions.find(({ partitionId }) => partitionId === PARTITION)
  if (!found) throw new Error('outcomes has no such partition')
  return found.leader - 1
}

async function killProcess(pid: number | undefined): Promise<void> {
  if (!pid) throw new Error('it does not run')
  process.kill(pid, 'SIGKILL')
  for (;;) {
    try {
      process.kill(pid, 0)
    } catch {
      return
    }
    await delay(1)
  }
}

export async function huntOn(rig: KafkaRig): Promise<Hunt> {
  const { world, machine, services, gateway } = rig
  const { log } = await readStoreConfig(world.data)
  if (!log) throw new Error('not on Kafka')
  const cluster = await openCluster(world.data, log)
  const sender = await clientOf(world, gateway, 'ecpat')
  const reader = await clientOf(world, gateway, 'tbkk')
  const arrivals = lastingArrivals(reader, 'zaken')
  const tiles = openTileFolder(world.store.paths.ledger)
  const deliver = async (): Promise<number> => {
    await postUntilTaken(sender, await world.make({ ...tip(), partition: PARTITION }))
    return await arrivals.next()
  }
  const published = async (): Promise<number> => {
    const bytes = await tiles.read('checkpoint')
    return (bytes && parseCheckpoint(Buffer.from(bytes).toString('utf8'))?.size) || 0
  }
  /** A hand-off whose facts the ledger has not, and then the checkpoint that is larger. */
  const checkpoint = async (): Promise<number> => {
    const before = await published()
    await postUntilTaken(sender, await world.make({ ...tip(), partition: PARTITION }))
    while ((await published()) <= before) await delay(LOOK_MS)
    const at = performance.now()
    await arrivals.next()
    return at
  }
  const sound = async () => {
    await inSync(cluster, rig.options.brokers)
    await deliver()
  }
  const handoff = { until: 'the next delivered hand-off', next: deliver, sound }
  const service = (name: string, process: string): Victim => ({
    ...handoff,
    name,
    kill: () => killProcess(services.pid(process)),
  })
  let broker = 0
  // Warm: the stream is open, has its place to resume from, and every connection is there.
  await delay(1_000)
  await sound()
  return {
    victims: [
      service('exchange', 'exchange-a'),
      service('gateway', 'gateway-a'),
      service('courier', 'courier'),
      {
        ...service('ledger', 'ledger'),
        until: 'the next checkpoint that covers a message sent after it',
        next: checkpoint,
      },
      {
        ...handoff,
        name: 'broker',
        until: 'the next delivered hand-off whose outcomes it led; others of its partitions may take longer',
        kill: async () => {
          broker = await leaderOf(cluster)
          await machine.brokers.kill(broker)
        },
        sound: async () => {
          await machine.brokers.restart(broker)
          await sound()
        },
      },
      {
        ...handoff,
        name: 'postgres',
        kill: () => machine.postgres.kill(),
        bringBack: () => machine.postgres.restart(),
      },
    ],
    async close() {
      arrivals.close()
      sender.close()
      reader.close()
      await cluster.close()
    },
  }
}
