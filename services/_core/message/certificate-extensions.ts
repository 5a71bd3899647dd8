import type { KeyObject } from 'node:crypto'
import forge from 'node-forge'
import type { Certificate } from '#core/decision/epoch.ts'
import { fail } from '#core/failure.ts'
import { children, type Der, isContext, isUniversal, members, oidText, readDer, valueBytes } from './der.ts'

const { Type } = forge.asn1

const BASIC_CONSTRAINTS = '2.5.29.19'
const KEY_USAGE = '2.5.29.15'
const EXTENDED_KEY_USAGE = '2.5.29.37'
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1'
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2'
/** Extensions of a certificate that OpenSSL checks for us, and so may be critical: subjectAltName. */
const KNOWN_CRITICAL = new Set([BASIC_CONSTRAINTS, KEY_USAGE, EXTENDED_KEY_USAGE, '2.5.29.17'])

/** Bits of KeyUsage in order (RFC 5280 §4.2.1.3). */
const USAGES = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
]

export interface Extensions {
  readonly ca: boolean
  readonly keyUsage: ReadonlySet<string>
  /** Extended key usage OIDs; null = extension absent. */
  readonly extended: ReadonlySet<string> | null
}

const refuse = (detail: string): never => fail('PEER_CERTIFICATE', undefined, detail)

interface Extension {
  readonly critical: boolean
  readonly value: Der
}

/** `Extensions ::= SEQUENCE OF SEQUENCE {extnID, critical DEFAULT FALSE, extnValue}`; duplicates and unknown critical ones are refused. */
export function readExtensions(
  list: Der | undefined,
  known: ReadonlySet<string>,
): ReadonlyMap<string, Extension> {
  const found = new Map<string, Extension>()
  for (const item of children(list)) {
    const parts = children(item)
    const oid = oidText(parts[0])
    const flag = parts.length === 3 ? parts[1] : undefined
    const critical = flag !== undefined && valueBytes(flag)?.equals(Buffer.from([0xff])) === true
    if (flag !== undefined && (!isUniversal(flag, Type.BOOLEAN) || !critical)) refuse('extension not in DER')
    const octets = parts.at(-1)
    if (oid === undefined || parts.length < 2 || !octets || !isUniversal(octets, Type.OCTETSTRING))
      return refuse('extension malformed')
    if (found.has(oid)) refuse('extension occurs twice')
    if (critical && !known.has(oid)) refuse('unknown critical extension')
    if (!known.has(oid)) continue
    const value = readDer(valueBytes(octets) ?? Buffer.alloc(0))
    if (!value) return refuse('extension not in DER')
    found.set(oid, { critical, value })
  }
  return found
}

function isCa(extension: Extension | undefined): boolean {
  if (!extension) return false
  if (!isUniversal(extension.value, Type.SEQUENCE)) return refuse('basicConstraints')
  const flag = children(extension.value)[0]
  return flag !== undefined && valueBytes(flag)?.equals(Buffer.from([0xff])) === true
}

function usagesOf(extension: Extension | undefined): ReadonlySet<string> {
  if (!extension?.critical || !isUniversal(extension.value, Type.BITSTRING)) return refuse('key usage')
  const bytes = valueBytes(extension.value) ?? Buffer.alloc(0)
  const bits = bytes.subarray(1)
  return new Set(USAGES.filter((_, index) => ((bits[index >> 3] ?? 0) & (0x80 >> (index & 7))) !== 0))
}

/** Reads the extensions of a certificate's fields; `[3]` is the last of TBSCertificate. Throws `PEER_CERTIFICATE`. */
export function parseExtensions(fields: readonly Der[]): Extensions {
  const holder = fields.find((field) => isContext(field, 3))
  const found = readExtensions(members(holder)[0], KNOWN_CRITICAL)
  const extended = found.get(EXTENDED_KEY_USAGE)
  return {
    ca: isCa(found.get(BASIC_CONSTRAINTS)),
    keyUsage: usagesOf(found.get(KEY_USAGE)),
    extended: extended ? new Set(children(extended.value).map((oid) => oidText(oid) ?? '')) : null,
  }
}

function isExactly(set: ReadonlySet<string>, allowed: readonly string[], needed: string): boolean {
  return set.has(needed) && [...set].every((item) => allowed.includes(item))
}

/**
 * What a key is for, from its usages alone; a certificate that would do for two uses is refused (design §4: sealing
 * certificates are not signing certificates). tls: digitalSignature and EKU server or client, nothing else.
 */
export function parseUse(extensions: Extensions, key: KeyObject): Certificate['use'] {
  const { keyUsage, extended } = extensions
  const type = key.asymmetricKeyType
  if (extended !== null) {
    const onlyTls =
      extended.size > 0 && [...extended].every((oid) => oid === SERVER_AUTH || oid === CLIENT_AUTH)
    const usage = type === 'rsa' ? ['digitalSignature', 'keyEncipherment'] : ['digitalSignature']
    if (onlyTls && type !== 'x25519' && isExactly(keyUsage, usage, 'digitalSignature')) return 'tls'
    return refuse('extended key usage')
  }
  if (type !== 'x25519' && isExactly(keyUsage, ['digitalSignature', 'nonRepudiation'], 'digitalSignature'))
    return 'sign'
  const agreement = type === 'ec' || type === 'x25519'
  if (agreement && isExactly(keyUsage, ['keyAgreement'], 'keyAgreement')) return 'seal'
  if (type === 'rsa' && isExactly(keyUsage, ['keyEncipherment'], 'keyEncipherment')) return 'seal'
  return refuse('key usage')
}
