import { fail } from '#core/failure.ts'
import { schemaDigest } from '#core/message/schema-digest.ts'
import type { RegisteredSchema, SchemaRegistry } from '#core/ports/schema-registry.ts'
import { MESSAGE_SCHEMAS } from '#schemas/generated/message-types.ts'
import { PUBLISHED } from '#schemas/generated/published.ts'
import { EARLIER_RECORD_SCHEMAS, RECORD_SCHEMAS } from '#schemas/generated/record-schemas.ts'

/** A line of `schemas/published.txt`. */
export interface PublishedSchema {
  readonly id: number
  readonly name: string
  readonly sha256: string
}

const TEXTS: ReadonlyMap<string, string> = new Map([
  ...[...Object.values(RECORD_SCHEMAS), ...EARLIER_RECORD_SCHEMAS].map(
    (schema) => [schema.name, schema.text] as const,
  ),
  ...Object.entries(MESSAGE_SCHEMAS).map(([name, schema]) => [name, schema.text] as const),
])

/** The registry of an installation without one: a lookup in what this build publishes (design §8). */
export function embeddedRegistry(
  published: readonly PublishedSchema[] = PUBLISHED,
  texts: ReadonlyMap<string, string> = TEXTS,
): SchemaRegistry {
  const byId = new Map(published.map((row) => [row.id, row]))
  const byName = new Map(published.map((row) => [row.name, row]))
  const checked = new Map<number, RegisteredSchema>()

  /** A text whose digest is not the published one would give old records a new meaning. */
  const registered = (row: PublishedSchema | undefined): RegisteredSchema => {
    if (!row) return fail('OPS_REGISTRY')
    const known = checked.get(row.id)
    if (known) return known
    const text = texts.get(row.name)
    if (text === undefined || schemaDigest(text) !== row.sha256) return fail('OPS_REGISTRY', `/${row.name}`)
    const made: RegisteredSchema = { id: row.id, text, sha256: row.sha256 }
    checked.set(row.id, made)
    return made
  }

  return {
    byName: async (name) => registered(byName.get(name)),
    byId: async (id) => registered(byId.get(id)),
  }
}
