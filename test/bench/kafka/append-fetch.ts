/** What the log on Kafka itself costs, without any message being judged: appends and reads by size of block and number of partitions. */

import { systemClock } from '#adapters/clock/system.ts'
import { openKafkaLog } from '#adapters/event-log/kafka.ts'
import type { EventLog, LogEntry } from '#core/ports/event-log.ts'
import { makeLogTopics } from '../../support/kafka-log.ts'
import { type Measured, type Progress, quantile, rounded, spread } from '../figure.ts'

export interface KafkaLogEffort {
  /** Blocks appended for each combination. */
  readonly blocks: number
  readonly puts: number
  readonly valueBytes: number
}

export const KAFKA_LOG_FULL: KafkaLogEffort = { blocks: 300, puts: 2_000, valueBytes: 1_500 }

const PARTITIONS = [1, 4] as const
const BATCHES = [1, 20, 64] as const
const WARM_UP = 20
const idle = new AbortController().signal

/** `brokers`: of a cluster that is up. Topics are made under a name of their own and left behind. */
export async function measureKafkaLog(
  brokers: readonly string[],
  effort: KafkaLogEffort,
  progress: Progress,
): Promise<readonly Measured[]> {
  const measured: Measured[] = []
  for (const partitions of PARTITIONS) {
    for (const batch of BATCHES) {
      const topicPrefix = await makeLogTopics(brokers)
      const open = () => openKafkaLog({ brokers, topicPrefix, clientId: 'bench', clock: systemClock })
      const [writer, reader] = [open(), open()]
      try {
        progress(`kafka log: ${partitions} partitions, blocks of ${batch}`)
        measured.push(...(await measureOne(writer, reader, partitions, batch, effort)))
      } finally {
        await Promise.all([writer.close(), reader.close()])
      }
    }
  }
  const topicPrefix = await makeLogTopics(brokers)
  const open = () => openKafkaLog({ brokers, topicPrefix, clientId: 'bench', clock: systemClock })
  const [writer, reader] = [open(), open()]
  try {
    progress('kafka log: puts and waking')
    measured.push(await measurePuts(writer, effort), await measureWaking(writer, reader, effort))
  } finally {
    await Promise.all([writer.close(), reader.close()])
  }
  return measured
}

const entries = (count: number, bytes: number): LogEntry[] =>
  Array.from({ length: count }, (_, index) => ({
    headers: { 'ce-id': `id-${index}`, 'schakel-schema': 'a'.repeat(64) },
    value: new Uint8Array(bytes).fill(index),
  }))

function figures(name: string, ms: readonly number[], note: string): Measured[] {
  const text = `${note}; ${spread(ms, 'ms')}`
  return [
    { name: `${name}_ms_p50`, value: rounded(quantile(ms, 0.5)), unit: 'ms', of: 'p50', note: text },
    { name: `${name}_ms_p99`, value: rounded(quantile(ms, 0.99)), unit: 'ms', of: 'p99', note: text },
  ]
}

async function measureOne(
  writer: EventLog,
  reader: EventLog,
  partitions: number,
  batch: number,
  { blocks, valueBytes }: KafkaLogEffort,
): Promise<readonly Measured[]> {
  const appends: number[] = []
  const block = entries(batch, valueBytes)
  const lost: number[] = []
  const started = performance.now()
  const write = async (partition: number) => {
    let head = 0
    for (let n = 0; n < Math.ceil(blocks / partitions) + WARM_UP; n += 1) {
      const before = performance.now()
      const answer = await writer.append('outcomes', partition, head, block)
      if (answer.kind !== 'appended') lost.push(n)
      if (n >= WARM_UP) appends.push(performance.now() - before)
      head += batch
    }
    return head
  }
  const heads = await Promise.all(Array.from({ length: partitions }, (_, partition) => write(partition)))
  const seconds = (performance.now() - started) / 1000
  if (lost.length > 0) throw new Error(`${lost.length} appends were not answered`)
  const written = heads.reduce((sum, head) => sum + head, 0)
  const name = `kafka_append_b${batch}_p${partitions}`
  const [readPerSecond, fetches] = await readAll(reader, heads)
  return [
    ...figures(
      name,
      appends,
      `${partitions} partition(s) at once, blocks of ${batch} of ${valueBytes} bytes`,
    ),
    {
      name: `${name}_per_s`,
      value: rounded(written / seconds),
      unit: 'records',
      per: 's',
      note: 'warm-up included',
    },
    {
      name: `kafka_read_b${batch}_p${partitions}_per_s`,
      value: rounded(readPerSecond),
      unit: 'records',
      per: 's',
      note: 'another client, from the start, partition by partition',
    },
    ...figures(
      `kafka_read_end_b${batch}_p${partitions}`,
      fetches,
      'a read at the end: one fetch that brings nothing',
    ),
  ]
}

async function readAll(
  reader: EventLog,
  heads: readonly number[],
): Promise<readonly [number, readonly number[]]> {
  const started = performance.now()
  let read = 0
  for (const [partition, head] of heads.entries()) {
    let at = 0
    while (at < head) {
      const page = await reader.read('outcomes', partition, at)
      at = (page.at(-1)?.position ?? head) + 1
      read += page.length
    }
  }
  const perSecond = (read * 1000) / (performance.now() - started)
  const fetches: number[] = []
  for (let n = 0; n < 100; n += 1) {
    const before = performance.now()
    await reader.read('outcomes', 0, heads[0] ?? 0)
    fetches.push(performance.now() - before)
  }
  return [perSecond, fetches]
}

/** 32 gateways' worth of single puts at once, over all partitions. */
async function measurePuts(log: EventLog, { puts, valueBytes }: KafkaLogEffort): Promise<Measured> {
  const [entry] = entries(1, valueBytes)
  const times: number[] = []
  const started = performance.now()
  let next = 0
  const work = async () => {
    while (entry && next < puts) {
      const partition = next % 16
      next += 1
      const before = performance.now()
      await log.put(partition, entry)
      times.push(performance.now() - before)
    }
  }
  await Promise.all(Array.from({ length: 32 }, work))
  const seconds = (performance.now() - started) / 1000
  const note = `32 at a time over 16 partitions; ${spread(times, 'ms')}, p99 ${rounded(quantile(times, 0.99))} ms`
  return { name: 'kafka_put_per_s', value: rounded(puts / seconds), unit: 'records', per: 's', note }
}

/** From the append in one client to another's waking and having read. */
async function measureWaking(
  writer: EventLog,
  reader: EventLog,
  { blocks }: KafkaLogEffort,
): Promise<Measured> {
  const [entry] = entries(1, 1_000)
  const times: number[] = []
  let head = await writer.end('outcomes', 3)
  await reader.changed(['outcomes'], 1_000, idle)
  for (let n = 0; entry && n < blocks; n += 1) {
    const woken = reader.changed(['outcomes'], 5_000, idle)
    await systemClock.sleep(2)
    const before = performance.now()
    const answer = await writer.append('outcomes', 3, head, [entry])
    await woken
    while ((await reader.read('outcomes', 3, head)).length === 0) await systemClock.sleep(1)
    times.push(performance.now() - before)
    if (answer.kind === 'appended') head = answer.first + 1
  }
  return {
    name: 'kafka_append_to_read_ms_p50',
    value: rounded(quantile(times, 0.5)),
    unit: 'ms',
    of: 'p50',
    note: `one record, appended by one client, read by another that waited; ${spread(times, 'ms')}, p99 ${rounded(quantile(times, 0.99))} ms`,
  }
}
