import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createRequest, readRequest } from '#adapters/pki/certificate-request.ts'
import { issueCertificate } from '#adapters/pki/issue-certificate.ts'
import { generateKeyPair } from '#adapters/pki/system-pki-ports.ts'
import { readCertificate } from '#core/message/certificate.ts'
import { pemBody, toPem } from '#core/message/der.ts'

import { codeOf, PKI_OIN, pkiPorts, testAnchor, testCa } from '../../support/test-pki.ts'

const folder = mkdtempSync(join(tmpdir(), 'schakel-pki-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('requests', () => {
  const subject = { oin: PKI_OIN, commonName: 'Test sign', organisation: 'Stichting Tëst' }
  const keyPem = generateKeyPair('Ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }) as string

  it('refuses a request whose signature is not of its key', () => {
    const der = pemBody(createRequest(keyPem, subject), 'CERTIFICATE REQUEST') ?? Buffer.alloc(0)
    for (let at = 0; at < der.length; at += 3) {
      const bad = Buffer.from(der)
      bad[at] = (bad[at] ?? 0) ^ 1
      expect(
        codeOf(() => readRequest(toPem(bad, 'CERTIFICATE REQUEST'))),
        `byte ${at}`,
      ).toBe('PEER_CERTIFICATE')
    }
    expect(codeOf(() => readRequest('nothing'))).toBe('PEER_CERTIFICATE')
  })

  it('a key that cannot sign cannot ask', () => {
    const x25519 = generateKeyPair('X25519').privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
    expect(codeOf(() => createRequest(x25519, subject))).toBe('OPS_USAGE')
  })

  it.each(['Ed25519', 'P-256', 'P-384', 'RSA-3072'] as const)('%s: asked, issued, read', (kind) => {
    const pem = generateKeyPair(kind).privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
    const text = createRequest(pem, subject)
    const file = join(folder, `${kind}.csr`)
    writeFileSync(file, text)
    execFileSync('openssl', ['req', '-in', file, '-verify', '-noout'], { stdio: 'pipe' })
    const request = readRequest(text)
    expect(request).toMatchObject(subject)
    const issued = issueCertificate(pkiPorts, testCa, { ...request, use: 'sign' })
    expect(readCertificate(issued.certPem, testAnchor)).toMatchObject({
      oin: PKI_OIN,
      use: 'sign',
      thumbprint: issued.thumbprint,
    })
  })
})
