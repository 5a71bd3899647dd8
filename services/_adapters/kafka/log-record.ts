import { fail } from '#core/failure.ts'
import type { LogEntry, LogRecord } from '#core/ports/event-log.ts'
import { type FetchedMessage, LOG_APPEND_TIME, type OutgoingMessage } from './cluster.ts'

const NONE = new Uint8Array(0)
const REPAIRED = '\ufffd'

/**
 * A message as the log shows it. What no writer of ours makes (a repeated header, one that is not UTF-8 text, a tombstone, the marker of
 * a transaction) keeps its position and comes empty: void in a chain, refused as an input.
 * `OPS_KAFKA` where the topic takes the writer's word for the time: LogAppendTime is what clocks are compared with.
 */
export function toLogRecord(message: FetchedMessage, topic: string): LogRecord {
  const position = Number(message.offset)
  const at = Number(message.timestamp)
  if (message.isControlRecord) return { position, at, headers: {}, value: NONE }
  if (message.batchContext.timestampType !== LOG_APPEND_TIME)
    return fail('OPS_KAFKA', undefined, `${topic} needs message.timestamp.type=LogAppendTime`)
  const headers = textHeaders(message.headers)
  if (!headers || message.value === null) return { position, at, headers: {}, value: NONE }
  // A copy: one record must not keep a whole answer in memory.
  return { position, at, headers, value: new Uint8Array(message.value) }
}

function textHeaders(raw: FetchedMessage['headers']): Record<string, string> | undefined {
  const headers: [string, string][] = []
  for (const [name, bytes] of Object.entries(raw)) {
    if (!Buffer.isBuffer(bytes) || name.includes(REPAIRED)) return undefined
    const text = bytes.toString('utf8')
    if (text.includes(REPAIRED) && !Buffer.from(text).equals(bytes)) return undefined
    headers.push([name, text])
  }
  return Object.fromEntries(headers)
}

/** No key: the partition is always named, and nothing is compacted. */
export function toMessage({ headers, value }: LogEntry): OutgoingMessage {
  const raw = Object.entries(headers).map(([name, text]) => [name, Buffer.from(text, 'utf8')] as const)
  const { buffer, byteOffset, byteLength } = value
  return { key: null, value: Buffer.from(buffer, byteOffset, byteLength), headers: Object.fromEntries(raw) }
}

/** Whether readers will get exactly these headers back: kafkajs takes a name that every object has for a repeated one. */
export function comesBack({ headers }: LogEntry): boolean {
  return Object.entries(headers).every(
    ([name, text]) => name.isWellFormed() && text.isWellFormed() && !(name in {}),
  )
}

/** About what an entry takes in a request. */
export function sizeOf({ headers, value }: LogEntry): number {
  let size = value.length + 32
  for (const [name, text] of Object.entries(headers)) size += name.length + text.length + 8
  return size
}
