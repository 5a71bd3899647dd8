import { join } from 'node:path'
import { type EndpointUrn, oinOf, parseEndpointUrn } from '#core/ids.ts'
import type { Clock } from '#core/ports/clock.ts'
import type { Random } from '#core/ports/random.ts'
import { Connection } from './connection.ts'
import { Directory } from './directory.ts'
import { GatewayClient } from './gateway-client.ts'
import { Outbox } from './outbox.ts'
import { readIdentity } from './read-identity.ts'
import { asSchakelErrors } from './sdk-error.ts'
import { systemClock, systemRandom } from './system-ports.ts'
import { type Tracing, UNTRACED } from './tracing.ts'
import { RETRY, type RetryPolicy } from './with-retry.ts'

export type { Connection }

const EXCHANGE = 'urn:nld:oin:00000099000000000001:systeem:schakel'

export interface ConnectOptions {
  /** https address of the gateway. */
  readonly gateway: string
  /** Folder with this partner's certificates and keys (`schakel pki`). */
  readonly identity: string
  /** Name of the own endpoint, e.g. `meldpunt`. */
  readonly endpoint: string
  /** Folder whose tls certificate connects: that of a carrier, for a body without a connection of its own. */
  readonly tls?: string
  /** Endpoint (urn) of a carried body without a key of its own: what it says is signed by this partner, its carrier. */
  readonly speaksFor?: string
  /** Endpoints (urns) of bodies without a connection that this partner carries: their hand-offs arrive here, sealed to it. */
  readonly carries?: readonly string[]
  /** Folder for sealed messages without outcome; default `outbox` in the identity folder. */
  readonly outbox?: string
  /** urn of the exchange; only its own certificate may answer. */
  readonly exchange?: string
  readonly language?: 'nl' | 'en'
  readonly retry?: RetryPolicy
  readonly clock?: Clock
  readonly random?: Random
  /** Told of each message sent and each hand-off received; none by default. */
  readonly tracing?: Tracing
}

/** Connects one endpoint of a partner. Reads the keys and makes sure that the exchange answers. Throws SchakelError. */
export function connect(options: ConnectOptions): Promise<Connection> {
  return asSchakelErrors(async () => {
    const clock = options.clock ?? systemClock
    const random = options.random ?? systemRandom
    const exchange: EndpointUrn = parseEndpointUrn(options.exchange ?? EXCHANGE, '/exchange')
    const identity = await readIdentity(options.identity, clock.now(), options.tls)
    const own = `urn:nld:oin:${identity.oin}:systeem:${options.endpoint}`
    const urn = parseEndpointUrn(options.speaksFor ?? own, '/endpoint')
    const client = new GatewayClient(options.gateway, identity, oinOf(exchange), options.language ?? 'nl')
    const directory = new Directory(client, identity.ca, exchange, clock)
    const outbox = new Outbox(options.outbox ?? join(options.identity, 'outbox'))
    await directory.keys()
    const carries = new Set((options.carries ?? []).map((each) => parseEndpointUrn(each, '/carries')))
    const retry = options.retry ?? RETRY
    const tracing = options.tracing ?? UNTRACED
    const ports = { client, directory, outbox, identity, carries, clock, random, retry, tracing }
    return new Connection(urn, exchange, ports)
  })
}
