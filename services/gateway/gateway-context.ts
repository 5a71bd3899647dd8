import type { Server } from 'node:https'
import type { TLSSocket } from 'node:tls'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { TokenBuckets } from '#adapters/http/token-buckets.ts'
import { fail } from '#core/failure.ts'
import { LIMITS } from '#core/limits.ts'
import { Identities, type Identity } from './identity.ts'
import { Places } from './places.ts'
import type { GatewayPorts } from './ports.ts'

export type Gateway = FastifyInstance<Server>
export type GatewayRequest = FastifyRequest

const ACCEPTED_KEPT = 10_000

/** What one gateway remembers between requests: who is connected, how fast, and what it has accepted but nobody answered yet. */
export class GatewayContext {
  readonly ports: GatewayPorts
  /** Aborts when the gateway stops. */
  readonly signal: AbortSignal
  readonly #identities: Identities
  readonly #buckets: TokenBuckets
  readonly #known = new WeakMap<GatewayRequest, Identity>()
  readonly #accepted = new Set<string>()
  readonly #streams = new Places(LIMITS.streamsPerPartnerMax)
  readonly #waits = new Places(LIMITS.waitsPerPartnerMax)

  constructor(ports: GatewayPorts, signal: AbortSignal) {
    this.ports = ports
    this.signal = signal
    this.#identities = new Identities(ports)
    this.#buckets = new TokenBuckets(
      ports.clock,
      ports.requestsPerSecond ?? LIMITS.requestsPerPartnerPerSecond,
    )
  }

  identify(request: GatewayRequest): Promise<Identity> {
    return this.#identities.identify(request.raw.socket as TLSSocket)
  }

  /** Lets a request in: identity first, then its partner's rate. Throws `PEER_…`. */
  async admit(request: GatewayRequest): Promise<void> {
    const identity = await this.identify(request)
    if (!this.#buckets.take(identity.partner.oin)) fail('PEER_RATE')
    this.#known.set(request, identity)
  }

  /** Open paths: a rate per address. */
  admitAnybody(request: GatewayRequest): void {
    if (!this.#buckets.take(request.ip)) fail('PEER_RATE')
  }

  identityOf(request: GatewayRequest): Identity {
    const identity = this.#known.get(request)
    if (!identity) return fail('BUG_INVARIANT', undefined, 'request was not admitted')
    return identity
  }

  rememberAccepted(identity: Identity, id: string): void {
    this.#accepted.add(`${identity.partner.oin} ${id}`)
    if (this.#accepted.size <= ACCEPTED_KEPT) return
    for (const oldest of this.#accepted) {
      this.#accepted.delete(oldest)
      return
    }
  }

  wasAccepted(identity: Identity, id: string): boolean {
    return this.#accepted.has(`${identity.partner.oin} ${id}`)
  }

  /** Takes one of the partner's streams; call the answer to give it back. Throws `PEER_RATE`. */
  takeStream(identity: Identity): () => void {
    return this.#streams.take(identity.partner.oin) ?? fail('PEER_RATE')
  }

  /** Takes one of the partner's places to wait for an outcome; undefined: it must come back and ask. */
  takeWait(identity: Identity): (() => void) | undefined {
    return this.#waits.take(identity.partner.oin)
  }
}
