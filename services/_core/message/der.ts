import forge from 'node-forge'

const { asn1 } = forge
export type Der = forge.asn1.Asn1

const binary = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')

/** Bytes of a node's value; constructed nodes have none. */
export function valueBytes(node: Der): Buffer | undefined {
  return typeof node.value === 'string' ? Buffer.from(node.value, 'latin1') : undefined
}

/** Items of a SEQUENCE; anything else has none. */
export function children(node: Der | undefined): readonly Der[] {
  return isUniversal(node, asn1.Type.SEQUENCE) && Array.isArray(node.value) ? node.value : []
}

/** Items of a SET or of an explicit context tag. */
export function members(node: Der | undefined): readonly Der[] {
  return node && Array.isArray(node.value) ? node.value : []
}

export function derBytes(node: Der): Buffer {
  return Buffer.from(asn1.toDer(node).getBytes(), 'latin1')
}

const STRICT = { strict: true, parseAllBytes: true, decodeBitStrings: false }

/** Exactly one DER value (X.690 §10); BER forms, trailing bytes and anything unreadable give undefined. */
export function readDer(bytes: Uint8Array): Der | undefined {
  try {
    const fromDer = asn1.fromDer as unknown as (text: string, options: object) => Der
    const node = fromDer(binary(bytes), STRICT)
    return derBytes(node).equals(bytes) ? node : undefined
  } catch {
    return undefined
  }
}

export function isSameDer(a: Der | undefined, b: Der | undefined): boolean {
  return a !== undefined && b !== undefined && derBytes(a).equals(derBytes(b))
}

export function isUniversal(node: Der | undefined, type: forge.asn1.Type): node is Der {
  return node !== undefined && node.tagClass === asn1.Class.UNIVERSAL && node.type === type
}

export function isContext(node: Der | undefined, tag: number): node is Der {
  return node !== undefined && node.tagClass === asn1.Class.CONTEXT_SPECIFIC && (node.type as number) === tag
}

export function oidText(node: Der | undefined): string | undefined {
  if (!isUniversal(node, asn1.Type.OID) || typeof node.value !== 'string') return undefined
  return asn1.derToOid(node.value)
}

/** Content of a BIT STRING of whole octets. */
export function bitString(node: Der | undefined): Buffer | undefined {
  if (!isUniversal(node, asn1.Type.BITSTRING)) return undefined
  const bytes = valueBytes(node)
  return bytes && bytes.length > 0 && bytes[0] === 0 ? bytes.subarray(1) : undefined
}

/** INTEGER > 0 of at most 20 octets as lower-case hex without leading zeros (serials, RFC 5280 §4.1.2.2). */
export function positiveHex(node: Der | undefined): string | undefined {
  if (!isUniversal(node, asn1.Type.INTEGER)) return undefined
  const bytes = valueBytes(node)
  if (!bytes || bytes.length === 0 || bytes.length > 21 || ((bytes[0] ?? 0) & 0x80) !== 0) return undefined
  const hex = bytes.toString('hex').replace(/^0+/, '')
  return hex === '' || hex.length > 40 ? undefined : hex
}

const UTC_TIME = /^([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})Z$/
const GENERAL_TIME = /^([0-9]{4})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})Z$/

/** Time in one of the two forms of RFC 5280 §4.1.2.5, as ms. */
export function timeOfDer(node: Der | undefined): number | undefined {
  if (node === undefined || typeof node.value !== 'string') return undefined
  const utc = isUniversal(node, asn1.Type.UTCTIME)
  if (!utc && !isUniversal(node, asn1.Type.GENERALIZEDTIME)) return undefined
  const parts = (utc ? UTC_TIME : GENERAL_TIME).exec(node.value)
  if (!parts) return undefined
  const [, y = '', month = '', day = '', hour = '', minute = '', second = ''] = parts
  const year = utc ? (Number(y) >= 50 ? `19${y}` : `20${y}`) : y
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  return Number.isNaN(time) ? undefined : time
}

const PEM = /^-----BEGIN ([A-Z0-9 ]+)-----\r?\n([A-Za-z0-9+/=\r\n]+)-----END \1-----\s*$/

/** The DER of a PEM text with exactly one block of this label (RFC 7468, lax line lengths); else undefined. */
export function pemBody(pem: string, label: string): Buffer | undefined {
  const match = PEM.exec(pem.trimStart())
  if (!match || match[1] !== label) return undefined
  const text = (match[2] ?? '').replace(/[\r\n]/g, '')
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : undefined
}

/** DER as PEM with lines of 64 characters (RFC 7468). */
export function toPem(der: Uint8Array, label: string): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}
