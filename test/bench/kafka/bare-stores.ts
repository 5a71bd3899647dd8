/** The same stores that the rig stands on, in topics of their own. */
import { setTimeout as delay } from 'node:timers/promises'
import { systemClock } from '#adapters/clock/system.ts'
import { openKafkaLog } from '#adapters/event-log/kafka.ts'
import type { Topic } from '#core/ports/event-log.ts'
import { type Cluster, openCluster } from '#services/cli/kafka-cluster.ts'
import { openParts } from '#services/cli/open-parts.ts'
import { readStoreConfig } from '#services/cli/store-config.ts'
import type { BareStores } from './bare.ts'

const PREFIX = 'bench.'
const TOPICS: readonly Topic[] = ['inbound', 'outcomes']
const CONFIG = { 'message.timestamp.type': 'LogAppendTime', 'max.message.bytes': '4194304' }
const LEADERS_MS = 30_000

async function makeTopics({ admin }: Cluster, replicas: number): Promise<void> {
  const there = await admin.listTopics()
  const missing = TOPICS.map((topic) => `${PREFIX}${topic}`).filter((topic) => !there.includes(topic))
  if (missing.length > 0) {
    await admin.createTopics({
      waitForLeaders: false,
      topics: missing.map((topic) => ({
        topic,
        numPartitions: 1,
        replicationFactor: replicas,
        configEntries: Object.entries({
          ...CONFIG,
          'min.insync.replicas': String(Math.min(2, replicas)),
        }).map(([name, value]) => ({ name, value })),
      })),
    })
  }
  for (const until = performance.now() + LEADERS_MS; ; await delay(50)) {
    try {
      for (const topic of TOPICS) await admin.fetchTopicOffsets(`${PREFIX}${topic}`)
      return
    } catch (error) {
      if (performance.now() > until) throw error
    }
  }
}

/** As the administrator of the cluster, with the client and the settings of the services. */
export async function openBareStores(
  data: string,
  replicas: number,
): Promise<BareStores & { close(): Promise<void> }> {
  const { log } = await readStoreConfig(data)
  if (!log) throw new Error('not on Kafka')
  const cluster = await openCluster(data, log)
  try {
    await makeTopics(cluster, replicas)
  } finally {
    await cluster.close()
  }
  const { tls } = cluster.target
  const open = (clientId: string) =>
    openKafkaLog({
      brokers: log.brokers,
      clientId,
      clock: systemClock,
      topicPrefix: PREFIX,
      ...(tls ? { tls } : {}),
    })
  const [writer, reader] = [open('bench-writer'), open('bench-reader')]
  const { keys, close } = await openParts(data, { identity: 'exchange' })
  return {
    writer,
    reader,
    keys,
    async close() {
      await Promise.all([writer.close(), reader.close(), close()])
    },
  }
}
