import { SECURITY_HEADERS } from '#adapters/http/security-headers.ts'
import { asFailure, fail } from '#core/failure.ts'
import { LIMITS } from '#core/limits.ts'
import { CURSOR_START, formatCursor, parseCursor } from './cursor.ts'
import type { Gateway, GatewayContext, GatewayRequest } from './gateway-context.ts'
import { inboxPage } from './inbox-page.ts'
import { refuseStale } from './readiness.ts'
import { streamInbox } from './stream-inbox.ts'

const LIMIT = /^[1-9][0-9]{0,2}$/
const ENDPOINT = /^[a-z0-9][a-z0-9-]{0,62}$/
const DEFAULT_LIMIT = 50

function readQuery(request: GatewayRequest, allowed: readonly string[]): ReadonlyMap<string, string> {
  const query = new Map<string, string>()
  for (const [name, value] of Object.entries(request.query as Record<string, unknown>)) {
    if (!allowed.includes(name) || typeof value !== 'string') fail('MSG_CLAIM', `/${name}`)
    query.set(name, value)
  }
  return query
}

function readLimit(text: string | undefined): number {
  if (text === undefined) return DEFAULT_LIMIT
  const limit = LIMIT.test(text) ? Number(text) : 0
  return limit >= 1 && limit <= LIMITS.inboxPageMax ? limit : fail('MSG_CLAIM', '/limit')
}

function readEndpoint(text: string | undefined): string | null {
  if (text === undefined) return null
  return ENDPOINT.test(text) ? text : fail('MSG_CLAIM', '/endpoint')
}

/** Where a stream starts: after the last event seen, else after the cursor given, else at the beginning. */
function readStart(context: GatewayContext, request: GatewayRequest, after: string | undefined) {
  const last = request.headers['last-event-id']
  if (typeof last === 'string') return parseCursor(last, '/last-event-id')
  if (after === undefined) return CURSOR_START
  return after === 'now' ? context.ports.view.head() : parseCursor(after, '/after')
}

export function inboxRoutes(gateway: Gateway, context: GatewayContext): void {
  gateway.get('/v1/inbox', async (request) => {
    const query = readQuery(request, ['after', 'limit', 'endpoint'])
    const after = query.get('after')
    const page = await inboxPage(context.ports, {
      identity: context.identityOf(request),
      after: after === undefined ? CURSOR_START : parseCursor(after, '/after'),
      limit: readLimit(query.get('limit')),
      endpoint: readEndpoint(query.get('endpoint')),
    })
    return { items: page.items, next: formatCursor(page.next), more: page.more }
  })

  gateway.get('/v1/stream', (request, reply) => {
    const query = readQuery(request, ['after', 'endpoint'])
    const cursor = readStart(context, request, query.get('after'))
    const endpoint = readEndpoint(query.get('endpoint'))
    refuseStale(context.ports.view)
    const giveBack = context.takeStream(context.identityOf(request))
    const gone = new AbortController()
    const signal = AbortSignal.any([context.signal, gone.signal])
    reply.hijack()
    const response = reply.raw
    response.once('close', () => gone.abort())
    request.raw.socket.setNoDelay(true)
    response.writeHead(200, { ...SECURITY_HEADERS, 'Content-Type': 'text/event-stream' })
    streamInbox(context.ports, response, () => context.identify(request), { cursor, endpoint }, signal)
      .catch((error: unknown) => {
        const failure = asFailure(error)
        const ours = failure.family === 'OPS' || failure.family === 'BUG'
        if (ours && !signal.aborted) context.ports.report(failure, request.id)
      })
      .finally(giveBack)
  })
}
