import type { Certificate } from '#core/decision/epoch.ts'
import { fail } from '#core/failure.ts'
import { readCa, readCertificate } from './certificate.ts'
import { type Crl, readCrl } from './crl.ts'

/** Checks for the TLS door: client certificates by profile, and the CRL; both against the anchor given, as PEM. */
export const certificateCheck = {
  /** Throws `PEER_CERTIFICATE` unless it is a `tls` certificate of that anchor; time and revocation are the caller's. */
  client(der: Uint8Array, caPem: string): Certificate {
    const certificate = readCertificate(der, readCa(caPem))
    if (certificate.use !== 'tls') fail('PEER_CERTIFICATE', undefined, 'not a TLS certificate')
    return certificate
  },
  /** Throws `PEER_CERTIFICATE` when it is not a CRL signed by that anchor; staleness is the caller's. */
  crl(crlPem: string, caPem: string): Crl {
    return readCrl(crlPem, readCa(caPem))
  },
}
