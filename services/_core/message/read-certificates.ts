import type { Certificate } from '#core/decision/epoch.ts'
import { asFailure, fail } from '#core/failure.ts'
import { readCa, readCertificate } from './certificate.ts'
import { readCrl } from './crl.ts'

export interface Certificates {
  /** By thumbprint; without the revoked ones. */
  readonly certificates: ReadonlyMap<string, Certificate>
  /** Thumbprints of registered certificates on the CRL. */
  readonly revoked: ReadonlySet<string>
  /** From then on (ms) the CRL is stale; null = no CRL given. */
  readonly crlUntil: number | null
}

function atPath<T>(path: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    const failure = asFailure(error)
    return failure.family === 'PEER' ? fail('OPS_CONTROL', path, failure.message) : fail(failure.code, path)
  }
}

/**
 * Certificates of one epoch: PEM texts by artefact path, checked against the one anchor and its CRL.
 * Not their times: those are judged at each use. One that is outside the profile throws `OPS_CONTROL` with its path.
 */
export function readCertificates(
  caPem: string,
  crlPem: string | null,
  pems: ReadonlyMap<string, string>,
): Certificates {
  const ca = atPath('pki/ca.pem', () => readCa(caPem))
  const crl = crlPem === null ? null : atPath('pki/crl.pem', () => readCrl(crlPem, ca))
  const certificates = new Map<string, Certificate>()
  const revoked = new Set<string>()
  for (const [path, pem] of pems) {
    const certificate = atPath(path, () => readCertificate(pem, ca))
    if (crl?.serials.has(certificate.serial)) revoked.add(certificate.thumbprint)
    else certificates.set(certificate.thumbprint, certificate)
  }
  return { certificates, revoked, crlUntil: crl?.nextUpdate ?? null }
}
