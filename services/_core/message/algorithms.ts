/** Everything known of a signature algorithm is in its row; nothing else lists algorithms (RFC 7518 §3, RFC 9864). */
import { constants, type KeyObject, sign, verify } from 'node:crypto'
import { fail } from '#core/failure.ts'
import { derOf, fixedOf } from './ecdsa-signature.ts'

interface SignatureAlgorithm {
  readonly hash: 'sha256' | 'sha384' | null
  readonly fits: (key: KeyObject) => boolean
  /** Bytes of r and of s; 0 when it is not ECDSA. */
  readonly ecdsa: number
  readonly pss: boolean
}

const CURVES = new WeakMap<KeyObject, string>()

/** Named curve of an EC key, `''` of any other; asked of OpenSSL once for each key. */
export function namedCurveOf(key: KeyObject): string {
  const known = CURVES.get(key)
  if (known !== undefined) return known
  const curve = (key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve) || ''
  CURVES.set(key, curve)
  return curve
}

const onCurve = (name: string) => (key: KeyObject) => namedCurveOf(key) === name

const TABLE: Readonly<Record<string, SignatureAlgorithm>> = {
  Ed25519: { hash: null, fits: (key) => key.asymmetricKeyType === 'ed25519', ecdsa: 0, pss: false },
  ES256: { hash: 'sha256', fits: onCurve('prime256v1'), ecdsa: 32, pss: false },
  ES384: { hash: 'sha384', fits: onCurve('secp384r1'), ecdsa: 48, pss: false },
  PS256: {
    hash: 'sha256',
    fits: (key) => key.asymmetricKeyType === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) >= 2048,
    ecdsa: 0,
    pss: true,
  },
}

export const SIGNATURE_ALGORITHMS: readonly string[] = Object.keys(TABLE)

function rowFor(algorithm: string, key: KeyObject): SignatureAlgorithm {
  const row = Object.hasOwn(TABLE, algorithm) ? TABLE[algorithm] : undefined
  if (!row?.fits(key)) return fail('MSG_ALG', '/alg')
  return row
}

function optionsFor(row: SignatureAlgorithm, key: KeyObject) {
  if (row.pss) return { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }
  return key
}

/** Signs; a key that does not fit the algorithm throws `MSG_ALG`. */
export function signBytes(algorithm: string, key: KeyObject, data: Uint8Array): Buffer {
  const row = rowFor(algorithm, key)
  const signature = sign(row.hash, data, optionsFor(row, key))
  return row.ecdsa ? fixedOf(signature, row.ecdsa) : signature
}

/** False for any signature that does not hold; an algorithm that is unknown or does not fit the key throws `MSG_ALG`. */
export function verifyBytes(
  algorithm: string,
  key: KeyObject,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  const row = rowFor(algorithm, key)
  const encoded = row.ecdsa ? derOf(signature, row.ecdsa) : signature
  if (!encoded) return false
  try {
    return verify(row.hash, data, optionsFor(row, key), encoded)
  } catch {
    return false
  }
}

/** The algorithm a key signs with here. */
export function algorithmOf(key: KeyObject): string {
  return SIGNATURE_ALGORITHMS.find((name) => TABLE[name]?.fits(key)) ?? fail('MSG_ALG', '/alg')
}
