import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto'
import type { EphemeralCurve, Random } from '#core/ports/random.ts'

/**
 * The operating system's CSPRNG. The public half is exported within the generating call: a later `export({ format: 'jwk' })`
 * can deadlock older Node versions (limits.md, traps). The private half stays a key object: encoding and reading it again would
 * cost four times the generation.
 */
export const systemRandom: Random = {
  bytes: (count) => randomBytes(count),
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
