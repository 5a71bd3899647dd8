/** fsck's own reading of the chain rule (design §3): it shares no line with the reader that the services use. */
import { createHash } from 'node:crypto'
import type { Genesis } from '#core/handoff/outcome.ts'
import type { RecordCodec } from '#core/log/codec.ts'
import type { EventLog, LogRecord, Topic } from '#core/ports/event-log.ts'

interface Linked {
  readonly seq: number
  readonly prev: Uint8Array
  readonly at: number
  readonly genesis: Genesis | null
}

export interface ValidRecord<T> {
  readonly record: T
  readonly hash: string
  readonly position: number
}

export interface Voids {
  count: number
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const NOTHING = '0'.repeat(64)

/** All records of a partition, void or not, in the log's order. */
export async function* rawRecords(log: EventLog, topic: Topic, partition: number): AsyncGenerator<LogRecord> {
  let from = 0
  for (;;) {
    const page = await log.read(topic, partition, from)
    if (page.length === 0) return
    yield* page
    from = (page.at(-1)?.position ?? from) + 1
  }
}

/** The records that extend the chain; `follows` is the topic's own rule, told the last valid record. */
export async function* validRecords<T extends Linked>(
  log: EventLog,
  codec: RecordCodec<T>,
  topic: Exclude<Topic, 'inbound'>,
  partition: number,
  voids: Voids,
  follows: (record: T, last: T) => boolean,
): AsyncGenerator<ValidRecord<T>> {
  let last: T | undefined
  let hash = NOTHING
  for await (const raw of rawRecords(log, topic, partition)) {
    const record = codec.decode(raw)
    const linked = record && record.seq === (last?.seq ?? 0) + 1 && hex(record.prev) === hash
    const founding = record?.genesis != null && record.genesis.all === null
    const ruled = last ? !founding && record && record.at >= last.at && follows(record, last) : founding
    if (!record || !linked || !ruled) {
      voids.count += 1
      continue
    }
    last = record
    hash = createHash('sha256').update(raw.value).digest('hex')
    yield { record, hash, position: raw.position }
  }
}
