import { createPublicKey } from 'node:crypto'
import type { Certificate, MessageType, ServiceKey } from '#core/decision/epoch.ts'
import { type FailureCode, fail } from '#core/failure.ts'
import { type EndpointUrn, type Oin, parseEndpointUrn, parseOin } from '#core/ids.ts'
import { type Ca, readCertificate } from '#core/message/certificate.ts'
import { type Crl, readCrl, requireCurrentCrl } from '#core/message/crl.ts'
import { parseMessageType } from '#core/message/parse-message-type.ts'
import type { Clock } from '#core/ports/clock.ts'
import type {
  PublishedCode,
  PublishedKey,
  PublishedKeys,
  PublishedRoutes,
  PublishedType,
} from './gateway-answers.ts'
import type { GatewayClient } from './gateway-client.ts'
import { SchakelError } from './sdk-error.ts'

const FRESH_MS = 60_000

interface Kept<T> {
  readonly at: number
  readonly value: Promise<T>
}

export interface ServiceKeys {
  readonly exchange: EndpointUrn
  readonly intake: readonly ServiceKey[]
  readonly label: readonly ServiceKey[]
  /** Body without a key of its own → the partner that signs for it. */
  readonly carriers: ReadonlyMap<Oin, Oin>
}

function serviceKey({ kid, jwk, from, until }: PublishedKey): ServiceKey {
  const key = { key: jwk, format: 'jwk' } as const
  return { kid, jwk, publicKey: createPublicKey(key), from: Date.parse(from), until: Date.parse(until) }
}

/**
 * What the exchange publishes, kept for a minute: keys, types, sender certificates, CRL. The keys are trusted because the
 * TLS peer is the exchange; certificates and CRL only as far as the partner's own anchor signed them.
 */
export class Directory {
  readonly #client: GatewayClient
  readonly #ca: Ca
  readonly #exchange: EndpointUrn
  readonly #clock: Pick<Clock, 'now'>
  readonly #kept = new Map<string, Kept<unknown>>()

  constructor(client: GatewayClient, ca: Ca, exchange: EndpointUrn, clock: Pick<Clock, 'now'>) {
    this.#client = client
    this.#ca = ca
    this.#exchange = exchange
    this.#clock = clock
  }

  keys(): Promise<ServiceKeys> {
    return this.#keep('keys', async () => {
      const keys = await this.#client.json<PublishedKeys>({ path: '/v1/keys' })
      const exchange = parseEndpointUrn(keys.exchange, '/exchange')
      if (exchange !== this.#exchange) fail('MSG_AUD', '/exchange', 'another exchange than the one asked for')
      const carriers = new Map(
        keys.carriers.map(({ body, carrier }) => [
          parseOin(body, '/carriers/body'),
          parseOin(carrier, '/carriers/carrier'),
        ]),
      )
      return { exchange, intake: keys.intake.map(serviceKey), label: keys.label.map(serviceKey), carriers }
    })
  }

  /** The key of a list that is in force longest from now. */
  async current(list: 'intake' | 'label'): Promise<ServiceKey> {
    const now = this.#clock.now()
    const valid = (await this.keys())[list].filter((key) => key.from <= now && now < key.until)
    const [best] = valid.toSorted((a, b) => b.until - a.until)
    return best ?? fail('OPS_KEY', `/${list}`, `the exchange publishes no ${list} key that is in force`)
  }

  type(vct: string): Promise<MessageType> {
    return this.#keep(`type ${vct}`, async () => {
      const path = `/v1/types/${encodeURIComponent(vct)}`
      return parseMessageType(await this.#published(path, 'MSG_SCHEMA'))
    })
  }

  /** The newest version of a type by its name (`tip.feedback`), as published. */
  async typeNamed(name: string): Promise<MessageType> {
    const types = await this.types()
    const [newest] = types.filter((type) => type.name === name).toSorted((a, b) => b.version - a.version)
    return newest ? this.type(newest.vct) : fail('MSG_SCHEMA', '/type', 'no such type is published')
  }

  /** Every type in force. */
  async types(): Promise<readonly PublishedType[]> {
    return (await this.#list<{ types: readonly PublishedType[] }>('/v1/types')).types
  }

  /** Codes of registers in words. */
  async codes(): Promise<readonly PublishedCode[]> {
    return (await this.#list<{ codes: readonly PublishedCode[] }>('/v1/codes')).codes
  }

  /** What may go from an endpoint of one's own, and to whom. */
  routes(from: EndpointUrn): Promise<PublishedRoutes> {
    return this.#list(`/v1/routes?${new URLSearchParams({ from })}`)
  }

  /** A sender's signing certificate, under the partner's own anchor and its CRL, now. */
  async certificate(thumbprint: string): Promise<Certificate> {
    const certificate = await this.#keep(`certificate ${thumbprint}`, async () => {
      const path = `/v1/certificates/${encodeURIComponent(thumbprint)}`
      return readCertificate(await this.#published(path, 'PEER_KEY_UNKNOWN'), this.#ca)
    })
    if (certificate.thumbprint !== thumbprint)
      fail('PEER_KEY_UNKNOWN', undefined, 'another certificate than named')
    const crl = await this.#crl()
    if (crl.serials.has(certificate.serial)) fail('PEER_KEY_REVOKED')
    return certificate
  }

  async #crl(): Promise<Crl> {
    const crl = await this.#keep('crl', async () =>
      readCrl((await this.#client.call({ path: '/v1/crl' })).text, this.#ca),
    )
    requireCurrentCrl(crl, this.#clock.now())
    return crl
  }

  /** Text at a path; what is not published throws `missing`. */
  async #published(path: string, missing: FailureCode): Promise<string> {
    try {
      return (await this.#client.call({ path })).text
    } catch (error) {
      if (error instanceof SchakelError && error.status === 404) fail(missing)
      throw error
    }
  }

  #list<T>(path: string): Promise<T> {
    return this.#keep(path, () => this.#client.json<T>({ path }))
  }

  #keep<T>(name: string, read: () => Promise<T>): Promise<T> {
    const now = this.#clock.now()
    const known = this.#kept.get(name)
    if (known && now - known.at < FRESH_MS && now >= known.at) return known.value as Promise<T>
    const value = read()
    this.#kept.set(name, { at: now, value })
    value.catch(() => {
      if (this.#kept.get(name)?.value === value) this.#kept.delete(name)
    })
    return value
  }
}
