import type { KeyObject } from 'node:crypto'
import forge from 'node-forge'

const { asn1 } = forge
const { Class, Type } = asn1
export type Node = forge.asn1.Asn1

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')
const primitive = (type: forge.asn1.Type, value: string): Node =>
  asn1.create(Class.UNIVERSAL, type, false, value)

export const sequence = (...items: Node[]): Node => asn1.create(Class.UNIVERSAL, Type.SEQUENCE, true, items)
export const set = (...items: Node[]): Node => asn1.create(Class.UNIVERSAL, Type.SET, true, items)
export const oid = (text: string): Node => primitive(Type.OID, asn1.oidToDer(text).getBytes())
export const octets = (bytes: Uint8Array): Node => primitive(Type.OCTETSTRING, latin1(bytes))
export const utf8 = (text: string): Node => primitive(Type.UTF8, latin1(Buffer.from(text, 'utf8')))
export const printable = (text: string): Node => primitive(Type.PRINTABLESTRING, text)
export const nothing = (): Node => primitive(Type.NULL, '')
export const truth = (): Node => primitive(Type.BOOLEAN, '\xff')

/** Whole octets, or `unused` bits left out of the last one. */
export const bits = (bytes: Uint8Array, unused = 0): Node =>
  primitive(Type.BITSTRING, latin1(Buffer.concat([Buffer.from([unused]), bytes])))

/** Unsigned big-endian bytes as the shortest INTEGER. */
export function integer(unsigned: Uint8Array): Node {
  let bytes = Buffer.from(unsigned)
  while (bytes.length > 1 && bytes[0] === 0) bytes = bytes.subarray(1)
  const padded =
    bytes.length === 0 || (bytes[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes
  return primitive(Type.INTEGER, latin1(padded))
}

export const small = (value: number): Node => {
  const hex = value.toString(16)
  return integer(Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex'))
}

/** Context tag, explicit (constructed) or implicit with primitive bytes. */
export const explicit = (tag: number, ...items: Node[]): Node =>
  asn1.create(Class.CONTEXT_SPECIFIC, tag as forge.asn1.Type, true, items)
export const implicit = (tag: number, bytes: Uint8Array): Node =>
  asn1.create(Class.CONTEXT_SPECIFIC, tag as forge.asn1.Type, false, latin1(bytes))

/** UTCTime before 2050, else GeneralizedTime (RFC 5280 §4.1.2.5); whole seconds, `at` in ms. */
export function time(at: number): Node {
  const text = new Date(at).toISOString().replace(/[-:T]|\.[0-9]{3}/g, '')
  return Number(text.slice(0, 4)) < 2050
    ? primitive(Type.UTCTIME, text.slice(2))
    : primitive(Type.GENERALIZEDTIME, text)
}

export function der(node: Node): Buffer {
  return Buffer.from(asn1.toDer(node).getBytes(), 'latin1')
}

/** DER as a node, for embedding (subjectPublicKeyInfo). */
export function embed(bytes: Uint8Array): Node {
  return asn1.fromDer(latin1(bytes))
}

export function spki(key: KeyObject): Node {
  return embed(key.export({ type: 'spki', format: 'der' }))
}

/** The content bits of subjectPublicKey, of which key identifiers are the SHA-1 (RFC 5280 §4.2.1.2). */
export function keyBits(key: KeyObject): Buffer {
  const [, content] = spki(key).value as Node[]
  return Buffer.from(content?.value as string, 'latin1').subarray(1)
}
