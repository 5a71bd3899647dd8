import { type EndpointUrn, parseHandoffId, parseMessageId } from '#core/ids.ts'
import { LIMITS } from '#core/limits.ts'
import type { Publication } from './build-content.ts'
import { Catalogue } from './catalogue.ts'
import type { ConnectionPorts } from './connection-ports.ts'
import type { Duty, HandoffForRecipient, HandoffForSender, MessageStatus } from './gateway-answers.ts'
import type { Handoff } from './open-handoff.ts'
import { type Inbox, Receiver, type Refused } from './receiver.ts'
import { asSchakelErrors, SchakelError } from './sdk-error.ts'
import { Sender, type SendOptions } from './sender.ts'
import { withRetry } from './with-retry.ts'

/** Acknowledgements and approvals carry no data of a case. */
const SERVICE_CONTEXT = { regime: 'GDPR', handling: 'GREEN' }
const AUTOMATED = { actor: 'schakel-sdk', role: 'system', automated: true }

export interface ApprovalAnswer {
  readonly granted: boolean
  /** Person and role: four eyes are about them. */
  readonly actor: string
  readonly role: string
  readonly reason?: string
  /** ms or RFC 3339; default: as long as the request allows. */
  readonly until?: number | string
}

/** One endpoint of a partner, connected. Every method throws SchakelError and nothing else. */
export class Connection {
  /** The endpoint this connection speaks for. */
  readonly urn: EndpointUrn
  readonly exchange: EndpointUrn
  /** Types, codes and routes in words. */
  readonly catalogue: Catalogue
  readonly #ports: ConnectionPorts
  readonly #sender: Sender
  readonly #receiver: Receiver

  constructor(urn: EndpointUrn, exchange: EndpointUrn, ports: ConnectionPorts) {
    this.urn = urn
    this.exchange = exchange
    this.#ports = ports
    this.catalogue = new Catalogue(urn, ports.directory)
    this.#sender = new Sender(urn, exchange, ports)
    this.#receiver = new Receiver(urn, ports)
  }

  /**
   * Signs, seals, stores the sealed bytes, sends them, waits for the answer. After an error that is `retryable` the bytes
   * are still in the outbox: `again(id)`, `flush()`, or the same call with the same `id` sends exactly them.
   */
  publish(type: string, publication: Publication & SendOptions): Promise<MessageStatus> {
    return asSchakelErrors(() => this.#sender.publish(type, publication))
  }

  /** Sends the stored bytes of a message again; the exchange knows the repeat and answers as before. */
  again(id: string, options: SendOptions = {}): Promise<MessageStatus> {
    return asSchakelErrors(() => this.#sender.again(parseMessageId(id, '/id'), options))
  }

  /** Sends what is still without an outcome, one after the other; gives their statuses. */
  flush(options: SendOptions = {}): Promise<readonly MessageStatus[]> {
    return asSchakelErrors(() => this.#sender.flush(options))
  }

  /** What became of a message; waits up to `wait` seconds (0 to 30) for an answer. */
  status(id: string, wait = 0): Promise<MessageStatus> {
    return asSchakelErrors(() => this.#sender.status(parseMessageId(id, '/id'), wait))
  }

  /** A hand-off this partner sent, with its reasons, or received. */
  handoff(id: string): Promise<HandoffForSender | HandoffForRecipient> {
    return asSchakelErrors(() => {
      const { client, retry } = this.#ports
      const path = `/v1/handoffs/${parseHandoffId(id, '/handoff')}`
      return withRetry(this.#ports, retry, () =>
        client.json<HandoffForSender | HandoffForRecipient>({ path }),
      )
    })
  }

  /** Deadlines of a hand-off this partner sent or received: its own, and by when it is owed an answer. */
  duties(id: string): Promise<readonly Duty[]> {
    return asSchakelErrors(async () => {
      const { client, retry } = this.#ports
      const path = `/v1/handoffs/${parseHandoffId(id, '/handoff')}/duties`
      const answer = await withRetry(this.#ports, retry, () =>
        client.json<{ readonly duties: readonly Duty[] }>({ path }),
      )
      return answer.duties
    })
  }

  /** Hand-offs to this endpoint after the cursor, opened and verified; one that does not hold is told in `refused`. */
  inbox(after?: string, limit: number = LIMITS.inboxPageMax): Promise<Inbox> {
    return asSchakelErrors(() => this.#receiver.inbox(after, limit))
  }

  /**
   * Hand-offs to this endpoint as they are released, opened and verified, until the signal aborts; reconnects by itself and
   * resumes after the last one it gave. `after`: a cursor, `now`, or nothing for all that is still readable. One that does not
   * hold is told to `refused` and passed over; without it, it ends the stream with its error.
   */
  stream(signal: AbortSignal, after?: string, refused?: (refusal: Refused) => void): AsyncGenerator<Handoff> {
    return this.#receiver.stream(signal, after, refused)
  }

  /** Opens and verifies one sealed hand-off, wherever it came from (push delivery, Kafka). */
  open(jwe: string): Promise<Handoff> {
    return asSchakelErrors(() => this.#receiver.open(jwe))
  }

  /** Says to the exchange that exactly this was received. */
  acknowledge(handoff: Handoff, options: SendOptions = {}): Promise<MessageStatus> {
    return this.publish('acknowledged', {
      ...options,
      to: [],
      subject: handoff.handoff,
      data: { handOff: handoff.handoff, sdHash: handoff.sdHash },
      context: SERVICE_CONTEXT,
      preparedBy: AUTOMATED,
    })
  }

  /** Answers a request for approval for exactly what was shown with it. */
  approve(request: Handoff, answer: ApprovalAnswer, options: SendOptions = {}): Promise<MessageStatus> {
    const { approval } = request
    if (!approval)
      return Promise.reject(new SchakelError('MSG_APPROVAL', { detail: 'not a request for approval' }))
    const { granted, actor, role, reason = null } = answer
    const until = new Date(answer.until ?? approval.until).toISOString().replace(/\.[0-9]{3}Z$/, 'Z')
    const { handOff, guard } = approval
    return this.publish('approval.given', {
      ...options,
      to: [],
      subject: handOff,
      data: { handOff, digest: request.sdHash, guard, until, granted, actor, role, reason },
      context: SERVICE_CONTEXT,
      preparedBy: { actor, role, automated: false },
    })
  }

  close(): void {
    this.#ports.client.close()
  }
}
