import type { FastifyReply } from 'fastify'
import { Failure, fail } from '#core/failure.ts'
import { parseHandoffId, parseMessageId } from '#core/ids.ts'
import { LIMITS } from '#core/limits.ts'
import { parseTraceparent } from '#core/message/trace-context.ts'
import type { MessageStatus } from '#core/ports/view.ts'
import { acceptMessage } from './accept-message.ts'
import type { Gateway, GatewayContext, GatewayRequest } from './gateway-context.ts'
import type { Accepted } from './ports.ts'
import { type OuterAttributes, readAttributes } from './read-attributes.ts'
import { bodyLimitOf, checkFraming, readBody } from './read-body.ts'
import { findMessage, readDuties, readHandoff, readMessage } from './read-status.ts'
import { preferredWait, waitFor } from './wait-for.ts'

interface Submission {
  readonly attributes: OuterAttributes
  readonly body: Uint8Array
}

const accepted = (id: string) => ({ id, state: 'accepted', at: null, error: null, handoffs: [] })

/** Aborts when the gateway stops or the partner hangs up. */
function whileConnected(context: GatewayContext, reply: FastifyReply): AbortSignal {
  const gone = new AbortController()
  reply.raw.once('close', () => gone.abort())
  return AbortSignal.any([context.signal, gone.signal])
}

/** The outcome when there is one, waiting as the request prefers and as long as its partner has a place to wait. */
async function findOutcome(
  context: GatewayContext,
  request: GatewayRequest,
  reply: FastifyReply,
  look: () => MessageStatus | undefined,
  seconds: number,
) {
  const giveBack = seconds > 0 ? context.takeWait(context.identityOf(request)) : undefined
  if (!giveBack) return look()
  try {
    return await waitFor(context.ports, look, seconds * 1000, whileConnected(context, reply))
  } finally {
    giveBack()
  }
}

/** Answers 200 with the outcome; false when there is none yet. */
async function answerOutcome(
  context: GatewayContext,
  request: GatewayRequest,
  reply: FastifyReply,
  look: () => MessageStatus | undefined,
): Promise<boolean> {
  const seconds = preferredWait(request.headers['prefer'], LIMITS.waitPreferSecondsMax)
  const status = await findOutcome(context, request, reply, look, seconds)
  if (!status) return false
  if (seconds > 0) reply.header('Preference-Applied', `wait=${seconds}`)
  await reply.send(await readMessage(context.ports, status))
  return true
}

/** A sender's trace ends here, as a link: the log, the outcome and the recipient never see it. */
function observe(
  context: GatewayContext,
  request: GatewayRequest,
  { source, id, partition, start }: Omit<Accepted, 'end' | 'link'>,
): void {
  const { observe: observer, clock } = context.ports
  if (!observer) return
  const named = request.headers['ce-traceparent']
  const link = parseTraceparent(named)
  if (named !== undefined && !link) observer.traceIgnored()
  observer.accepted({ source, id, partition, start, end: clock.now(), link })
}

async function postMessage(context: GatewayContext, request: GatewayRequest, reply: FastifyReply) {
  const { attributes, body } = request.body as Submission
  const identity = context.identityOf(request)
  const start = context.ports.clock.now()
  const { partition, position } = await acceptMessage(context.ports, identity, attributes, body)
  observe(context, request, { ...attributes, partition, start })
  context.rememberAccepted(identity, attributes.id)
  reply.header('Location', `/v1/messages/${attributes.id}`)
  if (
    preferredWait(request.headers['prefer'], 1) > 0 &&
    (await answerOutcome(context, request, reply, () => context.ports.view.answerTo(partition, position)))
  )
    return reply
  return reply.code(202).send(accepted(attributes.id))
}

/** Ids in paths: what does not parse is not found. */
function found<T>(parse: (value: unknown, pointer: string) => T, value: unknown): T {
  try {
    return parse(value, '/id')
  } catch (error) {
    if (error instanceof Failure && error.code === 'MSG_CLAIM') return fail('OPS_NOT_FOUND')
    throw error
  }
}

export function messageRoutes(gateway: Gateway, context: GatewayContext): void {
  gateway.addContentTypeParser('application/jose', async (request: GatewayRequest): Promise<Submission> => {
    const attributes = readAttributes(request.headers)
    const body = await readBody(
      request.raw,
      bodyLimitOf(context.ports.control.current().epoch, attributes.type),
    )
    checkFraming(body)
    return { attributes, body }
  })
  gateway.post('/v1/messages', (request, reply) => {
    if (request.body === undefined) throw new Failure('MSG_FRAMING', '/')
    return postMessage(context, request, reply)
  })
  gateway.get<{ Params: { id: string } }>('/v1/messages/:id', async (request, reply) => {
    const id = found(parseMessageId, request.params.id)
    const look = () => findMessage(context.ports, context.identityOf(request), id)
    if (await answerOutcome(context, request, reply, look)) return reply
    if (context.wasAccepted(context.identityOf(request), id)) return accepted(id)
    return fail('OPS_NOT_FOUND')
  })
  gateway.get<{ Params: { id: string } }>('/v1/handoffs/:id', (request) =>
    readHandoff(context.ports, context.identityOf(request), found(parseHandoffId, request.params.id)),
  )
  gateway.get<{ Params: { id: string } }>('/v1/handoffs/:id/duties', async (request) =>
    readDuties(context.ports, context.identityOf(request), found(parseHandoffId, request.params.id)),
  )
}
