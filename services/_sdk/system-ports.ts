import { createPrivateKey, generateKeyPairSync, randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { Clock } from '#core/ports/clock.ts'
import type { EphemeralCurve, Random } from '#core/ports/random.ts'

export type { Clock }

/** Time of the machine the partner system runs on. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => wait(ms, undefined, signal ? { signal } : {}).catch(() => undefined),
}

function pairOf(curve: EphemeralCurve): { publicKey: unknown; privateKey: unknown } {
  const encoding = {
    publicKeyEncoding: { format: 'jwk' },
    privateKeyEncoding: { format: 'der', type: 'pkcs8' },
  }
  return curve === 'P-256'
    ? generateKeyPairSync('ec', { namedCurve: 'P-256', ...encoding } as never)
    : generateKeyPairSync('x25519', encoding as never)
}

/** The operating system's CSPRNG; keys are exported by the call that makes them (a later JWK export may deadlock older Node versions). */
export const systemRandom: Random = {
  bytes: (count) => randomBytes(count),
  ephemeral(curve) {
    const { publicKey, privateKey } = pairOf(curve)
    return {
      privateKey: createPrivateKey({ key: privateKey as Buffer, format: 'der', type: 'pkcs8' }),
      publicJwk: publicKey as Readonly<Record<string, string>>,
    }
  },
}
