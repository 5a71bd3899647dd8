/**
 * The chain rule (design §3) and the one reader everybody uses. A record that does not extend the chain is void:
 * skipped and counted, never an error, because a late copy of a lost request is part of normal life.
 */
import { createHash } from 'node:crypto'
import type { ControlRecord, Cut, Genesis, Outcome } from '#core/handoff/outcome.ts'
import type { EventLog, LogEntry, Topic } from '#core/ports/event-log.ts'
import type { FoldHead } from '#core/ports/fold.ts'
import type { RecordCodec, RecordCodecs } from './codec.ts'
import { extendControl } from './extend-control.ts'
import { extendCut } from './extend-cut.ts'
import { extendOutcome } from './extend-outcome.ts'

export type ChainedTopic = Exclude<Topic, 'inbound'>

/** What every chained record carries. */
export interface Chained {
  readonly seq: number
  readonly prev: Uint8Array
  readonly at: number
  readonly genesis: Genesis | null
}

/** The part of a head that a topic's own rule moves. */
export type Progress = Pick<FoldHead, 'epoch' | 'inputs' | 'inPosition' | 'sweep'>

export interface Chain<T extends Chained> {
  readonly topic: ChainedTopic
  readonly codec: RecordCodec<T>
  /** Progress after a record whose seq, prev and at extend the chain; undefined when the topic's own rule makes it void. */
  progress(head: FoldHead | undefined, record: T): Progress | undefined
}

export interface ChainStep<T> {
  readonly record: T
  readonly head: FoldHead
  readonly position: number
  readonly value: Uint8Array
  /** The log's own append time, ms. */
  readonly appendedAt: number
}

export interface ChainPage<T> {
  readonly steps: readonly ChainStep<T>[]
  readonly head: FoldHead | undefined
  readonly voids: number
  /** Nothing was there to read. */
  readonly atEnd: boolean
}

export const outcomesChain = (codecs: RecordCodecs): Chain<Outcome> => ({
  topic: 'outcomes',
  codec: codecs.outcome,
  progress: extendOutcome,
})

export const controlChain = (codecs: RecordCodecs): Chain<ControlRecord> => ({
  topic: 'control',
  codec: codecs.control,
  progress: extendControl,
})

export const ledgerChain = (codecs: RecordCodecs): Chain<Cut> => ({
  topic: 'ledger',
  codec: codecs.cut,
  progress: extendCut,
})

export function hashOf(value: Uint8Array): Uint8Array {
  return createHash('sha256').update(value).digest()
}

export const ZERO_HASH: Uint8Array = new Uint8Array(32)

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}

/** Head after `entry`, which lies before `next`; undefined = void. */
export function extendChain<T extends Chained>(
  chain: Chain<T>,
  head: FoldHead | undefined,
  entry: LogEntry,
  next: number,
): { readonly record: T; readonly head: FoldHead } | undefined {
  const record = chain.codec.decode(entry)
  if (!record) return undefined
  if (record.seq !== (head?.seq ?? 0) + 1) return undefined
  if (!sameBytes(record.prev, head?.hash ?? ZERO_HASH)) return undefined
  if (head && record.at < head.at) return undefined
  if (!head !== (record.genesis !== null && record.genesis.all === null)) return undefined
  const progress = chain.progress(head, record)
  if (!progress) return undefined
  const { seq, at } = record
  const logId = record.genesis?.all === null ? record.genesis.logId : (head?.logId ?? '')
  return { record, head: { ...progress, seq, at, logId, hash: hashOf(entry.value), position: next } }
}

/**
 * One page from `head` on (from the beginning when undefined). `head` of the page is where the next one starts, void
 * records included; it stays undefined while no genesis was met, and then `atEnd` is the only progress there is.
 */
export async function readChain<T extends Chained>(
  log: EventLog,
  chain: Chain<T>,
  partition: number,
  head: FoldHead | undefined,
): Promise<ChainPage<T>> {
  let now = head
  let voids = 0
  const steps: ChainStep<T>[] = []
  let from = head?.position ?? 0
  for (;;) {
    const records = await log.read(chain.topic, partition, from)
    for (const entry of records) {
      from = entry.position + 1
      const step = extendChain(chain, now, entry, from)
      if (step) {
        now = step.head
        steps.push({ ...step, position: entry.position, value: entry.value, appendedAt: entry.at })
      } else {
        voids += 1
        now &&= { ...now, position: from }
      }
    }
    // Before the genesis a page of void records leaves no head to go on from: read on here.
    if (now || records.length === 0) return { steps, head: now, voids, atEnd: records.length === 0 }
  }
}

/** All valid records after `head` up to the present end, in constant memory. */
export async function* chainSteps<T extends Chained>(
  log: EventLog,
  chain: Chain<T>,
  partition: number,
  head?: FoldHead,
): AsyncGenerator<ChainStep<T>> {
  let now = head
  for (;;) {
    const page = await readChain(log, chain, partition, now)
    yield* page.steps
    if (page.atEnd) return
    now = page.head
  }
}
