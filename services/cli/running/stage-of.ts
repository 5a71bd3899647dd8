/** The partners of a data directory as the story sees them: a connection each, with its own keys, and what reached it. */
import { join } from 'node:path'
import { fail } from '#core/failure.ts'
import { oinOf, parseEndpointUrn } from '#core/ids.ts'
import { type Connection, connect } from '#sdk/connect.ts'
import type { Handoff } from '#sdk/open-handoff.ts'
import type { Stage } from '#services/story/play-case.ts'
import type { Store } from '../open-store.ts'
import { Reader } from './reader.ts'

export interface OpenStage extends Stage {
  close(): Promise<void>
}

/** Each reader follows its own event stream (`GET /v1/stream`) from the moment it first acts. */
export function openStage(store: Store, gateway: string): OpenStage {
  return new PartnersStage(store, gateway)
}

class PartnersStage implements OpenStage {
  readonly #store: Store
  readonly #gateway: string
  readonly #stopping = new AbortController()
  readonly #readers = new Map<string, Promise<Reader>>()
  /** Bodies that speak through their carrier, which reads for them. */
  readonly #bodies = new Map<string, Promise<Connection>>()

  constructor(store: Store, gateway: string) {
    this.#store = store
    this.#gateway = gateway
  }

  get #endpoints() {
    return [...this.#store.control.current().epoch.endpoints.values()]
  }

  urnOf(ref: string): string {
    const [partner, name] = ref.split('/')
    const endpoint = this.#endpoints.find((one) => one.partner === partner && one.name === name)
    return endpoint?.urn ?? fail('OPS_NOT_FOUND', undefined, `endpoint ${ref}`)
  }

  refOf(urn: string): string {
    const endpoint = this.#endpoints.find((one) => one.urn === urn)
    return endpoint ? `${endpoint.partner}/${endpoint.name}` : urn
  }

  readerOf(ref: string): string {
    const oin = oinOf(parseEndpointUrn(this.urnOf(ref), '/to'))
    const via = this.#store.control.current().epoch.partners.get(oin)?.via ?? null
    const carrier = via === null ? undefined : this.#endpoints.find((one) => one.partner === via)
    return carrier ? `${carrier.partner}/${carrier.name}` : ref
  }

  async connection(ref: string): Promise<Connection> {
    if (this.readerOf(ref) === ref) return (await this.#reader(ref)).connection
    const known = this.#bodies.get(ref) ?? this.#connect(ref)
    this.#bodies.set(ref, known)
    return known
  }

  careless(ref: string): Promise<Connection> {
    return this.#connect(ref, 'outbox-other')
  }

  async received(ref: string, handoff: string, ms: number): Promise<Handoff | undefined> {
    return (await this.#reader(this.readerOf(ref))).arrival((one) => one.handoff === handoff, ms)
  }

  async requested(ref: string, held: string, guard: string, ms: number): Promise<Handoff | undefined> {
    const asks = ({ approval }: Handoff) => approval?.handOff === held && approval.guard === guard
    return (await this.#reader(ref)).arrival(asks, ms)
  }

  elapsed(): number {
    return performance.now()
  }

  now(): number {
    return this.#store.clock.now()
  }

  async close(): Promise<void> {
    this.#stopping.abort()
    for (const reader of await Promise.allSettled(this.#readers.values())) {
      if (reader.status === 'fulfilled') await reader.value.close()
    }
    for (const body of await Promise.allSettled(this.#bodies.values())) {
      if (body.status === 'fulfilled') body.value.close()
    }
  }

  #reader(ref: string): Promise<Reader> {
    const known = this.#readers.get(ref) ?? this.#open(ref)
    this.#readers.set(ref, known)
    return known
  }

  async #open(ref: string): Promise<Reader> {
    return new Reader(await this.#connect(ref), this.#stopping.signal)
  }

  #connect(ref: string, outbox = 'outbox'): Promise<Connection> {
    const [partner, endpoint] = ref.split('/')
    if (!partner || !endpoint) return fail('OPS_NOT_FOUND', undefined, `endpoint ${ref}`)
    const [carrier = partner] = this.readerOf(ref).split('/')
    const identity = join(this.#store.paths.partners, carrier)
    const speaksFor = carrier === partner ? {} : { speaksFor: this.urnOf(ref) }
    const carries = this.#endpoints
      .filter((one) => this.refOf(one.urn) !== ref && this.readerOf(this.refOf(one.urn)) === ref)
      .map((one) => one.urn)
    const [gateway, { clock }] = [this.#gateway, this.#store]
    return connect({
      clock,
      gateway,
      identity,
      endpoint,
      ...speaksFor,
      carries,
      outbox: join(identity, outbox),
    })
  }
}
