/** What a hand-off must at least ask of the stores: the appends, fetches and key writes on its way, without anything in between. */
import { systemRandom } from '#adapters/random/system.ts'
import type { EventLog } from '#core/ports/event-log.ts'
import type { KeyStore } from '#core/ports/key-store.ts'
import { type Measured, quantile, rounded, spread } from '../figure.ts'

/**
 * In order, with bytes as they come out for a tip, each a request to Kafka of its own: the gateway's inbound record; the outcome; the
 * courier's command to release; the outcome of that.
 */
export const APPENDS = [
  { topic: 'inbound', bytes: 12_000 },
  { topic: 'outcomes', bytes: 22_000 },
  { topic: 'inbound', bytes: 1_200 },
  { topic: 'outcomes', bytes: 2_500 },
] as const
/**
 * One for each record by whom it is for: the exchange fetches inbound and command, the courier the outcome, the gateway the outcome of
 * the release. What they fetch beside that (the gateway the first outcome, everybody the empty page that says this was all) counts
 * against us.
 */
export const FETCHES = APPENDS.length
/** Before the first outcome: the key of its case and that of its content, in one write to PostgreSQL. The reading of keys counts against us. */
export const KEY_PUTS = 1

export const WAY = `${APPENDS.length} bare appends, ${FETCHES} fetches and ${KEY_PUTS} key write`

export interface BareStores {
  readonly writer: EventLog
  /** Another client than the writer, so that it must fetch. */
  readonly reader: EventLog
  readonly keys: Pick<KeyStore, 'put' | 'destroy'>
}

export interface BareTimes {
  readonly appends: number[]
  readonly fetches: number[]
  readonly keyPuts: number[]
}

export const noTimes = (): BareTimes => ({ appends: [], fetches: [], keyPuts: [] })

async function timed<T>(into: number[], work: Promise<T>): Promise<T> {
  const before = performance.now()
  const done = await work
  into.push(performance.now() - before)
  return done
}

async function appendOne(
  { writer }: BareStores,
  { topic, bytes }: (typeof APPENDS)[number],
  into: number[],
): Promise<number> {
  const entry = { headers: { 'schakel-schema': 'a'.repeat(64) }, value: new Uint8Array(bytes).fill(1) }
  if (topic === 'inbound') return (await timed(into, writer.put(0, entry))).position
  const head = await writer.end(topic, 0)
  const answer = await timed(into, writer.append(topic, 0, head, [entry]))
  if (answer.kind !== 'appended') throw new Error(`a bare append came out as ${answer.kind}`)
  return answer.first
}

async function putKeys({ keys }: BareStores, into: number[]): Promise<void> {
  const id = Buffer.from(systemRandom.bytes(16)).toString('hex')
  const rows = [
    { id: `case:bench-${id}`, kind: 'case', bytes: systemRandom.bytes(32) },
    { id: `c:bench-${id}`, kind: 'content', bytes: systemRandom.bytes(40), wrappedBy: `case:bench-${id}` },
  ] as const
  await timed(into, keys.put(rows))
}

/** One way, one step after the other; adds each step's time and answers their sum, ms. */
export async function bareWay(stores: BareStores, times: BareTimes): Promise<number> {
  const own = noTimes()
  await putKeys(stores, own.keyPuts)
  for (const append of APPENDS) {
    const position = await appendOne(stores, append, own.appends)
    const page = await timed(own.fetches, stores.reader.read(append.topic, 0, position, 1))
    if (page[0]?.position !== position) throw new Error('a bare fetch brought something else')
  }
  times.appends.push(...own.appends)
  times.fetches.push(...own.fetches)
  times.keyPuts.push(...own.keyPuts)
  return [...own.appends, ...own.fetches, ...own.keyPuts].reduce((sum, ms) => sum + ms, 0)
}

const BYTES = APPENDS.map(({ bytes }) => bytes).join(', ')

export function bareFigures({ appends, fetches, keyPuts }: BareTimes): Measured[] {
  const figures = (name: string, times: readonly number[], of: string): Measured[] =>
    ([50, 99] as const).map((percent) => ({
      name: `${name}_p${percent}`,
      value: rounded(quantile(times, percent / 100)),
      unit: 'ms',
      of: `p${percent} of ${of}`,
      per: 'request',
      note: spread(times, 'ms'),
    }))
  return [
    ...figures('kafka_append_ms', appends, `one record of ${BYTES} bytes in turn, acks = all`),
    ...figures('kafka_fetch_ms', fetches, 'that record by another client, which knows its position'),
    ...figures('key_put_ms', keyPuts, 'two rows in one write to PostgreSQL'),
  ]
}
