/** Key rows as they lie in a database that is not ours alone: wrapped under a key that is kept elsewhere (docs/decisions/0013). */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { fail } from '#core/failure.ts'
import type { KeyRow } from '#core/ports/key-store.ts'

const KEY = 32
const IV = 12
const TAG = 16

export interface WrappedRow {
  readonly wrapped: Uint8Array
  /** Names the wrapping key, and tells nothing of it. */
  readonly wrappedWith: string
}

export interface Wrapping {
  /** Name of the key that new rows are wrapped under. */
  readonly current: string
  wrap(row: KeyRow): WrappedRow
  /** The bytes of the key. `OPS_KEY_STORE` when its wrapping key is not here, or the row is not the one that was written. */
  unwrap(row: Omit<KeyRow, 'bytes'>, stored: WrappedRow): Uint8Array
}

/** A row cannot stand in for another, nor change what it is. */
function aad(row: Omit<KeyRow, 'bytes'>): Buffer {
  const { id, kind, place, wrappedBy, notAfter } = row
  const parts = [id, kind, place?.partition ?? null, place?.seq ?? null, wrappedBy ?? null, notAfter ?? null]
  return Buffer.from(`schakel/key-row/v1${JSON.stringify(parts)}`, 'utf8')
}

const nameOf = (key: Uint8Array): string =>
  createHash('sha256').update('schakel/wrapping-key/v1').update(key).digest('base64url').slice(0, 16)

/** `keys`: 32 bytes each, the current one first, then those that rows may still be wrapped under. Throws `OPS_CONFIG`. */
export function wrappingOf(keys: readonly Uint8Array[]): Wrapping {
  const known = new Map<string, Uint8Array>()
  for (const key of keys) {
    if (key.length !== KEY) fail('OPS_CONFIG', '/keys/wrappingKey', 'a wrapping key has 32 bytes')
    known.set(nameOf(key), key)
  }
  const [current, first] = [...known][0] ?? fail('OPS_CONFIG', '/keys/wrappingKey', 'no wrapping key')
  return {
    current,
    wrap(row) {
      const iv = randomBytes(IV)
      const cipher = createCipheriv('aes-256-gcm', first, iv, { authTagLength: TAG })
      cipher.setAAD(aad(row))
      const sealed = [iv, cipher.update(row.bytes), cipher.final()]
      return { wrapped: Buffer.concat([...sealed, cipher.getAuthTag()]), wrappedWith: current }
    },
    unwrap(row, { wrapped, wrappedWith }) {
      const key = known.get(wrappedWith) ?? fail('OPS_KEY_STORE', undefined, 'its wrapping key is not here')
      if (wrapped.length <= IV + TAG) return fail('OPS_KEY_STORE', undefined, 'a row is too short')
      const decipher = createDecipheriv('aes-256-gcm', key, wrapped.subarray(0, IV), { authTagLength: TAG })
      decipher.setAAD(aad(row))
      decipher.setAuthTag(wrapped.subarray(-TAG))
      try {
        return Buffer.concat([decipher.update(wrapped.subarray(IV, -TAG)), decipher.final()])
      } catch {
        return fail('OPS_KEY_STORE', undefined, 'a row is not the one that was written')
      }
    },
  }
}
