/** The partners of a data directory as the story sees them: a connection each, with its own keys, and what reached it. */
import { join } from 'node:path'
import { fail } from '#core/failure.ts'
import { oinOf, parseEndpointUrn } from '#core/ids.ts'
import type { Connection } from '#sdk/connect.ts'
import { connect } from '#sdk/connect.ts'
import type { Handoff } from '#sdk/open-handoff.ts'
import type { Stage } from '#services/story/play-case.ts'
import type { Store } from '../open-store.ts'

interface Reader {
  readonly connection: Connection
  readonly got: Map<string, Handoff>
  readonly waiting: Set<() => void>
}

export interface OpenStage extends Stage {
  /** Everything that reached anybody, opened: for judges that look for what must not be there. */
  receivedAll(): readonly { readonly reader: string; readonly handoff: Handoff }[]
  close(): Promise<void>
}

/** Each reader follows its own event stream (`GET /v1/stream`) from the moment it first acts. */
export function openStage(store: Store, gateway: string): OpenStage {
  const stopping = new AbortController()
  const readers = new Map<string, Promise<Reader>>()
  const following: Promise<void>[] = []
  const all: { reader: string; handoff: Handoff }[] = []
  const endpoints = () => store.control.current().epoch.endpoints
  const partners = () => store.control.current().epoch.partners

  const urnOf = (ref: string): string => {
    const [partner, name] = ref.split('/')
    for (const endpoint of endpoints().values()) {
      if (endpoint.partner === partner && endpoint.name === name) return endpoint.urn
    }
    return fail('OPS_NOT_FOUND', undefined, `endpoint ${ref}`)
  }
  const refOf = (urn: string): string => {
    const endpoint = endpoints().get(parseEndpointUrn(urn, '/urn'))
    return endpoint ? `${endpoint.partner}/${endpoint.name}` : urn
  }
  const readerOf = (ref: string): string => {
    const partner = partners().get(oinOf(parseEndpointUrn(urnOf(ref), '/to')))
    if (!partner?.via) return ref
    const carrier = [...endpoints().values()].find((endpoint) => endpoint.partner === partner.via)
    return carrier ? `${carrier.partner}/${carrier.name}` : ref
  }

  const follow = async (ref: string, reader: Reader): Promise<void> => {
    for await (const handoff of reader.connection.stream(stopping.signal)) {
      reader.got.set(handoff.handoff, handoff)
      all.push({ reader: ref, handoff })
      for (const wake of reader.waiting) wake()
    }
  }
  const open = async (ref: string): Promise<Reader> => {
    const [partner, endpoint] = ref.split('/')
    if (!partner || !endpoint) return fail('OPS_NOT_FOUND', undefined, ref)
    const identity = join(store.paths.partners, partner)
    const reader: Reader = {
      connection: await connect({ gateway, identity, endpoint }),
      got: new Map(),
      waiting: new Set(),
    }
    following.push(follow(ref, reader).catch(() => {}))
    return reader
  }
  const readerFor = (ref: string): Promise<Reader> => {
    const known = readers.get(ref) ?? open(ref)
    readers.set(ref, known)
    return known
  }

  /** The first hand-off that fits, there already or within `ms`. */
  const arrival = async (
    ref: string,
    fits: (handoff: Handoff) => boolean,
    ms: number,
  ): Promise<Handoff | undefined> => {
    const reader = await readerFor(ref)
    const find = () => [...reader.got.values()].find(fits)
    return (
      find() ??
      new Promise((resolve) => {
        const done = (found: Handoff | undefined) => {
          clearTimeout(timer)
          reader.waiting.delete(look)
          resolve(found)
        }
        const look = () => {
          const found = find()
          if (found) done(found)
        }
        const timer = setTimeout(() => done(undefined), ms)
        reader.waiting.add(look)
      })
    )
  }

  return {
    urnOf,
    refOf,
    readerOf,
    connection: async (ref) => (await readerFor(ref)).connection,
    received: (ref, handoff, ms) => arrival(ref, (one) => one.handoff === handoff, ms),
    requested: (ref, held, guard, ms) =>
      arrival(ref, ({ approval }) => approval?.handOff === held && approval.guard === guard, ms),
    elapsed: () => performance.now(),
    now: () => store.clock.now(),
    receivedAll: () => all,
    async close() {
      stopping.abort()
      for (const reader of await Promise.all(readers.values())) reader.connection.close()
      await Promise.allSettled(following)
    },
  }
}
