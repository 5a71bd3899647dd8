import { generateKeyPairSync, type KeyObject, randomBytes, randomFillSync } from 'node:crypto'
import type { EphemeralCurve, Random } from '#core/ports/random.ts'

const POOL_BYTES = 4096
const POOLED_MAX = 64
const pool = Buffer.alloc(POOL_BYTES)
let left = 0

/**
 * A message takes some thirty small draws, and each call of the generator costs more than its bytes: so they are drawn in pages, as
 * `randomUUID` does. What was handed out is wiped from the page: no key lies in it twice.
 */
function pooled(count: number): Buffer {
  if (count > left) {
    randomFillSync(pool)
    left = POOL_BYTES
  }
  const at = POOL_BYTES - left
  left -= count
  const bytes = Buffer.alloc(count)
  pool.copy(bytes, 0, at, at + count)
  pool.fill(0, at, at + count)
  return bytes
}

/**
 * The operating system's CSPRNG. The public half is exported within the generating call: a later `export({ format: 'jwk' })`
 * can deadlock older Node versions (limits.md, traps). The private half stays a key object: encoding and reading it again would
 * cost four times the generation.
 */
export const systemRandom: Random = {
  bytes: (count) => (count <= POOLED_MAX ? pooled(count) : randomBytes(count)),
  ephemeral(curve: EphemeralCurve) {
    const encoding = { publicKeyEncoding: { format: 'jwk' } } as const
    const pair =
      curve === 'P-256'
        ? generateKeyPairSync('ec', { namedCurve: 'P-256', ...encoding } as never)
        : generateKeyPairSync('x25519', encoding as never)
    const { publicKey, privateKey } = pair as unknown as {
      publicKey: Record<string, string>
      privateKey: KeyObject
    }
    return { privateKey, publicJwk: publicKey }
  },
}
