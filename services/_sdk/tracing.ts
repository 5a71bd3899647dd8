/** What a span is about: ids only, never a party's name, a case or content. */
export interface SpanAbout {
  readonly message?: string
  readonly handoff?: string
  readonly type: string
}

export type SpanName = 'schakel.publish' | 'schakel.receive'

/**
 * A partner's own tracing (OpenTelemetry fits in a few lines: docs/how-to/connect-a-partner.md). `span` runs `work` once, within a
 * span, and answers or throws what it does. The `traceparent` it hands to `work` (W3C Trace Context, version 00) goes with a message
 * to the door of the exchange, which links to it and passes it on to nobody (docs/decisions/0016).
 */
export interface Tracing {
  span<T>(name: SpanName, about: SpanAbout, work: (traceparent: string | undefined) => Promise<T>): Promise<T>
}

export const UNTRACED: Tracing = { span: (_name, _about, work) => work(undefined) }

const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/

/** The header for the door; what is not well formed is left out, since a trace must never cost a message. */
export function traceHeader(traceparent: string | undefined): Readonly<Record<string, string>> {
  return traceparent !== undefined && TRACEPARENT.test(traceparent) ? { 'ce-traceparent': traceparent } : {}
}
