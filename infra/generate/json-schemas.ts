import { presentedSchema } from '#core/message/presented-schema.ts'
import type { SchemaFile } from './read-schemas.ts'

/** `schemas/generated/json-schema/<vct>.json`: what any JSON Schema validator can hold a received hand-off against. */
export function jsonSchemas(schemas: readonly SchemaFile[]): ReadonlyMap<string, string> {
  return new Map(
    schemas.map((schema) => [
      `schemas/generated/json-schema/${schema.name}.json`,
      `${JSON.stringify(presentedSchema(schema.name, schema.text), null, 2)}\n`,
    ]),
  )
}
