/**
 * The log on Apache Kafka: a position is an offset, an append is one produce request, and the base offset in its answer tells whether something
 * came between. Any number of processes may write and read; ownership of partitions is no matter of safety (kafka.md §1).
 */
import { putQueue, type Written, writeBlock } from '#adapters/kafka/append-log.ts'
import type { KafkaConnection } from '#adapters/kafka/client.ts'
import { logReader } from '#adapters/kafka/fetch-log.ts'
import { openLane, openLanes } from '#adapters/kafka/lane.ts'
import { logPlaces, type Place } from '#adapters/kafka/log-places.ts'
import { watchLog } from '#adapters/kafka/watch-log.ts'
import { fail } from '#core/failure.ts'
import { LIMITS } from '#core/limits.ts'
import type { Clock } from '#core/ports/clock.ts'
import type { EventLog, LogEntry, Topic } from '#core/ports/event-log.ts'

export interface KafkaLogOptions extends KafkaConnection {
  readonly clock: Clock
  /** Before each topic's name; default none. */
  readonly topicPrefix?: string
}

const ONE_PARTITION: ReadonlySet<Topic> = new Set(['control', 'ledger'])

/** Connects with the first request. Nothing here waits for ever: an answer that does not come is lost after `requestTimeoutMs`. */
export function openKafkaLog(options: KafkaLogOptions): EventLog {
  const { clock, topicPrefix = '', requestTimeoutMs = LIMITS.kafkaRequestMs } = options
  const places = logPlaces(topicPrefix)
  const writeLanes = openLanes(options, LIMITS.kafkaWriteLanes)
  const readLanes = openLanes(options, LIMITS.kafkaReadLanes)
  const writing = new Set<Promise<unknown>>()
  let closed = false
  const reader = logReader(readLanes, places, clock, () => closed)
  const watch = watchLog(openLane(options), reader, places, clock)
  const turns = new Map<Place, Promise<unknown>>()
  const puts = new Map<Place, (entry: LogEntry) => Promise<Written>>()

  /** One request in flight for each partition. */
  const inTurn = <T>(place: Place, work: () => Promise<T>): Promise<T> => {
    if (closed) return fail('OPS_LOG_UNAVAILABLE', undefined, 'closed')
    const turn = (turns.get(place) ?? Promise.resolve()).then(work)
    const over = turn.catch(() => undefined)
    turns.set(place, over)
    writing.add(over)
    over.then(() => writing.delete(over))
    return turn
  }
  const write = (place: Place, entries: readonly LogEntry[]) =>
    writeBlock(writeLanes, places, place, entries, requestTimeoutMs)
  const putTo = (place: Place) => {
    const queue = puts.get(place) ?? putQueue((entries) => inTurn(place, () => write(place, entries)))
    puts.set(place, queue)
    return queue
  }
  const timed = ({ first, at }: Written, { name }: Place) =>
    at < 0
      ? fail('OPS_KAFKA', undefined, `${name} needs message.timestamp.type=LogAppendTime`)
      : { first, at }
  const wanted = (topic: Topic, partition: number | undefined): readonly Place[] => {
    if (ONE_PARTITION.has(topic)) return [places.at(topic, 0)]
    if (partition !== undefined) return [places.at(topic, partition)]
    return Array.from({ length: LIMITS.partitions }, (_, each) => places.at(topic, each))
  }

  return {
    async read(topic, partition, from, most = LIMITS.readRecordsMax) {
      const limit = Math.min(most, LIMITS.readRecordsMax)
      return await reader.page(places.at(topic, partition), from, limit, LIMITS.readBytesMax)
    },
    async append(topic, partition, head, entries) {
      const place = places.at(topic, partition)
      return await inTurn(place, async () => {
        // Somebody was faster, and it shows already: what would land there is void.
        if ((place.tail.end ?? 0) > head) return { kind: 'conflict' } as const
        const written = await write(place, entries)
        if (written === 'unknown') return { kind: 'unknown' } as const
        const { first, at } = timed(written, place)
        return first === head ? ({ kind: 'appended', first, at } as const) : ({ kind: 'conflict' } as const)
      })
    },
    async put(partition, entry) {
      const place = places.at('inbound', partition)
      const { first, at } = timed(await putTo(place)(entry), place)
      return { position: first, at }
    },
    end: (topic, partition) => reader.end(places.at(topic, partition)),
    changed: (topics, timeoutMs, signal, partition) =>
      watch.changed(
        topics.flatMap((topic) => wanted(topic, partition)),
        timeoutMs,
        signal,
      ),
    async close() {
      if (closed) return
      closed = true
      const over = new AbortController()
      await Promise.race([Promise.all(writing), clock.sleep(LIMITS.kafkaDrainMs, over.signal)])
      over.abort('closed')
      watch.close()
      writeLanes.drop(true)
      readLanes.drop(true)
    },
  }
}
