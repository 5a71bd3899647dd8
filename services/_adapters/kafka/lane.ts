import { LIMITS } from '#core/limits.ts'
import { type KafkaConnection, type OpenConnection, openConnection } from './client.ts'
import type { KafkaBroker, KafkaCluster } from './cluster.ts'
import { inTime } from './in-time.ts'

/** kafkajs sends FETCH on a connection of its own. */
export const CHANNEL = { requests: 0, fetch: 1 } as const
export type Channel = (typeof CHANNEL)[keyof typeof CHANNEL]

/** The request has not left this process: no broker, no leader, no coordinator. `cause` says why. */
export class NotSent extends Error {
  constructor(cause: unknown) {
    super('not sent', { cause })
    this.name = 'NotSent'
  }
}

/** Answers that say nothing bad of the connection they came on. */
const SOUND = new Set([
  'OFFSET_OUT_OF_RANGE',
  'MESSAGE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
  'TOPIC_AUTHORIZATION_FAILED',
  'GROUP_AUTHORIZATION_FAILED',
  'REBALANCE_IN_PROGRESS',
  'UNKNOWN_MEMBER_ID',
  'ILLEGAL_GENERATION',
])

/** Kafka's name of an error code, undefined where the error did not come from a broker. */
export function errorType(error: unknown): string | undefined {
  const type = (error as { type?: unknown } | null)?.type
  return typeof type === 'string' ? type : undefined
}

/**
 * One set of connections, at most one to each broker and channel. A broker works off one connection's requests one by one, so what must
 * not wait for another goes by another lane. After an error nothing new is sent on it: the next request opens new ones.
 */
export interface Lane {
  /** Sends to the leader of a partition. Throws `NotSent`, or what `work` throws: then the request may have been done. */
  toLeader<T>(
    topic: string,
    partition: number,
    channel: Channel,
    work: (broker: KafkaBroker) => Promise<T>,
  ): Promise<T>
  /** Sends to the coordinator of a group of readers of `topic`. */
  toCoordinator<T>(topic: string, groupId: string, work: (broker: KafkaBroker) => Promise<T>): Promise<T>
  /** Node ids of the leaders, by what is known now. Throws `NotSent`. */
  leaders(topic: string, partitions: readonly number[]): Promise<ReadonlyMap<number, string>>
  /** Nothing new goes out on the present connections; with `now`, what is in flight fails too. */
  drop(now?: boolean): void
}

interface Open {
  readonly opening: Promise<OpenConnection>
  readonly topics: Map<string, Promise<void>>
  inFlight: number
  retired: boolean
}

type Find = (cluster: KafkaCluster) => Promise<KafkaBroker>

export function openLane(connection: KafkaConnection): Lane {
  const opened = new Set<Open>()
  let current: Open | undefined

  const end = (open: Open) => {
    opened.delete(open)
    open.opening.then(
      (connected) => connected.cut(),
      () => undefined,
    )
  }
  const retire = (open: Open) => {
    if (current === open) current = undefined
    open.retired = true
    if (open.inFlight === 0) end(open)
  }
  const take = (): Open => {
    if (current) return current
    current = { opening: openConnection(connection), topics: new Map(), inFlight: 0, retired: false }
    opened.add(current)
    return current
  }
  /** `prepare` sends nothing that matters; `work` does. */
  const use = async <P, T>(
    topic: string,
    prepare: (cluster: KafkaCluster) => Promise<P>,
    work: (prepared: P) => Promise<T>,
  ): Promise<T> => {
    const open = take()
    open.inFlight += 1
    let sent = false
    try {
      const using = async () => {
        const { cluster } = await open.opening
        await known(open, cluster, topic)
        const prepared = await prepare(cluster)
        sent = true
        return await work(prepared)
      }
      return await inTime(using(), LIMITS.kafkaUseMs)
    } catch (error) {
      if (!SOUND.has(errorType(error) ?? '')) retire(open)
      throw sent ? error : new NotSent(error)
    } finally {
      open.inFlight -= 1
      if (open.retired && open.inFlight === 0) end(open)
    }
  }
  const to = <T>(topic: string, channel: Channel, find: Find, work: (broker: KafkaBroker) => Promise<T>) =>
    use(topic, async (cluster) => await readied(await find(cluster), channel), work)

  return {
    toLeader: (topic, partition, channel, work) =>
      to(topic, channel, (cluster) => leaderOf(cluster, topic, partition), work),
    toCoordinator: (topic, groupId, work) =>
      to(topic, CHANNEL.requests, (cluster) => cluster.findGroupCoordinator({ groupId }), work),
    leaders: (topic, partitions) =>
      use(
        topic,
        async (cluster) => leadersOf(cluster, topic, partitions),
        async (found) => found,
      ),
    drop(now = false) {
      if (current) retire(current)
      if (now) for (const open of [...opened]) end(open)
    },
  }
}

/** Metadata of a topic is read once for each set of connections: a changed leader answers with an error, and they are replaced. */
function known(open: Open, cluster: KafkaCluster, topic: string): Promise<void> {
  const reading = open.topics.get(topic)
  if (reading) return reading
  const fresh = cluster.addTargetTopic(topic)
  open.topics.set(topic, fresh)
  return fresh
}

function leadersOf(cluster: KafkaCluster, topic: string, partitions: readonly number[]): Map<number, string> {
  const found = new Map<number, string>()
  const leaders = cluster.findLeaderForPartitions(topic, [...partitions])
  for (const [nodeId, led] of Object.entries(leaders)) for (const each of led) found.set(each, nodeId)
  return found
}

async function leaderOf(cluster: KafkaCluster, topic: string, partition: number): Promise<KafkaBroker> {
  const nodeId = leadersOf(cluster, topic, [partition]).get(partition)
  if (nodeId === undefined) throw new Error(`${topic} has no partition ${partition}`)
  return await cluster.findBroker({ nodeId })
}

const connecting = new WeakMap<object, Promise<unknown>>()

/** kafkajs opens two sockets where two first requests come at once, and forgets one of them: one opens, the others wait. */
async function readied(broker: KafkaBroker, channel: Channel): Promise<KafkaBroker> {
  const connection = broker.connectionPool.pool[channel]
  if (connection && !connection.isConnected()) {
    const opening =
      connecting.get(connection) ?? connection.connect().finally(() => connecting.delete(connection))
    connecting.set(connection, opening)
    await opening
  }
  return broker
}

/** Lanes for partitions: the same partition always goes by the same one. */
export function openLanes(connection: KafkaConnection, count: number) {
  const lanes = Array.from({ length: count }, () => openLane(connection))
  return {
    of(partition: number): Lane {
      const lane = lanes[partition % count]
      if (!lane) throw new RangeError(`no partition ${partition} of ${LIMITS.partitions}`)
      return lane
    },
    drop(now?: boolean): void {
      for (const lane of lanes) lane.drop(now)
    },
  }
}
export type Lanes = ReturnType<typeof openLanes>
