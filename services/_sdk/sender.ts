import { fail } from '#core/failure.ts'
import { type EndpointUrn, type MessageId, parseMessageId } from '#core/ids.ts'
import { LIMITS } from '#core/limits.ts'
import { uuidV4 } from '#core/uuid-v4.ts'
import { buildContent, type Publication } from './build-content.ts'
import type { ConnectionPorts } from './connection-ports.ts'
import type { MessageStatus } from './gateway-answers.ts'
import type { Outgoing } from './outbox.ts'
import { SchakelError } from './sdk-error.ts'
import { signAndSeal } from './sign-and-seal.ts'
import { traceHeader } from './tracing.ts'
import { withRetry } from './with-retry.ts'

const WAIT_SECONDS = 5
const ANSWER_MARGIN_MS = 15_000

export interface SendOptions {
  /** Seconds to wait for the answer, 0 to 30; default 5. */
  readonly wait?: number
  /** Keep the sealed bytes after the outcome, for `again`. */
  readonly keep?: boolean
}

/** The way out: sign, seal, store, send, ask what became of it. The same bytes go out however often they must. */
export class Sender {
  readonly #urn: EndpointUrn
  readonly #exchange: EndpointUrn
  readonly #ports: ConnectionPorts

  constructor(urn: EndpointUrn, exchange: EndpointUrn, ports: ConnectionPorts) {
    this.#urn = urn
    this.#exchange = exchange
    this.#ports = ports
  }

  /** A message with this id that still waits in the outbox is sent as it was stored: `publication` is then not looked at. */
  async publish(type: string, publication: Publication & SendOptions): Promise<MessageStatus> {
    const { clock, random, directory, outbox } = this.#ports
    const id = parseMessageId(publication.id ?? uuidV4(random.bytes(16)), '/id')
    const waiting = await outbox.get(id)
    if (waiting) return this.send(waiting, publication)
    const schema = await (type.startsWith('nl.schakel.') ? directory.type(type) : directory.typeNamed(type))
    const from = { iss: this.#urn, exchange: this.#exchange, id, now: clock.now() }
    const outgoing = await signAndSeal(buildContent(publication, schema, from), schema, this.#ports)
    await outbox.put(outgoing)
    return this.send(outgoing, publication)
  }

  async again(id: MessageId, options: SendOptions): Promise<MessageStatus> {
    const { outbox } = this.#ports
    const stored = (await outbox.get(id)) ?? (await outbox.kept(id))
    if (!stored) return fail('OPS_NOT_FOUND', '/id', 'not in the outbox')
    return this.send(stored, { ...options, keep: true })
  }

  async flush(options: SendOptions): Promise<readonly MessageStatus[]> {
    const statuses: MessageStatus[] = []
    for (const id of await this.#ports.outbox.list()) {
      const stored = await this.#ports.outbox.get(id)
      if (stored) statuses.push(await this.send(stored, options))
    }
    return statuses
  }

  async status(id: MessageId, wait: number): Promise<MessageStatus> {
    const { client, retry } = this.#ports
    const call = { path: `/v1/messages/${id}`, ...waitingFor(wait) }
    const status = await withRetry(this.#ports, retry, () => client.json<MessageStatus>(call))
    await this.#settle(id, status, false)
    return status
  }

  send(outgoing: Outgoing, options: SendOptions): Promise<MessageStatus> {
    const { id, attributes } = outgoing
    const about = { message: id, type: attributes['type'] ?? '' }
    return this.#ports.tracing.span('schakel.publish', about, (trace) => this.#send(outgoing, options, trace))
  }

  async #send(outgoing: Outgoing, options: SendOptions, trace: string | undefined): Promise<MessageStatus> {
    const { client, retry, outbox } = this.#ports
    const { attributes, jwe: body, id } = outgoing
    const { headers, timeoutMs } = waitingFor(options.wait ?? WAIT_SECONDS)
    const outer = Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`ce-${name}`, value]))
    const call = {
      method: 'POST',
      path: '/v1/messages',
      body,
      headers: { ...outer, ...headers, ...traceHeader(trace), 'content-type': 'application/jose' },
      timeoutMs,
    } as const
    try {
      const answer = await withRetry(this.#ports, retry, () => client.json<Partial<MessageStatus>>(call))
      const status = { at: null, error: null, handoffs: [], ...answer } as MessageStatus
      await this.#settle(id, status, options.keep ?? false)
      return status
    } catch (error) {
      // Refused at the door for good: these bytes will never do.
      const isFinal = error instanceof SchakelError && !error.retryable && error.code.startsWith('MSG_')
      if (isFinal) await outbox.delete(id)
      throw error
    }
  }

  /** An outcome is known: the bytes have done their work. */
  async #settle(id: MessageId, status: MessageStatus, keep: boolean): Promise<void> {
    if (status.state === 'accepted') return
    if (keep) await this.#ports.outbox.keep(id)
    else await this.#ports.outbox.delete(id)
  }
}

function waitingFor(seconds: number): {
  readonly headers: Record<string, string>
  readonly timeoutMs: number
} {
  const wait = Math.min(LIMITS.waitPreferSecondsMax, Math.max(0, Math.floor(seconds)))
  return { headers: wait > 0 ? { prefer: `wait=${wait}` } : {}, timeoutMs: wait * 1000 + ANSWER_MARGIN_MS }
}
