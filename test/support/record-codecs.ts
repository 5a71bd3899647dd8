import { createHash } from 'node:crypto'
import type { RecordCodecs } from '#core/log/codec.ts'
import { RECORD_SCHEMA_NAMES } from '#core/log/record-codec.ts'
import { loadCodecs } from '#core/log/record-codecs.ts'
import { RECORD_SCHEMAS } from '#schemas/generated/record-schemas.ts'

/** The real record codecs over this build's own schema texts, without a registry adapter. */
export async function realCodecs(): Promise<RecordCodecs> {
  const kinds = Object.entries(RECORD_SCHEMA_NAMES)
  const unused = () => Promise.reject(new Error('not asked in tests'))
  return await loadCodecs({
    byId: unused,
    byName: async (name) => {
      const index = kinds.findIndex(([, known]) => known === name)
      const kind = kinds[index]?.[0] as keyof typeof RECORD_SCHEMAS
      return { id: index + 1, ...RECORD_SCHEMAS[kind] }
    },
  })
}

export const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest()
