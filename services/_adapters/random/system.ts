import { createPrivateKey, generateKeyPairSync, randomBytes } from 'node:crypto'
import type { EphemeralCurve, Random } from '#core/ports/random.ts'

/**
 * The operating system's CSPRNG. Key pairs are exported within the generating call: a later `export({ format: 'jwk' })` can
 * deadlock older Node versions (limits.md, traps).
 */
export const systemRandom: Random = {
  bytes: (count) => randomBytes(count),
  ephemeral(curve: EphemeralCurve) {
    const encoding = {
      publicKeyEncoding: { format: 'jwk' },
      privateKeyEncoding: { format: 'der', type: 'pkcs8' },
    } as const
    const pair =
      curve === 'P-256'
        ? generateKeyPairSync('ec', { namedCurve: 'P-256', ...encoding } as never)
        : generateKeyPairSync('x25519', encoding as never)
    const { publicKey, privateKey } = pair as unknown as {
      publicKey: Record<string, string>
      privateKey: Buffer
    }
    return {
      privateKey: createPrivateKey({ key: privateKey, format: 'der', type: 'pkcs8' }),
      publicJwk: publicKey,
    }
  },
}
