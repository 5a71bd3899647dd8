/**
 * Trace context without a covert channel (docs/decisions/0016): nothing that a sender chose is ever passed on. Ids inside are
 * derived from what every service has; a recipient gets ids of its own, keyed per hand-off, that cannot be joined with another's.
 */
import { createHash, createHmac } from 'node:crypto'
import type { HandoffId } from '#core/ids.ts'

export interface TraceContext {
  /** 32 lower-case hex. */
  readonly traceId: string
  /** 16 lower-case hex. */
  readonly spanId: string
}

/** W3C Trace Context, version 00, as CloudEvents' distributed tracing extension carries it. */
const TRACEPARENT = /^00-((?!0{32})[0-9a-f]{32})-((?!0{16})[0-9a-f]{16})-[0-9a-f]{2}$/

/** A sender's `traceparent`, for a link at the door and nothing else; undefined when it is not exactly one. */
export function parseTraceparent(text: unknown): TraceContext | undefined {
  const match = typeof text === 'string' ? TRACEPARENT.exec(text) : null
  const [, traceId, spanId] = match ?? []
  return traceId && spanId ? { traceId, spanId } : undefined
}

const hexOf = (bytes: Uint8Array, from: number, count: number): string =>
  Buffer.from(bytes.subarray(from, from + count)).toString('hex')

function digest(...parts: readonly string[]): Uint8Array {
  return createHash('sha256').update(JSON.stringify(parts)).digest()
}

/** The trace of one message within one log: every service derives it from sender and message id, and nothing carries it. */
export function traceIdOf(logId: string, source: string, message: string): string {
  return hexOf(digest('schakel-trace', logId, source, message), 0, 16)
}

/** The span of one step of it: whoever makes the next step derives its parent. `what`: hand-off or seq, where a step has several. */
export function spanIdOf(traceId: string, step: string, what = ''): string {
  return hexOf(digest('schakel-span', traceId, step, what), 0, 8)
}

/**
 * The `traceparent` that one recipient gets with one hand-off; it may go on with it in its own trace. `key`: 32 bytes that only
 * the courier has. Without it nobody tells which two belong to one message.
 */
export function recipientTraceparent(key: Uint8Array, handoff: HandoffId): string {
  const bytes = createHmac('sha256', key).update(`schakel-recipient-trace ${handoff}`).digest()
  return `00-${hexOf(bytes, 0, 16)}-${hexOf(bytes, 16, 8)}-01`
}
