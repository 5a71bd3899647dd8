import type { ServiceKey } from '#core/decision/epoch.ts'
import { fail } from '#core/failure.ts'
import type { Gateway, GatewayContext } from './gateway-context.ts'

const THUMBPRINT = /^[A-Za-z0-9_-]{43}$/
const PEM = 'application/pem-certificate-chain'

const publicKey = ({ kid, jwk, from, until }: ServiceKey) => ({
  kid,
  jwk,
  from: new Date(from).toISOString(),
  until: new Date(until).toISOString(),
})

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

  gateway.get<{ Params: { vct: string } }>('/v1/types/:vct', (request, reply) => {
    for (const type of control.current().epoch.types.values())
      if (type.vct === request.params.vct) return reply.type('application/json').send(type.text)
    return fail('OPS_NOT_FOUND')
  })
}
