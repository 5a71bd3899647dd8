import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyReply } from 'fastify'
import Fastify from 'fastify'
import { problemOf, retryAfterOf, statusOf } from '#adapters/http/problem.ts'
import { SECURITY_HEADERS } from '#adapters/http/security-headers.ts'
import { serverTlsOptions } from '#adapters/http/tls-preset.ts'
import { asFailure, Failure } from '#core/failure.ts'
import { languageOf } from '#core/language.ts'
import { LIMITS } from '#core/limits.ts'
import { uuidV4 } from '#core/uuid-v4.ts'
import { controlRoutes } from './control-routes.ts'
import { type Gateway, GatewayContext, type GatewayRequest } from './gateway-context.ts'
import { inboxRoutes } from './inbox-routes.ts'
import { messageRoutes } from './message-routes.ts'
import { openRoutes } from './open-routes.ts'
import { allowedMethods } from './openapi.ts'
import type { GatewayPorts } from './ports.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** No client certificate needed. */
    open?: boolean
  }
}

const REQUEST_TIMEOUT_MS = 30_000
const CONNECTIONS_MAX = 1024
const HEADER_BYTES_MAX = 16 * 1024

interface Refusal {
  readonly failure: Failure
  readonly status: number
}

/** Errors of the HTTP layer as failures of ours; whatever else is thrown is a bug. */
function refusalOf(error: unknown): Refusal {
  if (error instanceof Failure) return { failure: error, status: statusOf(error.code) }
  const { code, statusCode } = error as { code?: string; statusCode?: number }
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return { failure: new Failure('MSG_SIZE', '/'), status: 413 }
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE')
    return { failure: new Failure('MSG_FRAMING', '/content-type'), status: 415 }
  if (statusCode === 503) return { failure: new Failure('OPS_LOG_UNAVAILABLE'), status: 503 }
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500)
    return { failure: new Failure('MSG_FRAMING'), status: statusCode }
  const failure = asFailure(error)
  return { failure, status: statusOf(failure.code) }
}

function refuse(ports: GatewayPorts, request: GatewayRequest, reply: FastifyReply, refusal: Refusal): void {
  const { failure, status } = refusal
  if (status >= 500) ports.report(failure, request.id)
  const language = languageOf(request.headers['accept-language'])
  const retryAfter = retryAfterOf(status)
  if (retryAfter) reply.header('Retry-After', retryAfter)
  if (status === 413) reply.header('Connection', 'close')
  const problem = problemOf(failure, { id: request.id, language, status })
  void reply
    .headers(SECURITY_HEADERS)
    .code(status)
    .type('application/problem+json')
    .send(JSON.stringify(problem))
}

/** What is no HTTP at all, or has headers without end: a problem too, and the connection is over. */
function refuseConnection(ports: GatewayPorts, error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : 400
  const id = uuidV4(ports.random.bytes(16))
  const body = JSON.stringify(problemOf(new Failure('MSG_FRAMING'), { id, language: 'en', status }))
  const headers = {
    ...SECURITY_HEADERS,
    'Content-Type': 'application/problem+json',
    'Content-Length': String(Buffer.byteLength(body)),
    Connection: 'close',
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  socket.end([`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, '', body].join('\r\n'))
}

/** Every request is named, carries the headers of the ADR, and is admitted before its body is read. */
function guard(gateway: Gateway, context: GatewayContext): void {
  gateway.addHook('onRequest', async (request, reply) => {
    reply.headers(SECURITY_HEADERS)
    if (request.is404) return
    if (request.routeOptions.config.open === true) context.admitAnybody(request)
    else await context.admit(request)
  })
  gateway.setErrorHandler((error, request, reply) => refuse(context.ports, request, reply, refusalOf(error)))
  gateway.setNotFoundHandler((request, reply) => {
    const allowed = allowedMethods(request.url.split('?')[0] ?? '')
    if (allowed.length > 0) reply.header('Allow', allowed.join(', '))
    const status = allowed.length > 0 ? 405 : 404
    refuse(context.ports, request, reply, { failure: new Failure('OPS_NOT_FOUND'), status })
  })
}

/** The gateway's HTTP side (design §8): https with mTLS; `signal` ends streams and waits when it stops. */
export function buildServer(ports: GatewayPorts, signal: AbortSignal): Gateway {
  const gateway = Fastify({
    https: { ...serverTlsOptions(ports.tls), maxHeaderSize: HEADER_BYTES_MAX },
    bodyLimit: LIMITS.jwePerItemBytesMax,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    genReqId: () => uuidV4(ports.random.bytes(16)),
    logger: false,
    clientErrorHandler: (error, socket) => refuseConnection(ports, error, socket),
    frameworkErrors: (error, request, reply) =>
      refuse(ports, request as GatewayRequest, reply as unknown as FastifyReply, refusalOf(error)),
  })
  gateway.server.maxConnections = CONNECTIONS_MAX
  gateway.removeAllContentTypeParsers()
  const context = new GatewayContext(ports, signal)
  guard(gateway, context)
  openRoutes(gateway, context)
  controlRoutes(gateway, context)
  messageRoutes(gateway, context)
  inboxRoutes(gateway, context)
  return gateway
}
