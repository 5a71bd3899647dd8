/**
 * A Confluent-compatible registry behind an allow-list. All that this build publishes is looked up at the start, by name; after that
 * the registry is asked nothing more: a registry that is down, or turned hostile, does not touch a running service, and an id that
 * nobody published costs no request (the library would ask for it again at every record). What the registry says is taken only
 * when its SHA-256 is the published one.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { asFailure, fail } from '#core/failure.ts'
import { schemaDigest } from '#core/message/schema-digest.ts'
import type { RegisteredSchema, SchemaRegistry } from '#core/ports/schema-registry.ts'
import { PUBLISHED } from '#schemas/generated/published.ts'
import { type ConfluentClient, confluentClient, type RegistryTarget } from './confluent-client.ts'
import type { PublishedSchema } from './embedded.ts'

export interface ConfluentRegistryOptions extends RegistryTarget {
  readonly published?: readonly Pick<PublishedSchema, 'name' | 'sha256'>[]
  /** Stands before each name in the registry's subjects: several installations may share one. */
  readonly subjectPrefix?: string
  /** How long a start waits for a registry that does not answer, with growing pauses. */
  readonly patienceMs?: number
  /** Told of each attempt that failed. */
  readonly report?: (text: string) => void
}

const PATIENCE_MS = 60_000
const FIRST_PAUSE_MS = 200
const LONGEST_PAUSE_MS = 5_000
const AT_ONCE = 4
const MOST_VERSIONS = 64

const digestOf = (text: string): string | undefined => {
  try {
    return schemaDigest(text)
  } catch {
    return undefined
  }
}

/** The latest version is the published one, except after a newer build registered its own: then an older one is. */
async function find(
  client: ConfluentClient,
  subject: string,
  sha256: string,
): Promise<RegisteredSchema | undefined> {
  const tried = new Set<number>()
  const matching = async (id: number): Promise<RegisteredSchema | undefined> => {
    if (tried.has(id)) return undefined
    tried.add(id)
    const text = await client.textOf(id)
    return text !== undefined && digestOf(text) === sha256 ? { id, text, sha256 } : undefined
  }
  const latest = await client.idOf(subject, 'latest')
  if (latest === undefined) return undefined
  const found = await matching(latest)
  if (found) return found
  for (let version = 1; version <= MOST_VERSIONS; version += 1) {
    const id = await client.idOf(subject, version)
    if (id === undefined || id === latest) return undefined
    const older = await matching(id)
    if (older) return older
  }
  return undefined
}

async function lookUpAll(
  client: ConfluentClient,
  options: ConfluentRegistryOptions,
): Promise<ReadonlyMap<string, RegisteredSchema>> {
  const found = new Map<string, RegisteredSchema>()
  const left = [...(options.published ?? PUBLISHED)]
  const work = async () => {
    for (let row = left.pop(); row !== undefined; row = left.pop()) {
      const schema = await find(client, `${options.subjectPrefix ?? ''}${row.name}`, row.sha256)
      if (schema) found.set(row.name, schema)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return found
}

async function patiently(
  client: ConfluentClient,
  options: ConfluentRegistryOptions,
): Promise<ReadonlyMap<string, RegisteredSchema>> {
  const until = Date.now() + (options.patienceMs ?? PATIENCE_MS)
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    try {
      return await lookUpAll(client, options)
    } catch (error) {
      if (Date.now() + pause > until) throw error
      options.report?.(asFailure(error).message)
    }
    await delay(pause)
  }
}

/**
 * Resolves when everything published was looked up; a name the registry does not have, or has in another form, is not there for
 * `byName`. Throws `OPS_REGISTRY` when it does not answer for `patienceMs`, `OPS_CONFIG` for an address that is none.
 */
export async function openConfluentRegistry(options: ConfluentRegistryOptions): Promise<SchemaRegistry> {
  const client = confluentClient(options)
  try {
    const byName = await patiently(client, options)
    const byId = new Map([...byName.values()].map((schema) => [schema.id, schema]))
    return {
      byName: async (name) => byName.get(name) ?? fail('OPS_REGISTRY', `/${name}`, 'not there as published'),
      byId: async (id) => byId.get(id) ?? fail('OPS_REGISTRY', undefined, 'an id that nobody published'),
    }
  } finally {
    client.close()
  }
}
