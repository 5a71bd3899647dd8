import { createHash, type KeyObject, X509Certificate } from 'node:crypto'
import type { Certificate } from '#core/decision/epoch.ts'
import { Failure, fail } from '#core/failure.ts'
import { type Oin, parseOin } from '#core/ids.ts'
import { parseExtensions, parseUse } from './certificate-extensions.ts'
import {
  children,
  type Der,
  derBytes,
  isContext,
  isSameDer,
  members,
  oidText,
  pemBody,
  positiveHex,
  readDer,
  timeOfDer,
  valueBytes,
} from './der.ts'

const SUBJECT_SERIAL_NUMBER = '2.5.4.5'
const RSA_BITS_MIN = 3072
const RSA_EXPONENT = 65537n
const ANCHOR_USES = ['keyCertSign', 'cRLSign']

/** Signature algorithms a CA may use: RSA with SHA-2, ECDSA with SHA-2, Ed25519. */
const SIGNATURES = new Set([
  '1.2.840.113549.1.1.11',
  '1.2.840.113549.1.1.12',
  '1.2.840.113549.1.1.13',
  '1.2.840.10045.4.3.2',
  '1.2.840.10045.4.3.3',
  '1.2.840.10045.4.3.4',
  '1.3.101.112',
])

/** A trust anchor: the one issuer of partner certificates and of the CRL. */
export interface Ca {
  readonly pem: string
  readonly x509: X509Certificate
  readonly publicKey: KeyObject
  /** DER of its subject name, for comparison with issuers. */
  readonly subject: Buffer
}

interface Parsed {
  readonly x509: X509Certificate
  /** Fields of TBSCertificate (RFC 5280 §4.1) from serialNumber on. */
  readonly fields: readonly Der[]
}

const refuse = (detail: string): never => fail('PEER_CERTIFICATE', undefined, detail)

/** SHA-256 of the DER, base64url: `x5t#S256` (RFC 7515 §4.1.8). */
export function thumbprintOf(der: Uint8Array): string {
  return createHash('sha256').update(der).digest('base64url')
}

export function pemToDer(pem: string, label: string): Uint8Array {
  return pemBody(pem, label) ?? refuse(`not one PEM block ${label}`)
}

function parse(der: Uint8Array): Parsed {
  const [tbs, outerAlgorithm] = children(readDer(der))
  const [version, ...fields] = children(tbs)
  if (!isContext(version, 0)) return refuse('not version 3')
  const versionValue = members(version)[0]
  if (versionValue === undefined || valueBytes(versionValue)?.equals(Buffer.from([2])) !== true)
    return refuse('not version 3')
  const algorithm = oidText(children(fields[1])[0])
  if (algorithm === undefined || !SIGNATURES.has(algorithm) || !isSameDer(fields[1], outerAlgorithm))
    return refuse('signature algorithm')
  try {
    return { x509: new X509Certificate(der), fields }
  } catch {
    return refuse('not a certificate')
  }
}

/** Key types and sizes of the profile (NCSC-NL 2025: RSA ≥ 3072). */
function requireKey(key: KeyObject): void {
  const { namedCurve, modulusLength = 0, publicExponent } = key.asymmetricKeyDetails ?? {}
  const type = key.asymmetricKeyType
  if (type === 'ed25519' || type === 'x25519') return
  if (type === 'ec' && (namedCurve === 'prime256v1' || namedCurve === 'secp384r1')) return
  if (type === 'rsa' && modulusLength >= RSA_BITS_MIN && publicExponent === RSA_EXPONENT) return
  refuse('key type or size')
}

/** The only value of serialNumber among all attributes of the subject. */
function subjectOin(subject: Der | undefined): Oin {
  const found: string[] = []
  for (const rdn of children(subject))
    for (const attribute of members(rdn)) {
      const [type, value] = children(attribute)
      if (oidText(type) === SUBJECT_SERIAL_NUMBER)
        found.push((value && valueBytes(value)?.toString('latin1')) ?? '')
    }
  if (found.length !== 1) refuse('not exactly one serialNumber in the subject')
  try {
    return parseOin(found[0], '')
  } catch (error) {
    if (error instanceof Failure) return refuse('serialNumber is not an OIN')
    throw error
  }
}

function nameBytes(node: Der | undefined): Buffer {
  return node ? derBytes(node) : refuse('name missing')
}

/**
 * Reads the trust anchor: self-signed CA certificate, key usage keyCertSign and cRLSign.
 * Not its time of validity. Throws `PEER_CERTIFICATE`.
 */
export function readCa(pem: string): Ca {
  const { x509, fields } = parse(pemToDer(pem, 'CERTIFICATE'))
  const publicKey = x509.publicKey
  requireKey(publicKey)
  const extensions = parseExtensions(fields)
  if (!extensions.ca || !ANCHOR_USES.every((use) => extensions.keyUsage.has(use)))
    refuse('not a CA certificate')
  if (!x509.checkIssued(x509) || !x509.verify(publicKey)) refuse('anchor is not self-signed')
  return { pem, x509, publicKey, subject: nameBytes(fields[4]) }
}

/**
 * Reads a partner's or service's certificate issued directly by `ca`, PEM or DER, and checks the whole profile (RFC 5280;
 * Digikoppeling PKI001: OIN in subject.serialNumber) except time and revocation. Throws `PEER_CERTIFICATE`.
 */
export function readCertificate(input: string | Uint8Array, ca: Ca): Certificate {
  const der = typeof input === 'string' ? pemToDer(input, 'CERTIFICATE') : input
  const { x509, fields } = parse(der)
  if (!x509.checkIssued(ca.x509) || !nameBytes(fields[2]).equals(ca.subject) || !x509.verify(ca.publicKey))
    refuse('not issued by the anchor')
  const extensions = parseExtensions(fields)
  if (extensions.ca) refuse('a CA certificate')
  const publicKey = x509.publicKey
  requireKey(publicKey)
  const [notBefore, notAfter] = children(fields[3]).map(timeOfDer)
  const serial = positiveHex(fields[0])
  if (notBefore === undefined || notAfter === undefined || notBefore > notAfter) return refuse('validity')
  if (serial === undefined) return refuse('serial number')
  const thumbprint = thumbprintOf(der)
  return {
    thumbprint,
    kid: thumbprint,
    oin: subjectOin(fields[4]),
    use: parseUse(extensions, publicKey),
    publicKey,
    jwk: publicKey.export({ format: 'jwk' }) as Readonly<Record<string, unknown>>,
    notBefore,
    notAfter,
    serial,
  }
}

/** Throws `PEER_KEY_EXPIRED` unless notBefore ≤ `at` ≤ notAfter (both inclusive, RFC 5280 §4.1.2.5); `at` in ms. */
export function requireInForce(certificate: Pick<Certificate, 'notBefore' | 'notAfter'>, at: number): void {
  const end = certificate.notAfter + 999
  if (!(at >= certificate.notBefore && at <= end)) fail('PEER_KEY_EXPIRED')
}
