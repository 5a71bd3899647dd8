import type { KeyRow, KeyStore } from '#core/ports/key-store.ts'

/** Keys that many records share: of a month (`a:`), of the exchange's labels (`s:`). */
const SHARED = /^[as]:/
const MOST = 256

/** The same keys; those that many records share are read once. For one reading of the log, from its beginning to its end. */
export function withSharedKeys(keys: Pick<KeyStore, 'get'>): Pick<KeyStore, 'get'> {
  const known = new Map<string, Promise<KeyRow | undefined>>()
  return {
    get(id) {
      if (!SHARED.test(id)) return keys.get(id)
      const before = known.get(id)
      if (before) return before
      const reading = keys.get(id)
      if (known.size < MOST) known.set(id, reading)
      return reading
    },
  }
}
