import type { FastifyInstance } from 'fastify'
import { asFailure } from '#core/failure.ts'
import { PAGE_HEADERS } from '#web/page-headers.ts'
import { PageRefusal } from '#web/page-refusal.ts'
import type { ConsoleContext } from './console-context.ts'
import { streamChanges } from './stream-changes.ts'

const STREAMS_MAX = 32

/** `/events`: says that something changed, never what. */
export function streamRoute(server: FastifyInstance, context: ConsoleContext): void {
  let open = 0
  server.get('/events', { exposeHeadRoute: false }, (_request, reply) => {
    if (open >= STREAMS_MAX) throw new PageRefusal(503)
    open += 1
    const gone = new AbortController()
    reply.hijack()
    reply.raw.once('close', () => gone.abort())
    reply.raw.writeHead(200, { ...PAGE_HEADERS, 'Content-Type': 'text/event-stream' })
    const signal = AbortSignal.any([context.closing, gone.signal])
    streamChanges(context.ports, reply.raw, signal)
      .catch((error: unknown) => context.ports.report(asFailure(error), 'events'))
      .finally(() => {
        open -= 1
      })
  })
}
