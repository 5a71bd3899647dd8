import { confluentClient, type RegistryTarget } from '#adapters/schema-registry/confluent-client.ts'
import { fail } from '#core/failure.ts'
import { schemaDigest } from '#core/message/schema-digest.ts'
import { MESSAGE_SCHEMAS } from '#schemas/generated/message-types.ts'
import { PUBLISHED } from '#schemas/generated/published.ts'
import { EARLIER_RECORD_SCHEMAS, RECORD_SCHEMAS } from '#schemas/generated/record-schemas.ts'

export interface RegisterOptions extends RegistryTarget {
  readonly published?: readonly { readonly name: string; readonly sha256: string }[]
  readonly texts?: ReadonlyMap<string, string>
  readonly subjectPrefix?: string
}

/** What this build publishes, by name. */
function textsOfBuild(): ReadonlyMap<string, string> {
  return new Map([
    ...[...Object.values(RECORD_SCHEMAS), ...EARLIER_RECORD_SCHEMAS].map(
      (schema) => [schema.name, schema.text] as const,
    ),
    ...Object.entries(MESSAGE_SCHEMAS).map(([name, schema]) => [name, schema.text] as const),
  ])
}

/**
 * An act of the operator, with rights that no service has: every published schema under its name, FULL_TRANSITIVE. Again changes
 * nothing and gives the same ids. Throws `OPS_REGISTRY` when the registry refuses one (its rule, or ours: the digest is not the
 * published one).
 */
export async function registerSchemas(options: RegisterOptions): Promise<ReadonlyMap<string, number>> {
  const texts = options.texts ?? textsOfBuild()
  const client = confluentClient(options)
  const ids = new Map<string, number>()
  try {
    for (const { name, sha256 } of options.published ?? PUBLISHED) {
      const text = texts.get(name)
      if (text === undefined || schemaDigest(text) !== sha256) return fail('OPS_REGISTRY', `/${name}`)
      ids.set(name, await client.register(`${options.subjectPrefix ?? ''}${name}`, text))
    }
    return ids
  } finally {
    client.close()
  }
}
