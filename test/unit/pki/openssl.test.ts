import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { type CertificateOrder, issueCertificate } from '#adapters/pki/issue-certificate.ts'
import { issueCrl } from '#adapters/pki/issue-crl.ts'
import { issueIdentity } from '#adapters/pki/issue-identity.ts'
import type { PkiKeyKind } from '#adapters/pki/ports.ts'
import { writeIdentity } from '#adapters/pki/write-identity.ts'
import { readCertificate, requireInForce } from '#core/message/certificate.ts'

import {
  codeOf,
  DAY_MS,
  order,
  PKI_NOW,
  PKI_OIN,
  pkiPorts,
  testAnchor,
  testCa,
} from '../../support/test-pki.ts'

const folder = mkdtempSync(join(tmpdir(), 'schakel-pki-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const orders: readonly [CertificateOrder['use'], PkiKeyKind][] = [
  ['sign', 'Ed25519'],
  ['sign', 'P-256'],
  ['sign', 'P-384'],
  ['sign', 'RSA-3072'],
  ['seal', 'P-256'],
  ['seal', 'X25519'],
  ['seal', 'RSA-3072'],
  ['tls', 'P-256'],
  ['tls', 'Ed25519'],
]
const caFile = join(folder, 'ca.pem')
const crlFile = join(folder, 'crl.pem')
writeFileSync(caFile, testCa.certPem)

const verdict = (certPem: string): string => {
  const file = join(folder, 'leaf.pem')
  writeFileSync(file, certPem)
  try {
    const args = ['verify', '-x509_strict', '-crl_check', '-CAfile', caFile, '-CRLfile', crlFile, file]
    return execFileSync('openssl', args, { encoding: 'utf8', stdio: 'pipe' })
  } catch (error) {
    return String((error as { stderr?: string }).stderr ?? error)
  }
}

describe('what openssl says', () => {
  it.each(orders)('%s %s verifies with the CRL and reads as that use', (use, kind) => {
    writeFileSync(crlFile, issueCrl(pkiPorts, testCa, { number: 1, revoked: [] }))
    const issued = issueCertificate(pkiPorts, testCa, order(use, kind))
    expect(verdict(issued.certPem)).toContain(': OK')
    const read = readCertificate(issued.certPem, testAnchor)
    expect(read).toMatchObject({
      use,
      oin: PKI_OIN,
      serial: issued.serial,
      thumbprint: issued.thumbprint,
      kid: issued.thumbprint,
    })
    expect(read.notBefore).toBeLessThan(PKI_NOW)
    expect(read.notAfter).toBe(PKI_NOW + 730 * DAY_MS)
  })

  it('revoked', () => {
    const issued = issueCertificate(pkiPorts, testCa, order('sign', 'Ed25519'))
    writeFileSync(
      crlFile,
      issueCrl(pkiPorts, testCa, { number: 2, revoked: [{ serial: issued.serial, at: PKI_NOW - 1000 }] }),
    )
    expect(verdict(issued.certPem)).toContain('certificate revoked')
  })

  it('what openssl issues reads as well', () => {
    const request = join(folder, 'o.csr')
    const key = join(folder, 'o.key')
    const caKey = join(folder, 'ca.key')
    const config = join(folder, 'o.cnf')
    writeFileSync(caKey, testCa.keyPem)
    writeFileSync(
      config,
      'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=clientAuth\n',
    )
    const run = (...args: string[]) => execFileSync('openssl', args, { encoding: 'utf8', stdio: 'pipe' })
    run(
      'req',
      '-new',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-keyout',
      key,
      '-out',
      request,
      '-subj',
      `/O=X/CN=x/serialNumber=${PKI_OIN}`,
    )
    const pem = run(
      'x509',
      '-req',
      '-in',
      request,
      '-CA',
      caFile,
      '-CAkey',
      caKey,
      '-days',
      '2',
      '-extfile',
      config,
    )
    expect(readCertificate(pem, testAnchor)).toMatchObject({ use: 'tls', oin: PKI_OIN })
  })
})

describe('identity folder', () => {
  it('is private, complete and never overwritten', async () => {
    const identity = issueIdentity(pkiPorts, testCa, {
      oin: PKI_OIN,
      commonName: 'Test',
      organisation: 'Test',
    })
    const path = join(folder, 'identity')
    await writeIdentity(path, identity)
    expect(readdirSync(path).sort()).toEqual([
      'ca.pem',
      'seal.cert.pem',
      'seal.key.pem',
      'sign.cert.pem',
      'sign.key.pem',
      'tls.cert.pem',
      'tls.key.pem',
    ])
    expect(statSync(path).mode & 0o777).toBe(0o700)
    for (const name of readdirSync(path)) expect(statSync(join(path, name)).mode & 0o777).toBe(0o600)
    await expect(writeIdentity(path, identity)).rejects.toMatchObject({ code: 'EEXIST' })
    await writeIdentity(path, identity, { replace: true })
    expect(statSync(join(path, 'sign.key.pem')).mode & 0o777).toBe(0o600)
    expect(codeOf(() => requireInForce(readCertificate(identity.tls.certPem, testAnchor), PKI_NOW))).toBe(
      'accepted',
    )
  })
})
