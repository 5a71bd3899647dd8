import { type KeyObject, sign } from 'node:crypto'
import { fail } from '#core/failure.ts'
import { bits, der, type Node, nothing, oid, sequence } from './der-writer.ts'

interface Scheme {
  readonly algorithm: Node
  readonly digest: string | null
}

/** Signature algorithm that fits a private key: Ed25519, ECDSA with the digest of its curve, RSA with SHA-256. */
export function schemeOf(key: KeyObject): Scheme {
  const curve = key.asymmetricKeyDetails?.namedCurve
  if (key.asymmetricKeyType === 'ed25519') return { algorithm: sequence(oid('1.3.101.112')), digest: null }
  if (key.asymmetricKeyType === 'ec' && curve === 'prime256v1')
    return { algorithm: sequence(oid('1.2.840.10045.4.3.2')), digest: 'sha256' }
  if (key.asymmetricKeyType === 'ec' && curve === 'secp384r1')
    return { algorithm: sequence(oid('1.2.840.10045.4.3.3')), digest: 'sha384' }
  if (key.asymmetricKeyType === 'rsa')
    return { algorithm: sequence(oid('1.2.840.113549.1.1.11'), nothing()), digest: 'sha256' }
  return fail('OPS_USAGE', undefined, 'this key cannot sign certificates or requests')
}

/** `SEQUENCE {toBeSigned, signatureAlgorithm, signature BIT STRING}` (X.509 SIGNED macro) as DER. */
export function signDer(toBeSigned: Node, key: KeyObject): Buffer {
  const { algorithm, digest } = schemeOf(key)
  const signature = sign(digest, der(toBeSigned), key)
  return der(sequence(toBeSigned, algorithm, bits(signature)))
}
