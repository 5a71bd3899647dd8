import { makeCertificate, pkcs8 } from './certificate-der.ts'
import { authorityKeyIdentifier, basicConstraints, keyUsage, subjectKeyIdentifier } from './extensions.ts'
import type { PkiPorts } from './ports.ts'
import { caName } from './subject.ts'

const CA_DAYS = 3650

/** A CA with its private key (PKCS#8 PEM); the development CA only: production certificates come from a PKIoverheid TSP. */
export interface CaIdentity {
  readonly certPem: string
  readonly keyPem: string
}

/** A new development CA: P-384, self-signed, path length 0. */
export function createCa(
  ports: PkiPorts,
  options: { readonly commonName?: string; readonly days?: number } = {},
): CaIdentity {
  const { publicKey, privateKey } = ports.keyPair('P-384')
  const name = caName(options.commonName ?? 'Schakel development CA')
  const { pem } = makeCertificate(ports, privateKey, {
    issuer: name,
    subject: name,
    publicKey,
    days: options.days ?? CA_DAYS,
    extensions: [
      basicConstraints(true),
      keyUsage('caSigns'),
      subjectKeyIdentifier(publicKey),
      authorityKeyIdentifier(publicKey),
    ],
  })
  return { certPem: pem, keyPem: pkcs8(privateKey) }
}
