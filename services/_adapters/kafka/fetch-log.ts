import { Failure, fail } from '#core/failure.ts'
import { LIMITS } from '#core/limits.ts'
import type { Clock } from '#core/ports/clock.ts'
import type { LogRecord } from '#core/ports/event-log.ts'
import { ALL_REPLICAS, EARLIEST, type KafkaBroker, LATEST, READ_UNCOMMITTED } from './cluster.ts'
import { CHANNEL, errorType, type Lanes } from './lane.ts'
import type { Place, Places } from './log-places.ts'
import { toLogRecord } from './log-record.ts'

const AGAIN_MS = 20

/** Any thrown value as `OPS_LOG_UNAVAILABLE`, unless it says something more exact. */
export function unavailable(error: unknown): Failure {
  if (error instanceof Failure) return error
  const failure = new Failure('OPS_LOG_UNAVAILABLE')
  failure.cause = error
  return failure
}

interface Fetched {
  readonly records: readonly LogRecord[]
  /** High watermark. */
  readonly end: number
}

/**
 * Reads by position, straight from the leader of the partition: no group, no assignment, nothing that may stop in between. Reading
 * changes nothing, so it is tried again, on new connections, before `OPS_LOG_UNAVAILABLE`.
 * Everything is read, whatever transaction it may stand in (read_uncommitted): the chain says what is valid, and nobody can make a reader
 * wait by leaving a transaction open.
 */
export interface LogReader {
  /** At most `most` records from `from` on, and about `maxBytes`; empty at the end. Throws `OPS_LOG` where the log begins after `from` or has ended before it. */
  page(place: Place, from: number, most: number, maxBytes: number): Promise<readonly LogRecord[]>
  end(place: Place): Promise<number>
}

export function logReader(lanes: Lanes, places: Places, clock: Clock, closed: () => boolean): LogReader {
  const tried = async <T>(
    place: Place,
    work: (broker: KafkaBroker) => Promise<T>,
    channel: 0 | 1,
  ): Promise<T> => {
    for (let attempt = 1; ; attempt += 1) {
      if (closed()) return fail('OPS_LOG_UNAVAILABLE', undefined, 'closed')
      try {
        return await lanes.of(place.partition).toLeader(place.name, place.partition, channel, work)
      } catch (error) {
        const final = error instanceof Failure || errorType(error) === 'TOPIC_AUTHORIZATION_FAILED'
        if (final || attempt === LIMITS.kafkaReadAttempts) throw unavailable(error)
        await clock.sleep(AGAIN_MS * 2 ** attempt)
      }
    }
  }
  const end = async (place: Place): Promise<number> => {
    const found = await tried(place, (broker) => offsetOf(broker, place, LATEST), CHANNEL.requests)
    places.seen(place, found)
    return found
  }
  const fresh = async (place: Place, from: number, maxBytes: number): Promise<Fetched> => {
    const found = await tried(place, (broker) => fetchOnce(broker, place, from, maxBytes), CHANNEL.fetch)
    places.seen(place, found.end)
    place.tail.keep(from, found.records)
    return found
  }
  return {
    end,
    async page(place, from, most, maxBytes) {
      const page: LogRecord[] = []
      let [at, bytes] = [from, 0]
      for (;;) {
        const kept = place.tail.from(at)
        // What is kept says nothing of what came behind it.
        const found =
          kept.length > 0 ? { records: kept, end: Infinity } : await fresh(place, at, fetchBytes(most))
        for (const record of found.records) {
          bytes += record.value.length
          if (page.length === most || (page.length > 0 && bytes > maxBytes)) return page
          page.push(record)
          at = record.position + 1
        }
        if (page.length === most || found.records.length === 0 || at >= found.end) return page
      }
    },
  }
}

async function offsetOf(broker: KafkaBroker, { name, partition }: Place, timestamp: number): Promise<number> {
  const answer = await broker.listOffsets({
    replicaId: ALL_REPLICAS,
    isolationLevel: READ_UNCOMMITTED,
    topics: [{ topic: name, partitions: [{ partition, timestamp }] }],
  })
  const offset = Number(answer.responses[0]?.partitions[0]?.offset)
  if (!Number.isSafeInteger(offset) || offset < 0) throw new Error('an answer without the offset')
  return offset
}

/** A single record: the batch it lies in, which a broker answers whole however little is asked for. */
const fetchBytes = (most: number): number => (most === 1 ? 1 : LIMITS.kafkaFetchBytesMax)

async function fetchOnce(
  broker: KafkaBroker,
  place: Place,
  from: number,
  maxBytes: number,
): Promise<Fetched> {
  const { name, partition } = place
  const order = {
    partition,
    currentLeaderEpoch: -1,
    fetchOffset: String(from),
    maxBytes,
  }
  try {
    const answer = await broker.fetch({
      replicaId: ALL_REPLICAS,
      isolationLevel: READ_UNCOMMITTED,
      maxWaitTime: 0,
      minBytes: 1,
      maxBytes: LIMITS.readBytesMax,
      topics: [{ topic: name, partitions: [order] }],
    })
    const found = answer.responses[0]?.partitions[0]
    if (!found || found.partition !== partition) throw new Error('an answer without the partition')
    const records = found.messages
      .filter(({ offset }) => Number(offset) >= from)
      .map((message) => toLogRecord(message, name))
    return { records, end: Number(found.highWatermark) }
  } catch (error) {
    if (errorType(error) !== 'OFFSET_OUT_OF_RANGE') throw error
    place.tail.forget()
    return await outOfRange(broker, place, from)
  }
}

/** Nothing is ever deleted from the log, so what was once read stays; a log that says otherwise is not the one that was written. */
async function outOfRange(broker: KafkaBroker, place: Place, from: number): Promise<never> {
  const [first, end] = [await offsetOf(broker, place, EARLIEST), await offsetOf(broker, place, LATEST)]
  const name = `${place.topic}/${place.partition}`
  if (from < first) return fail('OPS_LOG', undefined, `${name} begins at ${first}, not at ${from}`)
  if (from > end) return fail('OPS_LOG', undefined, `${name} ends at ${end}, before ${from} that was read`)
  throw new Error('in range by now')
}
