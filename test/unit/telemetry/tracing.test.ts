import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { InMemorySpanExporter, type ReadableSpan, type SpanExporter } from '@opentelemetry/sdk-trace'
import { describe, expect, it } from 'vitest'
import { BoundedSpans } from '#adapters/telemetry/bounded-spans.ts'
import { type SpanFacts, startTracing } from '#adapters/telemetry/tracing.ts'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const fact = (more: Partial<SpanFacts> = {}): SpanFacts => ({
  name: 'exchange.answer',
  context: { traceId: TRACE, spanId: 'b7ad6b7169203331' },
  start: 1_000,
  end: 1_005,
  attributes: {},
  ...more,
})

describe('spans', () => {
  it('have the ids they are given, parent and links too', async () => {
    const exporter = new InMemorySpanExporter()
    const tracing = startTracing({ service: 'exchange', exporter, dropped: () => {} })
    const link = { traceId: 'f'.repeat(32), spanId: 'e'.repeat(16) }
    tracing.span(
      fact({ parent: 'a'.repeat(16), links: [link], attributes: { partition: 3, code: 'MSG_SIZE' } }),
    )
    tracing.span(fact({ context: { traceId: 'c'.repeat(32), spanId: 'd'.repeat(16) } }))
    await tracing.flush()
    const [one, root] = exporter.getFinishedSpans()
    expect(one?.spanContext()).toMatchObject({ traceId: TRACE, spanId: 'b7ad6b7169203331' })
    expect(one?.parentSpanContext?.spanId).toBe('a'.repeat(16))
    expect(one?.links[0]?.context).toMatchObject(link)
    expect(one?.attributes).toEqual({ 'schakel.partition': 3, 'schakel.code': 'MSG_SIZE' })
    expect(root?.spanContext()).toMatchObject({ traceId: 'c'.repeat(32), spanId: 'd'.repeat(16) })
    expect(root?.parentSpanContext).toBeUndefined()
    await tracing.close()
  })

  it('leave out text that is no code', async () => {
    const exporter = new InMemorySpanExporter()
    const tracing = startTracing({ service: 'exchange', exporter, dropped: () => {} })
    tracing.span(fact({ attributes: { code: 'Jan Jansen', partition: Number.NaN, type: 'x'.repeat(65) } }))
    await tracing.flush()
    expect(exporter.getFinishedSpans()[0]?.attributes).toEqual({})
    await tracing.close()
  })

  it('are off without an endpoint', async () => {
    const tracing = startTracing({ service: 'exchange', dropped: () => expect.unreachable() })
    tracing.span(fact())
    await tracing.close()
  })
})

describe('the queue', () => {
  const span = {} as ReadableSpan
  const exporter = (code: number): SpanExporter => ({
    export: (_spans, done) => done({ code }),
    shutdown: async () => {},
  })

  it('drops what does not fit, what is not taken and what comes after the end, and counts each', async () => {
    let lost = 0
    const dropped = (count: number) => {
      lost += count
    }
    const full = new BoundedSpans({ exporter: exporter(0), dropped, queueMax: 2, everyMs: 60_000 })
    for (let n = 0; n < 5; n += 1) full.onEnd(span)
    expect(lost).toBe(3)
    await full.shutdown()
    full.onEnd(span)
    expect(lost).toBe(4)
    const refused = new BoundedSpans({ exporter: exporter(1), dropped, everyMs: 60_000 })
    refused.onEnd(span)
    await refused.shutdown()
    expect(lost).toBe(5)
    const throwing = new BoundedSpans({
      exporter: {
        export: () => {
          throw new Error('no')
        },
        shutdown: async () => {},
      },
      dropped,
      everyMs: 60_000,
    })
    throwing.onEnd(span)
    await throwing.forceFlush()
    expect(lost).toBe(6)
    await throwing.shutdown()
  })
})

describe('a collector', () => {
  async function collector(answer: (response: ServerResponse) => void) {
    const bodies: string[] = []
    const server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        bodies.push(`${request.url} ${Buffer.concat(chunks).toString('utf8')}`)
        answer(response)
      })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    return { bodies, endpoint: `http://127.0.0.1:${port}/`, close: () => server.close() }
  }

  it('gets spans over OTLP/HTTP', async () => {
    const { bodies, endpoint, close } = await collector((response) => response.writeHead(200).end('{}'))
    let lost = 0
    const tracing = startTracing({
      service: 'exchange',
      instance: 'a',
      endpoint,
      dropped: (count) => {
        lost += count
      },
    })
    tracing.span(fact())
    await tracing.close()
    close()
    expect([bodies.length, lost]).toEqual([1, 0])
    const [path = '', json = ''] = bodies[0]?.split(/ (.*)/s) ?? []
    expect(path).toBe('/v1/traces')
    const span = JSON.parse(json).resourceSpans[0].scopeSpans[0].spans[0]
    expect(span).toMatchObject({ traceId: TRACE, spanId: 'b7ad6b7169203331', name: 'exchange.answer' })
  })

  it('that refuses loses spans, by number, and stops nobody', async () => {
    const { endpoint, close } = await collector((response) => response.writeHead(400).end())
    let lost = 0
    const tracing = startTracing({
      service: 'exchange',
      endpoint,
      dropped: (count) => {
        lost += count
      },
    })
    tracing.span(fact())
    tracing.span(fact())
    await tracing.close()
    close()
    expect(lost).toBe(2)
  })
})
