/** Spans that the log already holds: answer, release, acknowledgement and cut have their times there, so nobody has to carry a context. */
import type { Inbound, Outcome } from '#core/handoff/outcome.ts'
import { type HandoffId, oinOf, parseEndpointUrn } from '#core/ids.ts'
import type { RecordCodecs } from '#core/log/codec.ts'
import { spanIdOf, type TraceContext, traceIdOf } from '#core/message/trace-context.ts'
import type { EventLog } from '#core/ports/event-log.ts'
import type { HandoffRow } from '#core/ports/fold.ts'
import type { SpanName, Tracing } from './tracing.ts'
import type { LogWatcher, Seen } from './watch-log.ts'

export interface LogSpansPorts {
  readonly logId: string
  readonly log: Pick<EventLog, 'read'>
  readonly codecs: RecordCodecs
  readonly view: { handoff(id: HandoffId): HandoffRow | undefined }
  readonly tracing: Tracing
}

export interface LogSpans extends LogWatcher {
  /** After a checkpoint: one span for it, linked to the answers it covers. */
  published(upto: readonly number[], size: number, at: number): void
}

const WAITING_MAX = 1_024

/** The trace of a message by what its outer attributes name; undefined when they name no endpoint. */
export function traceOfMessage(logId: string, source: unknown, id: unknown): string | undefined {
  if (typeof source !== 'string' || typeof id !== 'string') return undefined
  try {
    return traceIdOf(logId, oinOf(parseEndpointUrn(source, '/source')), id)
  } catch {
    return undefined
  }
}

/** The trace of the message that a hand-off came of. */
export const traceOfHandoff = (logId: string, row: Pick<HandoffRow, 'from' | 'message'>): string =>
  traceIdOf(logId, oinOf(row.from), row.message)

/** Undefined where it cannot be read, or not by this service: the spans of the outcome alone are made then. */
async function inputOf(ports: LogSpansPorts, partition: number, position: number) {
  const [entry] = await ports.log.read('inbound', partition, position, 1).catch(() => [])
  const inbound = entry?.position === position ? ports.codecs.inbound.decode(entry) : undefined
  return entry && inbound ? { inbound, at: entry.at } : undefined
}

function answerSpan(
  ports: LogSpansPorts,
  { partition, step, decisions }: Seen,
  input: { readonly inbound: Inbound; readonly at: number },
): TraceContext | undefined {
  const { source, id } = input.inbound.attributes
  const traceId = input.inbound.kind === 'message' ? traceOfMessage(ports.logId, source, id) : undefined
  if (!traceId) return undefined
  const outcome = step.record
  const context = { traceId, spanId: spanIdOf(traceId, 'exchange.answer') }
  const verdict = decisions?.find((record) => record.verdict)?.verdict?.kind
  const type = outcome.effects.find((effect) => effect.kind === 'handoff')?.type
  ports.tracing.span({
    name: 'exchange.answer',
    context,
    parent: spanIdOf(traceId, 'gateway.accept'),
    start: input.at,
    end: step.appendedAt,
    failed: outcome.answer.kind === 'parked',
    attributes: {
      partition,
      seq: outcome.seq,
      epoch: outcome.epoch,
      answer: outcome.answer.kind,
      ...(outcome.answer.code ? { code: outcome.answer.code } : {}),
      ...(verdict ? { verdict } : {}),
      ...(type ? { type } : {}),
    },
  })
  return context
}

/** A later step of a hand-off, in the trace of the message that made it; linked to the message that brought it, if one did. */
function handoffSpan(
  ports: LogSpansPorts,
  { partition, step }: Seen,
  handoff: HandoffId,
  name: SpanName,
  link: TraceContext | undefined,
): void {
  const row = ports.view.handoff(handoff)
  if (!row) return
  const traceId = traceOfHandoff(ports.logId, row)
  const release = spanIdOf(traceId, 'courier.release', handoff)
  ports.tracing.span({
    name,
    context: { traceId, spanId: spanIdOf(traceId, name, handoff) },
    parent: name === 'courier.release' ? spanIdOf(traceId, 'exchange.answer') : release,
    links: link ? [link] : [],
    start: row.at,
    end: step.record.at,
    attributes: { partition, seq: step.record.seq, type: row.type },
  })
}

function effectSpans(ports: LogSpansPorts, seen: Seen, link: TraceContext | undefined): void {
  for (const effect of seen.step.record.effects) {
    if (effect.kind === 'released') handoffSpan(ports, seen, effect.handoff, 'courier.release', undefined)
    else if (effect.kind === 'state' && effect.state === 'delivered')
      handoffSpan(ports, seen, effect.handoff, 'recipient.acknowledge', link)
  }
}

export function logSpans(ports: LogSpansPorts): LogSpans {
  let waiting: { readonly partition: number; readonly outcome: Outcome; readonly context: TraceContext }[] =
    []
  return {
    async outcome(seen) {
      const { partition, step } = seen
      const position = step.record.in?.position
      const input = position === undefined ? undefined : await inputOf(ports, partition, position)
      const context = input && answerSpan(ports, seen, input)
      effectSpans(ports, seen, context)
      if (context && step.record.leaves.length > 0)
        waiting = [...waiting.slice(1 - WAITING_MAX), { partition, outcome: step.record, context }]
    },
    published(upto, size, at) {
      const isIn = ({ partition, outcome }: (typeof waiting)[number]) => outcome.seq <= (upto[partition] ?? 0)
      const covered = waiting.filter(isIn)
      if (covered.length === 0) return
      waiting = waiting.filter((one) => !isIn(one))
      const traceId = traceIdOf(ports.logId, 'ledger', String(size))
      ports.tracing.span({
        name: 'ledger.cut',
        context: { traceId, spanId: spanIdOf(traceId, 'ledger.cut') },
        links: covered.map(({ context }) => context),
        start: Math.min(...covered.map(({ outcome }) => outcome.at)),
        end: at,
        attributes: { size },
      })
    },
  }
}
