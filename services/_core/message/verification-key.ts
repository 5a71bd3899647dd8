import { createPublicKey, type KeyObject } from 'node:crypto'
import { fail } from '#core/failure.ts'

type Jwk = Readonly<Record<string, unknown>>

const SECRET = ['d', 'k', 'p', 'q', 'dp', 'dq', 'qi', 'oth']

/**
 * A public JWK (RFC 7517) as a key to verify signatures with: one that says it is for something else (`use`, `key_ops`), or that
 * holds a private part, is refused with `MSG_ALG`. Whether it fits the algorithm is judged when it is used.
 */
export function verificationKey(jwk: Jwk): KeyObject {
  const { use, key_ops: operations } = jwk
  if (SECRET.some((name) => name in jwk)) return fail('MSG_ALG', '/jwk')
  if (use !== undefined && use !== 'sig') return fail('MSG_ALG', '/jwk/use')
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify'))) {
    return fail('MSG_ALG', '/jwk/key_ops')
  }
  try {
    return createPublicKey({ key: { ...jwk }, format: 'jwk' })
  } catch {
    return fail('MSG_ALG', '/jwk')
  }
}

/** An algorithm that a JWK names binds its use (RFC 7517 §4.4); the header never decides alone. */
export function algorithmsFor(jwk: Jwk, allowed: readonly string[]): readonly string[] {
  return jwk['alg'] === undefined ? allowed : allowed.filter((algorithm) => algorithm === jwk['alg'])
}
