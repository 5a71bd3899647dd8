import type { Gateway, GatewayContext } from './gateway-context.ts'
import { openApi } from './openapi.ts'
import { readiness } from './readiness.ts'

const OPEN = { config: { open: true } } as const

/** Paths that need no client certificate: the contract, health, and the tile log that anybody may audit. */
export function openRoutes(gateway: Gateway, context: GatewayContext): void {
  const { ports } = context

  gateway.get('/v1/openapi.json', OPEN, (_request, reply) =>
    reply.header('Access-Control-Allow-Origin', '*').send(openApi()),
  )
  gateway.get('/healthz', OPEN, () => ({ status: 'ok' }))
  gateway.get('/readyz', OPEN, async (_request, reply) => {
    const { ready, body } = await readiness(ports)
    if (!ready) reply.header('Retry-After', '1')
    return reply.code(ready ? 200 : 503).send(body)
  })
  gateway.get<{ Params: { '*': string } }>('/ledger/*', OPEN, async (request, reply) => {
    const answer = await ports.tiles(`/${request.params['*']}`)
    return reply.code(answer.status).headers(answer.headers).send(Buffer.from(answer.body))
  })
}
