import type { KafkaConnection } from '#adapters/kafka/client.ts'
import {
  type FetchedRecord,
  openSimpleClient,
  type Place,
  type SimpleClient,
} from '#adapters/kafka/simple-client.ts'
import { Failure } from '#core/failure.ts'
import { LIMITS } from '#core/limits.ts'
import type {
  PartnerMemory,
  PartnerPage,
  PartnerRecord,
  PartnerTopic,
  PartnerTopics,
} from '#core/ports/partner-topics.ts'
import { NewsWaiter } from './wait-for-news.ts'

/** Kafka's own limit of a committed offset's metadata is 4,096. */
const NOTE_MAX = 4_000

export interface PartnerTopicsOptions extends KafkaConnection {
  /** Consumer group under which positions are remembered: `schakel.gateway` for `in`, `schakel.courier` for `out`. */
  readonly group: string
}

const nameOf = (oin: string, topic: PartnerTopic): string => `p.${oin}.${topic}`

function recordOf({ offset, headers, value }: FetchedRecord): PartnerRecord {
  const told = Object.entries(headers).flatMap(([name, one]) =>
    (Array.isArray(one) ? one : [one]).map((bytes) => [name, bytes ?? new Uint8Array()] as const),
  )
  return { position: offset, headers: told, value }
}

/** Whatever the client throws is doubt about the log. */
async function asDoubt<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    const name = cause instanceof Error ? cause.name : typeof cause
    const failure = new Failure('OPS_LOG_UNAVAILABLE', undefined, name)
    failure.cause = cause
    throw failure
  }
}

async function pageOf(client: SimpleClient, place: Place): Promise<PartnerPage> {
  const { records, next } = await client.fetch(place)
  const kept = records.slice(0, LIMITS.partnerPageMax).map(recordOf)
  const last = kept.at(-1)
  return { records: kept, next: last && kept.length < records.length ? last.position + 1 : next }
}

async function rememberedOf(
  client: SimpleClient,
  group: string,
  topic: string,
): Promise<PartnerMemory | undefined> {
  const found = await client.committed(group, topic)
  return found && { position: found.offset, note: found.metadata }
}

/** Partner topics on Kafka: read by position; the group has no members and is but a note of positions. Connects with the first request. */
export function openPartnerTopics(options: PartnerTopicsOptions): PartnerTopics {
  const { group, ...connection } = options
  const client = openSimpleClient(connection)
  const polling = openSimpleClient({ ...connection, clientId: `${connection.clientId}-poll` })
  const news = new NewsWaiter(polling)
  return {
    read: (oin, topic, from) => asDoubt(() => pageOf(client, { topic: nameOf(oin, topic), from })),
    append: (oin, entry) =>
      asDoubt(async () => ({ position: await client.produce(nameOf(oin, 'out'), entry) })),
    remembered: (oin, topic) => asDoubt(() => rememberedOf(client, group, nameOf(oin, topic))),
    remember: (oin, topic, { position, note }) =>
      asDoubt(async () => {
        if (note.length > NOTE_MAX) throw new RangeError('note too long')
        await client.commit(group, { topic: nameOf(oin, topic), from: position }, note)
      }),
    changed: (oin, from, timeoutMs, signal) =>
      asDoubt(() => news.wait({ topic: nameOf(oin, 'in'), from }, timeoutMs, signal)),
    async close() {
      await Promise.all([client.close(), polling.close()])
    },
  }
}
