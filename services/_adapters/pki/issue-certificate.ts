import type { KeyObject } from 'node:crypto'
import type { Certificate } from '#core/decision/epoch.ts'
import { fail } from '#core/failure.ts'
import { readCa, readCertificate, thumbprintOf } from '#core/message/certificate.ts'
import { makeCertificate } from './certificate-der.ts'
import type { CaIdentity } from './create-ca.ts'
import type { Node } from './der-writer.ts'
import {
  alternativeNames,
  authorityKeyIdentifier,
  basicConstraints,
  keyUsage,
  subjectKeyIdentifier,
  tlsUsage,
} from './extensions.ts'
import { openCa } from './open-ca.ts'
import type { PkiPorts } from './ports.ts'
import { type Subject, subjectName } from './subject.ts'

const DAYS = 730
const LOOPBACK = ['localhost', '127.0.0.1']

export interface CertificateOrder extends Subject {
  readonly use: Certificate['use']
  readonly publicKey: KeyObject
  readonly days?: number
  /** tls only: DNS names and IPv4 addresses; default loopback. */
  readonly names?: readonly string[]
}

function usageOf(order: CertificateOrder): readonly Node[] {
  const rsa = order.publicKey.asymmetricKeyType === 'rsa'
  switch (order.use) {
    case 'sign':
      return [keyUsage('digitalSignature')]
    case 'seal':
      return [keyUsage(rsa ? 'keyEncipherment' : 'keyAgreement')]
    case 'tls':
      return [keyUsage('digitalSignature'), tlsUsage(), alternativeNames(order.names ?? LOOPBACK)]
  }
}

/**
 * Issues one certificate; holds it against the profile before it leaves, so that nothing is issued that the exchange
 * would refuse. Throws `OPS_USAGE` for an order outside the profile.
 */
export function issueCertificate(
  ports: PkiPorts,
  ca: CaIdentity,
  order: CertificateOrder,
): { readonly certPem: string; readonly thumbprint: string; readonly serial: string } {
  const issuer = openCa(ca)
  const { der, pem, serial } = makeCertificate(ports, issuer.privateKey, {
    issuer: issuer.name,
    subject: subjectName(order),
    publicKey: order.publicKey,
    days: order.days ?? DAYS,
    extensions: [
      basicConstraints(false),
      ...usageOf(order),
      subjectKeyIdentifier(order.publicKey),
      authorityKeyIdentifier(issuer.publicKey),
    ],
  })
  try {
    if (readCertificate(der, readCa(ca.certPem)).use !== order.use)
      fail('OPS_USAGE', undefined, 'use and key differ')
  } catch {
    fail('OPS_USAGE', undefined, 'this key or name does not fit that use')
  }
  return { certPem: pem, thumbprint: thumbprintOf(der), serial }
}
