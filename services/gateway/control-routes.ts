import { codeWords } from '#core/decision/code-words.ts'
import type { Endpoint, Epoch, ServiceKey } from '#core/decision/epoch.ts'
import { routesFrom, sendersTo } from '#core/decision/routes-from.ts'
import { fail } from '#core/failure.ts'
import { type EndpointUrn, parseEndpointUrn } from '#core/ids.ts'
import type { Gateway, GatewayContext } from './gateway-context.ts'

const THUMBPRINT = /^[A-Za-z0-9_-]{43}$/
const PEM = 'application/pem-certificate-chain'

const publicKey = ({ kid, jwk, from, until }: ServiceKey) => ({
  kid,
  jwk,
  from: new Date(from).toISOString(),
  until: new Date(until).toISOString(),
})

/** What may go from an endpoint, and the names of those at the other end of a route from it or to it: nobody else's. */
function routesOf(from: Endpoint, epoch: Epoch, now: number) {
  const routes = routesFrom(from, epoch, now)
  const urns = new Set<EndpointUrn>([from.urn, ...routes.map(({ to }) => to), ...sendersTo(from, epoch, now)])
  const parties = [...urns].map((urn) => {
    const endpoint = epoch.endpoints.get(urn)
    const partner = endpoint && epoch.partners.get(endpoint.oin)
    return {
      urn,
      name: partner?.name ?? urn,
      endpoint: endpoint?.name ?? '',
      country: partner?.country ?? '',
    }
  })
  return { routes, parties }
}

/** What partners read of control: keys to seal to and to check labels with, certificates of senders, message types. */
export function controlRoutes(gateway: Gateway, context: GatewayContext): void {
  const { control } = context.ports

  gateway.get('/v1/keys', () => {
    const { epoch } = control.current()
    const { exchange, number, intakeKeys, labelKeys } = epoch
    const carriers = [...epoch.carriers].map(([body, carrier]) => ({ body, carrier }))
    const [intake, label] = [intakeKeys.map(publicKey), labelKeys.map(publicKey)]
    return { exchange, epoch: number, intake, label, carriers }
  })

  gateway.get<{ Params: { thumbprint: string } }>('/v1/certificates/:thumbprint', async (request, reply) => {
    const { thumbprint } = request.params
    const { epoch } = control.current()
    if (!THUMBPRINT.test(thumbprint) || epoch.revoked.has(thumbprint)) fail('OPS_NOT_FOUND')
    const pem = await control.artefact(`pki/cert/${thumbprint}.pem`)
    if (!pem) fail('OPS_NOT_FOUND')
    return reply.type(PEM).send(Buffer.from(pem))
  })

  gateway.get('/v1/crl', async (_request, reply) => {
    const pem = await control.artefact('pki/crl.pem')
    if (!pem) fail('OPS_NOT_FOUND')
    return reply.type(PEM).send(Buffer.from(pem))
  })

  gateway.get('/v1/types', () => {
    const types = [...control.current().epoch.types.values()].map((type) => ({
      name: type.name,
      vct: type.vct,
      version: type.version,
      sha256: type.sha256,
      dataschema: `https://schakel.example.nl/schemas/${type.vct}`,
      toExchange: type.toExchange,
      answeredBy: type.answeredBy,
      sunset: type.sunset === null ? null : new Date(type.sunset).toISOString(),
      fields: type.fields,
    }))
    return { types }
  })

  gateway.get('/v1/codes', () => ({ codes: codeWords(control.current().epoch) }))

  gateway.get<{ Querystring: { from?: unknown } }>('/v1/routes', (request) => {
    const { epoch } = control.current()
    const from = epoch.endpoints.get(parseEndpointUrn(request.query.from, '/from'))
    if (!from || !context.identityOf(request).oins.has(from.oin)) return fail('OPS_NOT_FOUND')
    return routesOf(from, epoch, context.ports.clock.now())
  })

  gateway.get<{ Params: { vct: string } }>('/v1/types/:vct', (request, reply) => {
    for (const type of control.current().epoch.types.values())
      if (type.vct === request.params.vct) return reply.type('application/json').send(type.text)
    return fail('OPS_NOT_FOUND')
  })
}
