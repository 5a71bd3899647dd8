import { makeCertificate, pkcs8 } from './certificate-der.ts'
import type { CaIdentity } from './create-ca.ts'
import { oid, printable, sequence, set, utf8 } from './der-writer.ts'
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

/** Short: Kafka asks no revocation list, so a certificate that must go goes by its date or by its rights. */
const DAYS = 90
const LOOPBACK = ['localhost', '127.0.0.1']

/**
 * A TLS certificate of a service or broker of one cluster: subject `C=NL, O=Schakel, CN=<name>` and no OIN, so that it can
 * never be read as a partner's. Issued by the CA of the cluster, which issues nothing else.
 */
export function issueServiceCertificate(
  ports: PkiPorts,
  ca: CaIdentity,
  order: { readonly name: string; readonly hosts?: readonly string[]; readonly days?: number },
): { readonly certPem: string; readonly keyPem: string } {
  const issuer = openCa(ca)
  const { publicKey, privateKey } = ports.keyPair('P-256')
  const attribute = (type: string, value: ReturnType<typeof utf8>) => set(sequence(oid(type), value))
  const { pem } = makeCertificate(ports, issuer.privateKey, {
    issuer: issuer.name,
    subject: sequence(
      attribute('2.5.4.6', printable('NL')),
      attribute('2.5.4.10', utf8('Schakel')),
      attribute('2.5.4.3', utf8(order.name)),
    ),
    publicKey,
    days: order.days ?? DAYS,
    extensions: [
      basicConstraints(false),
      keyUsage('digitalSignature'),
      tlsUsage(),
      alternativeNames(order.hosts ?? LOOPBACK),
      subjectKeyIdentifier(publicKey),
      authorityKeyIdentifier(issuer.publicKey),
    ],
  })
  return { certPem: pem, keyPem: pkcs8(privateKey) }
}
