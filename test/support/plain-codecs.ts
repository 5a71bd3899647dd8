import { deserialize, serialize } from 'node:v8'
import type { RecordCodec, RecordCodecs } from '#core/log/codec.ts'

function plain<T>(): RecordCodec<T> {
  return {
    encode: (record) => ({ headers: {}, value: serialize(record) }),
    decode(entry) {
      try {
        return deserialize(entry.value) as T
      } catch {
        return undefined
      }
    },
  }
}

/** Codecs without a schema, for tests of what is done with records and not of their bytes. */
export function plainCodecs(): RecordCodecs {
  return { inbound: plain(), outcome: plain(), control: plain(), cut: plain() }
}
