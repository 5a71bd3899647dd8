import { randomBytes } from 'node:crypto'
import { systemClock } from '#adapters/clock/system.ts'
import { openKafkaLog } from '#adapters/event-log/kafka.ts'
import { connectAdmin } from '#adapters/kafka/client.ts'
import type { ClusterAdmin } from '#adapters/kafka/cluster-admin.ts'
import { LIMITS } from '#core/limits.ts'
import type { EventLog, Topic } from '#core/ports/event-log.ts'

const CONFIG = {
  'message.timestamp.type': 'LogAppendTime',
  'max.message.bytes': '4194304',
  'compression.type': 'uncompressed',
  'retention.ms': '-1',
}

const TOPICS: readonly Topic[] = ['inbound', 'outcomes', 'control', 'ledger']

/** A broker that metadata names as leader may not know it yet: only an answer of each partition tells. */
async function allLed(admin: ClusterAdmin, prefix: string): Promise<boolean> {
  const names = TOPICS.map((topic) => `${prefix}${topic}`)
  try {
    await Promise.all(names.map((name) => admin.fetchTopicOffsets(name)))
    return true
  } catch {
    return false
  }
}

/** The four topics of a log under a name of their own. */
export async function makeLogTopics(
  brokers: readonly string[],
  config: Readonly<Record<string, string>> = CONFIG,
): Promise<string> {
  const prefix = `t${randomBytes(6).toString('hex')}.`
  const admin = await connectAdmin({ brokers, clientId: 'test-admin' })
  try {
    await admin.createTopics({
      waitForLeaders: false,
      topics: TOPICS.map((topic) => ({
        topic: `${prefix}${topic}`,
        numPartitions: topic === 'control' || topic === 'ledger' ? 1 : LIMITS.partitions,
        replicationFactor: Math.min(3, brokers.length),
        configEntries: Object.entries(config).map(([name, value]) => ({ name, value })),
      })),
    })
    // kafkajs' own waiting takes "not known here yet" for an error.
    for (let attempt = 0; !(await allLed(admin, prefix)); attempt += 1) {
      if (attempt === 200) throw new Error('the topics get no leaders')
      await systemClock.sleep(25)
    }
  } finally {
    await admin.disconnect()
  }
  return prefix
}

/** Opens logs of a test and closes them all. */
export function kafkaLogs() {
  const opened: EventLog[] = []
  return {
    open(brokers: readonly string[], topicPrefix: string, requestTimeoutMs?: number): EventLog {
      const log = openKafkaLog({
        brokers,
        topicPrefix,
        clientId: 'test',
        clock: systemClock,
        ...(requestTimeoutMs ? { requestTimeoutMs } : {}),
      })
      opened.push(log)
      return log
    },
    async closeAll(): Promise<void> {
      await Promise.all(opened.splice(0).map((log) => log.close()))
    },
  }
}
