import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Failure } from '#core/failure.ts'
import { isOwnHost } from './allowed-host.ts'
import { parseFormBody } from './form-body.ts'
import type { Assets } from './page-assets.ts'
import { PAGE_HEADERS } from './page-headers.ts'
import { asPageRefusal, PageRefusal, reportable } from './page-refusal.ts'

/** Limits of one page server. */
export const PAGE_LIMITS = {
  requestMs: 30_000,
  connections: 128,
  headerBytes: 16 * 1024,
  formBytes: 64 * 1024,
} as const

export interface PageServer {
  readonly assets: Assets
  /** Answers what was refused with a page, in its own layout. */
  refused(request: FastifyRequest, reply: FastifyReply, refusal: PageRefusal): FastifyReply
  /** What is ours to mend: `id` is on the page too. */
  report(failure: Failure, id: string): void
}

/**
 * A server of pages for people on this machine: own host only (no DNS rebinding), GET and HEAD, and POST of a form that this very
 * site's page sent (`Sec-Fetch-Site`, or else `Origin`); security headers on every answer; assets under `/assets/`.
 */
export function pageServer(options: PageServer): FastifyInstance {
  const server: FastifyInstance = Fastify({
    bodyLimit: PAGE_LIMITS.formBytes,
    requestTimeout: PAGE_LIMITS.requestMs,
    forceCloseConnections: true,
    http: { maxHeaderSize: PAGE_LIMITS.headerBytes },
    logger: false,
    frameworkErrors: (error, request, reply) =>
      void refuse(options, request as FastifyRequest, reply as unknown as FastifyReply, error),
  })
  server.server.maxConnections = PAGE_LIMITS.connections
  server.removeAllContentTypeParsers()
  server.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'buffer' },
    (_request, body, done) => {
      const fields = parseFormBody(body as Buffer)
      if (fields) done(null, fields)
      else done(new PageRefusal(400))
    },
  )
  server.addHook('onRequest', async (request, reply) => {
    reply.headers(PAGE_HEADERS)
    guard(request)
  })
  server.setErrorHandler((error, request, reply) => refuse(options, request, reply, error))
  server.setNotFoundHandler((request, reply) =>
    refuse(options, request, reply, new PageRefusal(request.method === 'POST' ? 405 : 404)),
  )
  server.get<{ Params: { name: string } }>('/assets/:name', async (request, reply) => {
    const asset = options.assets.find(request.params.name)
    if (!asset) throw new PageRefusal(404)
    return reply
      .header('Cache-Control', 'public, max-age=31536000, immutable')
      .type(asset.type)
      .send(asset.body)
  })
  return server
}

function guard(request: FastifyRequest): void {
  const { host, origin, 'sec-fetch-site': site } = request.headers
  if (!isOwnHost(host, request.raw.socket.localPort ?? 0)) throw new PageRefusal(421)
  if (request.method === 'GET' || request.method === 'HEAD') return
  if (request.method !== 'POST') throw new PageRefusal(405)
  const own =
    site === undefined ? origin === `http://${host}` || origin === `https://${host}` : site === 'same-origin'
  if (!own) throw new PageRefusal(403)
}

function refuse(options: PageServer, request: FastifyRequest, reply: FastifyReply, error: unknown) {
  const refusal = asPageRefusal(error)
  const failure = reportable(error)
  if (failure) options.report(failure, request.id)
  if (refusal.status === 405) reply.header('Allow', 'GET, HEAD')
  if (refusal.status === 503) reply.header('Retry-After', '5')
  return options.refused(request, reply.headers(PAGE_HEADERS).code(refusal.status), refusal)
}
