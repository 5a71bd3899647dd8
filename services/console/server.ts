import { join } from 'node:path'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { isOwnHost } from '#web/allowed-host.ts'
import { loadAssets } from '#web/page-assets.ts'
import { PAGE_HEADERS } from '#web/page-headers.ts'
import { assetRoutes, streamRoute } from './asset-routes.ts'
import { ConsoleContext, reportRefusal } from './console-context.ts'
import { errorPage } from './error-page.ts'
import { pageRoutes } from './page-routes.ts'
import type { ConsolePorts } from './ports.ts'
import { asRefusal, Refusal } from './refusal.ts'

const LIVE = join(import.meta.dirname, 'assets', 'live.js')
const REQUEST_TIMEOUT_MS = 30_000
const CONNECTIONS_MAX = 128
const HEADER_BYTES_MAX = 16 * 1024

function refuse(context: ConsoleContext, request: FastifyRequest, reply: FastifyReply, error: unknown): void {
  const refusal = asRefusal(error)
  reportRefusal(context.ports, error, request.id)
  if (refusal.status === 405) reply.header('Allow', 'GET, HEAD')
  if (refusal.status === 503) reply.header('Retry-After', '5')
  const content = errorPage(refusal, request.id, context.locale(request))
  context.page(request, reply.headers(PAGE_HEADERS).code(refusal.status), content)
}

/** Before anything is read: our own address, and a method that changes nothing. */
function guard(server: FastifyInstance): void {
  server.addHook('onRequest', async (request, reply) => {
    reply.headers(PAGE_HEADERS)
    const { localPort } = request.raw.socket
    if (!isOwnHost(request.headers.host, localPort ?? 0)) throw new Refusal(421)
    if (request.method !== 'GET' && request.method !== 'HEAD') throw new Refusal(405)
  })
}

/** The console's HTTP side: pages for people on this machine. `closing` ends streams. */
export function buildServer(ports: ConsolePorts, closing: AbortSignal): FastifyInstance {
  const context = new ConsoleContext(ports, loadAssets([LIVE]), closing)
  const server: FastifyInstance = Fastify({
    bodyLimit: 1,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: true,
    http: { maxHeaderSize: HEADER_BYTES_MAX },
    logger: false,
    frameworkErrors: (error, request, reply) =>
      refuse(context, request as FastifyRequest, reply as unknown as FastifyReply, error),
  })
  server.server.maxConnections = CONNECTIONS_MAX
  server.removeAllContentTypeParsers()
  guard(server)
  server.setErrorHandler((error, request, reply) => refuse(context, request, reply, error))
  server.setNotFoundHandler((request, reply) => refuse(context, request, reply, new Refusal(404)))
  pageRoutes(server, context)
  assetRoutes(server, context)
  streamRoute(server, context)
  return server
}
