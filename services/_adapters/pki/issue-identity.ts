import { pkcs8 } from './certificate-der.ts'
import type { CaIdentity } from './create-ca.ts'
import { issueCertificate } from './issue-certificate.ts'
import type { PkiKeyKind, PkiPorts } from './ports.ts'
import type { Subject } from './subject.ts'

export interface IdentityOrder extends Subject {
  /** Default Ed25519. */
  readonly sign?: PkiKeyKind
  /** Default P-256. */
  readonly seal?: PkiKeyKind
  /** SAN of the tls certificate; default loopback. */
  readonly names?: readonly string[]
}

export interface KeyAndCertificate {
  readonly certPem: string
  readonly keyPem: string
  readonly thumbprint: string
}

/** Everything one partner or service needs: a key for each use, and the anchor. */
export interface PartnerIdentity {
  readonly oin: string
  readonly ca: string
  readonly sign: KeyAndCertificate
  readonly seal: KeyAndCertificate
  readonly tls: KeyAndCertificate
}

/** Three fresh keys with their certificates: what one partner or service has in the development PKI. */
export function issueIdentity(ports: PkiPorts, ca: CaIdentity, order: IdentityOrder): PartnerIdentity {
  const issue = (use: 'sign' | 'seal' | 'tls', kind: PkiKeyKind): KeyAndCertificate => {
    const { publicKey, privateKey } = ports.keyPair(kind)
    const { oin, organisation } = order
    const commonName = `${order.commonName} ${use}`
    const names = order.names ? { names: order.names } : {}
    const issued = issueCertificate(ports, ca, { oin, organisation, commonName, use, publicKey, ...names })
    return { certPem: issued.certPem, keyPem: pkcs8(privateKey), thumbprint: issued.thumbprint }
  }
  return {
    oin: order.oin,
    ca: ca.certPem,
    sign: issue('sign', order.sign ?? 'Ed25519'),
    seal: issue('seal', order.seal ?? 'P-256'),
    tls: issue('tls', 'P-256'),
  }
}
