/**
 * Single requests by position, without consumer group, assignment or client-side queue: what partner topics need. A connection
 * on which anything went wrong is not used again.
 */
import { type KafkaConnection, openCluster } from './client.ts'
import { committedRecords } from './committed-records.ts'
import type { Broker, Cluster, HeaderValue } from './kafkajs-cluster.ts'

export interface FetchedRecord {
  readonly offset: number
  /** A repeated header is an array. */
  readonly headers: Readonly<Record<string, HeaderValue | readonly HeaderValue[]>>
  readonly value: Uint8Array | null
}

export interface FetchedPage {
  readonly records: readonly FetchedRecord[]
  /** Behind everything that was read, aborted and control records included. */
  readonly next: number
}

export interface ProducedRecord {
  readonly key: string
  readonly headers: Readonly<Record<string, string>>
  readonly value: Uint8Array
}

export interface Place {
  readonly topic: string
  readonly from: number
}

/** Every topic has one partition here. Each method throws what kafkajs throws. */
export interface SimpleClient {
  /** Committed records (read_committed); from a place that is not kept: none, and `next` the oldest that is. */
  fetch(place: Place): Promise<FetchedPage>
  /** Topics in which there is something at or after the place, as soon as there is, or none after `waitMs`. Holds the connection as long. */
  poll(places: readonly Place[], waitMs: number): Promise<ReadonlySet<string>>
  /** acks = all, one record, once: the offset it got. */
  produce(topic: string, record: ProducedRecord): Promise<number>
  /** Notes an offset for a group that has no members. */
  commit(group: string, place: Place, metadata: string): Promise<void>
  committed(
    group: string,
    topic: string,
  ): Promise<{ readonly offset: number; readonly metadata: string } | undefined>
  close(): Promise<void>
}

const PARTITION = 0
const READ_COMMITTED = 1
const EARLIEST = '-2'
const PAGE_BYTES = 1024 * 1024
const ANSWER_BYTES = 8 * 1024 * 1024
const PRODUCE_MS = 10_000

type Work = <T>(use: (cluster: Cluster) => Promise<T>) => Promise<T>

/** Opens when it is needed, and anew after any error: leader, coordinator and metadata are asked for again. */
function connected(connection: KafkaConnection): { readonly work: Work; close(): Promise<void> } {
  let current: Promise<Cluster> | undefined
  const drop = async (gone: Promise<Cluster>) => {
    if (current === gone) current = undefined
    const cluster = await gone.catch(() => undefined)
    await cluster?.disconnect().catch(() => undefined)
  }
  return {
    async work(use) {
      current ??= openCluster(connection)
      const mine = current
      try {
        return await use(await mine)
      } catch (error) {
        // Others may be waiting for an answer on it: they get an error, which is a doubt like any other.
        await drop(mine)
        throw error
      }
    },
    close: async () => {
      if (current) await drop(current)
    },
  }
}

async function leaderOf(cluster: Cluster, topic: string): Promise<Broker> {
  await cluster.addTargetTopic(topic)
  const [nodeId] = Object.keys(cluster.findLeaderForPartitions(topic, [PARTITION]))
  if (nodeId === undefined) throw new Error('no leader')
  return cluster.findBroker({ nodeId })
}

/** A new connection knows no brokers before it has read the metadata of a topic. */
async function coordinatorOf(cluster: Cluster, groupId: string, topic: string): Promise<Broker> {
  await cluster.addTargetTopic(topic)
  return cluster.findGroupCoordinator({ groupId })
}

const order = ({ topic, from }: Place, maxBytes: number) => ({
  topic,
  partitions: [{ partition: PARTITION, currentLeaderEpoch: -1, fetchOffset: String(from), maxBytes }],
})

const isOutOfRange = (error: unknown): boolean => (error as { type?: unknown }).type === 'OFFSET_OUT_OF_RANGE'

async function oldest(broker: Broker, topic: string): Promise<number> {
  const partitions = [{ partition: PARTITION, timestamp: EARLIEST }]
  const isolationLevel = READ_COMMITTED
  const answer = await broker.listOffsets({ replicaId: -1, isolationLevel, topics: [{ topic, partitions }] })
  return Number(answer.responses[0]?.partitions[0]?.offset)
}

