import { createPrivateKey, createPublicKey, type KeyObject, verify } from 'node:crypto'
import { fail } from '#core/failure.ts'
import { parseOin } from '#core/ids.ts'
import {
  bitString,
  children,
  derBytes,
  isContext,
  isSameDer,
  pemBody,
  readDer,
  toPem,
} from '#core/message/der.ts'
import { der, explicit, sequence, small, spki } from './der-writer.ts'
import { schemeOf, signDer } from './sign-der.ts'
import { attributeOf, type Subject, subjectName } from './subject.ts'

const LABEL = 'CERTIFICATE REQUEST'

export interface CertificateRequest extends Subject {
  readonly publicKey: KeyObject
}

/** PKCS#10 (RFC 2986), signed with the key it is about. X25519 keys cannot sign: `OPS_USAGE`. */
export function createRequest(keyPem: string, subject: Subject): string {
  const privateKey = createPrivateKey(keyPem)
  const info = sequence(small(0), subjectName(subject), spki(createPublicKey(privateKey)), explicit(0))
  return toPem(signDer(info, privateKey), LABEL)
}

const refuse = (detail: string): never => fail('PEER_CERTIFICATE', undefined, detail)

function publicKeyOf(bytes: Uint8Array): KeyObject {
  try {
    return createPublicKey({ key: Buffer.from(bytes), format: 'der', type: 'spki' })
  } catch {
    return refuse('request without a usable key')
  }
}

/**
 * Reads a request and checks that the sender holds the key. Attributes (wished extensions) are ignored: the issuer decides
 * on the use. Throws `PEER_CERTIFICATE`.
 */
export function readRequest(pem: string): CertificateRequest {
  const [info, algorithm, signature] = children(
    readDer(pemBody(pem, LABEL) ?? refuse('not a certificate request')),
  )
  const [version, name, key, attributes] = children(info)
  if (!info || !version || !name || !key || !isContext(attributes, 0) || !isSameDer(version, small(0)))
    return refuse('not a certificate request')
  const publicKey = publicKeyOf(derBytes(key))
  const scheme = schemeOf(publicKey)
  const bytes = bitString(signature)
  if (!algorithm || !bytes || !derBytes(algorithm).equals(der(scheme.algorithm)))
    return refuse('request signature algorithm')
  if (!verify(scheme.digest, der(info), publicKey, bytes)) refuse('request signature')
  const subject = {
    oin: attributeOf(name, 'oin'),
    commonName: attributeOf(name, 'commonName'),
    organisation: attributeOf(name, 'organisation'),
  }
  return { ...subject, oin: parseOin(subject.oin, '/oin'), publicKey }
}
