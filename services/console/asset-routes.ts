import type { FastifyInstance } from 'fastify'
import { asFailure } from '#core/failure.ts'
import { PAGE_HEADERS } from '#web/page-headers.ts'
import type { ConsoleContext } from './console-context.ts'
import { notFound, Refusal } from './refusal.ts'
import { streamChanges } from './stream-changes.ts'

const STREAMS_MAX = 32

/** Style sheet, script and sign; their addresses change with them, so a browser may keep them. */
export function assetRoutes(server: FastifyInstance, context: ConsoleContext): void {
  server.get<{ Params: { name: string } }>('/assets/:name', async (request, reply) => {
    const asset = context.assets.find(request.params.name) ?? notFound()
    return reply
      .header('Cache-Control', 'public, max-age=31536000, immutable')
      .type(asset.type)
      .send(asset.body)
  })
}

/** `/events`: says that something changed, never what. */
export function streamRoute(server: FastifyInstance, context: ConsoleContext): void {
  let open = 0
  server.get('/events', { exposeHeadRoute: false }, (_request, reply) => {
    if (open >= STREAMS_MAX) throw new Refusal(503)
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
