import { Failure, fail } from '#core/failure.ts'
import { LIMITS } from '#core/limits.ts'
import type { LogEntry } from '#core/ports/event-log.ts'
import type { KafkaBroker } from './cluster.ts'
import { unavailable } from './fetch-log.ts'
import { CHANNEL, errorType, type Lanes, NotSent } from './lane.ts'
import type { Place, Places } from './log-places.ts'
import { comesBack, sizeOf, toMessage } from './log-record.ts'

export interface Written {
  readonly first: number
  readonly at: number
}

/** Refusals after which a broker has written nothing, for sure; a leader that is none any more may have written before it said so. */
const REFUSED = new Set([
  'MESSAGE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
  'INVALID_RECORD',
  'TOPIC_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
  'NOT_ENOUGH_REPLICAS',
])

/** Before the broker gives up, so that its own answer is still heard. */
const ANSWER_WITHIN = 0.8

/**
 * One block in one request to one partition, acks = all, sent once (kafka.md §1). `unknown`: it may be there, may land later, or never.
 * Throws `OPS_LOG_UNAVAILABLE` when nothing was written.
 */
export async function writeBlock(
  lanes: Lanes,
  places: Places,
  place: Place,
  entries: readonly LogEntry[],
  timeoutMs: number,
): Promise<Written | 'unknown'> {
  if (entries.length === 0) return fail('BUG_INVARIANT', undefined, 'a block of nothing')
  const { name, partition } = place
  const messages = entries.map(toMessage)
  try {
    const written = await lanes
      .of(partition)
      .toLeader(name, partition, CHANNEL.requests, (broker) =>
        produce(broker, name, partition, messages, timeoutMs),
      )
    if (written.at >= 0 && entries.every(comesBack)) {
      const records = entries.map((entry, index) => ({
        ...entry,
        position: written.first + index,
        at: written.at,
      }))
      place.tail.keep(written.first, records)
    }
    places.seen(place, Math.max(place.tail.end ?? 0, written.first + entries.length))
    return written
  } catch (error) {
    if (error instanceof NotSent || error instanceof Failure || REFUSED.has(errorType(error) ?? ''))
      throw unavailable(error)
    return 'unknown'
  }
}

async function produce(
  broker: KafkaBroker,
  topic: string,
  partition: number,
  messages: ReturnType<typeof toMessage>[],
  timeoutMs: number,
): Promise<Written> {
  const answer = await broker.produce({
    acks: -1,
    timeout: Math.ceil(timeoutMs * ANSWER_WITHIN),
    topicData: [{ topic, partitions: [{ partition, messages }] }],
  })
  const found = answer.topics[0]?.partitions[0]
  const [first, at] = [Number(found?.baseOffset ?? -1), Number(found?.logAppendTime ?? -1)]
  if (!Number.isSafeInteger(first) || first < 0) throw new Error('an answer without the offset')
  return { first, at }
}

interface Waiting {
  readonly entry: LogEntry
  done(written: Written): void
  failed(failure: Failure): void
}

/**
 * Many at once into one partition: what comes while a block is under way goes out together in the next. Any doubt fails all of a
 * block with `OPS_LOG_UNAVAILABLE`; each of its entries may be there.
 */
export function putQueue(write: (entries: readonly LogEntry[]) => Promise<Written | 'unknown'>) {
  let waiting: Waiting[] = []
  let writing = false

  const nextBlock = (): readonly Waiting[] => {
    let bytes = 0
    let count = 0
    for (const { entry } of waiting) {
      bytes += sizeOf(entry)
      if (count > 0 && (bytes > LIMITS.kafkaPutBytesMax || count === LIMITS.kafkaPutRecordsMax)) break
      count += 1
    }
    const block = waiting.slice(0, count)
    waiting = waiting.slice(count)
    return block
  }
  const writeAll = async () => {
    if (writing) return
    writing = true
    while (waiting.length > 0) {
      const block = nextBlock()
      try {
        const written = await write(block.map(({ entry }) => entry))
        if (written === 'unknown') throw new Error('no answer to be trusted')
        for (const [index, each] of block.entries())
          each.done({ first: written.first + index, at: written.at })
      } catch (error) {
        for (const each of block) each.failed(unavailable(error))
      }
    }
    writing = false
  }
  return (entry: LogEntry): Promise<Written> =>
    new Promise((done, failed) => {
      waiting.push({ entry, done, failed })
      queueMicrotask(() => void writeAll())
    })
}