async function fetchPage(cluster: Cluster, place: Place): Promise<FetchedPage> {
  const broker = await leaderOf(cluster, place.topic)
  const topics = [order(place, PAGE_BYTES)]
  const limits = { isolationLevel: READ_COMMITTED, maxWaitTime: 0, minBytes: 1, maxBytes: ANSWER_BYTES }
  try {
    const answer = await broker.fetch({ replicaId: -1, ...limits, topics })
    const found = answer.responses[0]?.partitions[0]
    return committedRecords(found?.messages ?? [], found?.abortedTransactions ?? [], place.from)
  } catch (error) {
    if (!isOutOfRange(error)) throw error
    return { records: [], next: await oldest(broker, place.topic) }
  }
}

/** One long poll for each broker that leads some of the topics; an offset that is not kept any more is news too. */
async function pollAll(
  cluster: Cluster,
  places: readonly Place[],
  waitMs: number,
): Promise<ReadonlySet<string>> {
  const byLeader = new Map<Broker, Place[]>()
  for (const place of places) {
    const leader = await leaderOf(cluster, place.topic)
    byLeader.set(leader, [...(byLeader.get(leader) ?? []), place])
  }
  const limits = { isolationLevel: READ_COMMITTED, maxWaitTime: waitMs, minBytes: 1, maxBytes: PAGE_BYTES }
  const polls = [...byLeader].map(async ([broker, mine]) => {
    try {
      const topics = mine.map((place) => order(place, 1))
      const answer = await broker.fetch({ replicaId: -1, ...limits, topics })
      return answer.responses.filter((one) => one.partitions.some(({ messages }) => messages.length > 0))
    } catch (error) {
      if (!isOutOfRange(error)) throw error
      return mine.map(({ topic }) => ({ topicName: topic }))
    }
  })
  return new Set((await Promise.all(polls)).flat().map(({ topicName }) => topicName))
}

async function produceOne(cluster: Cluster, topic: string, record: ProducedRecord): Promise<number> {
  const broker = await leaderOf(cluster, topic)
  const { key, headers, value } = record
  // The topic has LogAppendTime: the broker's clock counts, not this 0.
  const messages = [{ key: Buffer.from(key), value: Buffer.from(value), headers, timestamp: '0' }]
  const topicData = [{ topic, partitions: [{ partition: PARTITION, messages }] }]
  const answer = await broker.produce({ acks: -1, timeout: PRODUCE_MS, topicData })
  return Number(answer.topics[0]?.partitions[0]?.baseOffset)
}

async function commitOne(cluster: Cluster, groupId: string, place: Place, metadata: string): Promise<void> {
  const broker = await coordinatorOf(cluster, groupId, place.topic)
  const nobody = { groupGenerationId: -1, memberId: '', retentionTime: -1 }
  const partitions = [{ partition: PARTITION, offset: String(place.from), metadata }]
  await broker.offsetCommit({ groupId, ...nobody, topics: [{ topic: place.topic, partitions }] })
}

async function committedOne(cluster: Cluster, groupId: string, topic: string) {
  const broker = await coordinatorOf(cluster, groupId, topic)
  const answer = await broker.offsetFetch({
    groupId,
    topics: [{ topic, partitions: [{ partition: PARTITION }] }],
  })
  const found = answer.responses[0]?.partitions[0]
  const offset = Number(found?.offset ?? -1)
  return offset < 0 ? undefined : { offset, metadata: found?.metadata ?? '' }
}

/** Connects with the first request. */
export function openSimpleClient(connection: KafkaConnection): SimpleClient {
  const { work, close } = connected(connection)
  return {
    fetch: (place) => work((cluster) => fetchPage(cluster, place)),
    poll: (places, waitMs) => work((cluster) => pollAll(cluster, places, waitMs)),
    produce: (topic, record) => work((cluster) => produceOne(cluster, topic, record)),
    commit: (group, place, metadata) => work((cluster) => commitOne(cluster, group, place, metadata)),
    committed: (group, topic) => work((cluster) => committedOne(cluster, group, topic)),
    close,
  }
}
