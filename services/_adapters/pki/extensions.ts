import { createHash, type KeyObject } from 'node:crypto'
import { isIPv4 } from 'node:net'
import { bits, der, implicit, keyBits, type Node, octets, oid, sequence, small, truth } from './der-writer.ts'

const OID = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  crlNumber: '2.5.29.20',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
} as const

/** RFC 5280 §4.2.1.3: byte and unused bits. */
const USAGES = {
  digitalSignature: [0x80, 7],
  keyEncipherment: [0x20, 5],
  keyAgreement: [0x08, 3],
  caSigns: [0x06, 1],
} as const

const extension = (id: string, critical: boolean, value: Node): Node =>
  critical ? sequence(oid(id), truth(), octets(der(value))) : sequence(oid(id), octets(der(value)))

const keyIdentifier = (key: KeyObject): Buffer => createHash('sha1').update(keyBits(key)).digest()

export function keyUsage(usage: keyof typeof USAGES): Node {
  const [byte, unused] = USAGES[usage]
  return extension(OID.keyUsage, true, bits(Buffer.from([byte]), unused))
}

/** A CA that issues end certificates only, or none. */
export function basicConstraints(ca: boolean): Node {
  return extension(OID.basicConstraints, true, ca ? sequence(truth(), small(0)) : sequence())
}

export function subjectKeyIdentifier(key: KeyObject): Node {
  return extension(OID.subjectKeyIdentifier, false, octets(keyIdentifier(key)))
}

export function authorityKeyIdentifier(key: KeyObject): Node {
  return extension(OID.authorityKeyIdentifier, false, sequence(implicit(0, keyIdentifier(key))))
}

/** serverAuth and clientAuth: services are both. */
export function tlsUsage(): Node {
  return extension(OID.extendedKeyUsage, false, sequence(oid('1.3.6.1.5.5.7.3.1'), oid('1.3.6.1.5.5.7.3.2')))
}

export function alternativeNames(names: readonly string[]): Node {
  const general = names.map((name) =>
    isIPv4(name)
      ? implicit(7, Buffer.from(name.split('.').map(Number)))
      : implicit(2, Buffer.from(name, 'ascii')),
  )
  return extension(OID.subjectAltName, false, sequence(...general))
}

export function crlNumber(number: number): Node {
  return extension(OID.crlNumber, false, small(number))
}
