import { ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { AlwaysOnSampler, type SpanExporter, TracerProvider } from '@opentelemetry/sdk-trace'
import type { TraceContext } from '#core/message/trace-context.ts'
import { BoundedSpans } from './bounded-spans.ts'

export type SpanName =
  | 'gateway.accept'
  | 'exchange.answer'
  | 'courier.release'
  | 'courier.push'
  | 'recipient.acknowledge'
  | 'ledger.cut'

/** Attributes of a closed set, so that nothing personal fits: places, numbers, codes, the type of a message. */
export interface SpanAttributes {
  readonly partition?: number
  readonly seq?: number
  readonly epoch?: number
  readonly size?: number
  readonly answer?: string
  readonly code?: string
  readonly verdict?: string
  readonly type?: string
}

export interface SpanFacts {
  readonly name: SpanName
  /** Its own ids: derived, so that other processes can name it as a parent. */
  readonly context: TraceContext
  readonly parent?: string
  readonly links?: readonly TraceContext[]
  /** ms since the epoch. */
  readonly start: number
  readonly end: number
  readonly attributes: SpanAttributes
  readonly failed?: boolean
}

export interface Tracing {
  /** False without a collector: nothing need be read to make spans. */
  readonly on: boolean
  span(facts: SpanFacts): void
  flush(): Promise<void>
  close(): Promise<void>
}

export interface TracingOptions {
  readonly service: string
  readonly instance?: string
  /** Base URL of an OTLP/HTTP collector: `/v1/traces` is added. */
  readonly endpoint?: string
  /** For tests, instead of `endpoint`. */
  readonly exporter?: SpanExporter
  readonly dropped: (count: number) => void
}

const OFF: Tracing = { on: false, span: () => {}, flush: async () => {}, close: async () => {} }
const LINKS_MAX = 128
const CODE = /^[A-Za-z0-9_.:/-]{1,64}$/
const contextOf = ({ traceId, spanId }: TraceContext) => ({ traceId, spanId, traceFlags: 1 })

function attributesOf(attributes: SpanAttributes): Record<string, string | number> {
  const kept = Object.entries(attributes).filter(([, value]) =>
    typeof value === 'number' ? Number.isFinite(value) : CODE.test(value),
  )
  return Object.fromEntries(kept.map(([name, value]) => [`schakel.${name}`, value]))
}

/** Off without an endpoint. Spans are made whole, after the fact: no step waits for one, and none carries a context on. */
export function startTracing(options: TracingOptions): Tracing {
  const { endpoint, service, instance, dropped } = options
  const exporter =
    options.exporter ??
    (endpoint === undefined
      ? undefined
      : new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces`, timeoutMillis: 4_000 }))
  if (!exporter) return OFF
  const next = { traceId: '', spanId: '' }
  const provider = new TracerProvider({
    sampler: new AlwaysOnSampler(),
    resource: resourceFromAttributes({
      'service.namespace': 'schakel',
      'service.name': service,
      ...(instance ? { 'service.instance.id': instance } : {}),
    }),
    idGenerator: { generateTraceId: () => next.traceId, generateSpanId: () => next.spanId },
    spanProcessors: [new BoundedSpans({ exporter, dropped })],
    spanLimits: { attributeValueLengthLimit: 64, linkCountLimit: LINKS_MAX },
  })
  const tracer = provider.getTracer('schakel')
  return {
    on: true,
    span(facts) {
      // The SDK asks for ids while it starts the span, in this same turn.
      Object.assign(next, facts.context)
      const parent = facts.parent && contextOf({ traceId: facts.context.traceId, spanId: facts.parent })
      const span = tracer.startSpan(
        facts.name,
        {
          kind: SpanKind.INTERNAL,
          startTime: facts.start,
          attributes: attributesOf(facts.attributes),
          links: (facts.links ?? []).slice(0, LINKS_MAX).map((link) => ({ context: contextOf(link) })),
        },
        parent ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT,
      )
      if (facts.failed) span.setStatus({ code: 2 })
      span.end(Math.max(facts.start, facts.end))
    },
    flush: () => provider.forceFlush(),
    close: () => provider.shutdown(),
  }
}
