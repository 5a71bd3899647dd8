import { LIMITS } from '#core/limits.ts'
import type { Clock } from '#core/ports/clock.ts'
import {
  ALL_REPLICAS,
  type ByTopic,
  type FetchedPartition,
  type KafkaBroker,
  READ_UNCOMMITTED,
} from './cluster.ts'
import type { LogReader } from './fetch-log.ts'
import { CHANNEL, errorType, type Lane } from './lane.ts'
import type { Place, Places } from './log-places.ts'
import { toLogRecord } from './log-record.ts'

export interface LogWatch {
  /** Resolves when something may have been added to one of these places since the call, after the time-out, or on abort. */
  changed(places: readonly Place[], timeoutMs: number, signal: AbortSignal): Promise<void>
  close(): void
}

const AGAIN_MS = 100
const LINGER_MS = 5_000
const REGROW_MS = 20

/**
 * One long-poll FETCH for each broker over the places that anybody has waited for, from the ends as they are known, while somebody
 * waits. What it brings is kept in the tails. What this process writes itself wakes without it.
 */
export function watchLog(lane: Lane, reader: LogReader, places: Places, clock: Clock): LogWatch {
  const waiting = waiters()
  const watched = new Set<Place>()
  const stop = new AbortController()
  let askedAt = clock.now()
  /** Replaced when places are added: the polls begun before do not see them. */
  let current = { over: false }
  let regrowing: NodeJS.Timeout | undefined
  let running = false

  const stopListening = places.listen((place) => waiting.wake(place))
  /** Who was woken soon waits again. */
  const needed = () =>
    !stop.signal.aborted && (waiting.size() > 0 || clock.now() - askedAt < LINGER_MS) && watched.size > 0
  /** Ends not known yet are asked for. Whoever waits for such a place is woken: something may have come before the answer. */
  const unknownEnds = async () => {
    await Promise.all(
      [...watched].filter(({ tail }) => tail.end === undefined).map((place) => reader.end(place)),
    )
  }
  const pollLeader = async (mine: readonly Place[], round: { over: boolean }) => {
    const [one] = mine
    while (one && needed() && !round.over && mine.every(({ tail }) => tail.end !== undefined)) {
      const found = await lane.toLeader(one.name, one.partition, CHANNEL.fetch, (broker) =>
        poll(broker, mine),
      )
      for (const each of found) take(mine, places, each)
    }
  }
  /** Ends for all leaders when it ends for one: then they are looked up anew. */
  const oneRound = async (round: { over: boolean }) => {
    await unknownEnds()
    const groups = await byLeader(lane, [...watched])
    const polls = [...groups.values()].map((mine) =>
      pollLeader(mine, round).finally(() => {
        round.over = true
      }),
    )
    await Promise.allSettled(polls)
    await Promise.all(polls)
  }
  const run = async () => {
    if (running) return
    running = true
    while (needed()) {
      const round = { over: false }
      current = round
      try {
        await oneRound(round)
      } catch (error) {
        if (errorType(error) === 'OFFSET_OUT_OF_RANGE') for (const { tail } of watched) tail.forget()
        if (current === round) await clock.sleep(AGAIN_MS, stop.signal)
      }
    }
    running = false
  }
  /** Several begin to wait one after the other: the present polls are given up once for all of them. */
  const regrow = () => {
    regrowing = undefined
    current.over = true
    current = { over: true }
    lane.drop(true)
  }
  const watch = (wanted: ReadonlySet<Place>) => {
    askedAt = clock.now()
    const fresh = [...wanted].filter((place) => !watched.has(place))
    for (const place of fresh) watched.add(place)
    if (fresh.length > 0 && running) regrowing ??= setTimeout(regrow, REGROW_MS)
    setImmediate(() => void run())
  }
  return {
    async changed(wanted, timeoutMs, signal) {
      if (signal.aborted || stop.signal.aborted) return
      const set = new Set(wanted)
      const woken = waiting.wait(set, timeoutMs, signal)
      watch(set)
      await woken
    },
    close() {
      stop.abort('closed')
      clearTimeout(regrowing)
      stopListening()
      waiting.wake()
      lane.drop(true)
    },
  }
}

function waiters() {
  const waiting = new Map<() => void, ReadonlySet<Place>>()
  return {
    size: () => waiting.size,
    /** Those that wait for this place; without one, all. */
    wake(place?: Place): void {
      for (const [done, wanted] of [...waiting]) if (!place || wanted.has(place)) done()
    },
    wait: (wanted: ReadonlySet<Place>, timeoutMs: number, signal: AbortSignal): Promise<void> =>
      new Promise((resolve) => {
        const done = () => {
          clearTimeout(limit)
          signal.removeEventListener('abort', done)
          waiting.delete(done)
          resolve()
        }
        const limit = setTimeout(done, timeoutMs)
        signal.addEventListener('abort', done, { once: true })
        waiting.set(done, wanted)
      }),
  }
}

async function byLeader(lane: Lane, watched: readonly Place[]): Promise<Map<string, Place[]>> {
  const groups = new Map<string, Place[]>()
  for (const [name, mine] of Map.groupBy(watched, (place) => place.name)) {
    const leaders = await lane.leaders(
      name,
      mine.map(({ partition }) => partition),
    )
    for (const place of mine) {
      const leader = leaders.get(place.partition)
      if (leader === undefined) throw new Error(`${name} has no partition ${place.partition}`)
      groups.set(leader, [...(groups.get(leader) ?? []), place])
    }
  }
  return groups
}

interface News {
  readonly name: string
  readonly found: FetchedPartition
}

/** maxBytes 1: a broker answers with one whole batch of one place all the same, and with every place's end. */
async function poll(broker: KafkaBroker, mine: readonly Place[]): Promise<readonly News[]> {
  const topics = new Map<
    string,
    ByTopic<{ partition: number; currentLeaderEpoch: number; fetchOffset: string; maxBytes: number }>
  >()
  for (const { name, partition, tail } of mine) {
    const topic = topics.get(name) ?? { topic: name, partitions: [] }
    topic.partitions.push({
      partition,
      currentLeaderEpoch: -1,
      fetchOffset: String(tail.end ?? 0),
      maxBytes: 1,
    })
    topics.set(name, topic)
  }
  const answer = await broker.fetch({
    replicaId: ALL_REPLICAS,
    isolationLevel: READ_UNCOMMITTED,
    maxWaitTime: LIMITS.kafkaPollMs,
    minBytes: 1,
    maxBytes: LIMITS.kafkaFetchBytesMax,
    topics: [...topics.values()],
  })
  return answer.responses.flatMap(({ topicName: name, partitions }) =>
    partitions.map((found) => ({ name, found })),
  )
}

/** An end that the answer was too early for is not taken back. */
function take(mine: readonly Place[], places: Places, { name, found }: News): void {
  const place = mine.find((each) => each.name === name && each.partition === found.partition)
  if (!place) return
  const before = place.tail.end
  const end = Number(found.highWatermark)
  if (before === undefined || end <= before) return
  const records = found.messages.map((message) => toLogRecord(message, name))
  const first = records[0]
  if (first) place.tail.keep(first.position, records)
  places.seen(place, end)
}
