import { expect, it } from 'vitest'
import { embeddedRegistry } from '#adapters/schema-registry/embedded.ts'
import { RECORD_SCHEMA_NAMES } from '#core/log/record-codec.ts'
import { RECORD_SCHEMAS } from '#schemas/generated/record-schemas.ts'
import { schemaRegistryContract } from './schema-registry.ts'

schemaRegistryContract('embedded', async (published, texts) => embeddedRegistry(published, texts))

it('the embedded registry of this build knows the schemas of its records', async () => {
  const registry = embeddedRegistry()
  expect((await registry.byName(RECORD_SCHEMA_NAMES.outcome)).sha256).toBe(RECORD_SCHEMAS.outcome.sha256)
  expect((await registry.byName(RECORD_SCHEMA_NAMES.inbound)).sha256).toBe(RECORD_SCHEMAS.inbound.sha256)
  expect((await registry.byName(RECORD_SCHEMA_NAMES.control)).sha256).toBe(RECORD_SCHEMAS.control.sha256)
  expect((await registry.byName(RECORD_SCHEMA_NAMES.cut)).sha256).toBe(RECORD_SCHEMAS.cut.sha256)
})
