import { execFileSync } from 'node:child_process'
import { createPrivateKey, createPublicKey } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { makeCertificate } from '#adapters/pki/certificate-der.ts'
import * as writer from '#adapters/pki/der-writer.ts'
import * as extensions from '#adapters/pki/extensions.ts'
import { issueCertificate } from '#adapters/pki/issue-certificate.ts'
import { issueCrl } from '#adapters/pki/issue-crl.ts'
import { signDer } from '#adapters/pki/sign-der.ts'
import { caName, subjectName } from '#adapters/pki/subject.ts'
import { readCertificate, requireInForce } from '#core/message/certificate.ts'
import { certificateCheck } from '#core/message/certificate-check.ts'
import { readCrl, requireCurrentCrl } from '#core/message/crl.ts'
import { pemBody, toPem } from '#core/message/der.ts'
import { readCertificates } from '#core/message/read-certificates.ts'

import {
  codeOf,
  DAY_MS,
  order,
  otherCa,
  PKI_NOW,
  PKI_OIN,
  pkiPorts,
  testAnchor,
  testCa,
} from '../../support/test-pki.ts'

/** A certificate signed by the real CA, but with other parts than `issueCertificate` would write. */
function forged(change: Partial<Parameters<typeof makeCertificate>[2]>): Buffer {
  const { publicKey } = pkiPorts.keyPair('Ed25519')
  return makeCertificate(pkiPorts, createPrivateKey(testCa.keyPem), {
    issuer: writer.embed(testAnchor.subject),
    subject: subjectName({ oin: PKI_OIN, commonName: 'x', organisation: 'x' }),
    publicKey,
    days: 1,
    extensions: [extensions.basicConstraints(false), extensions.keyUsage('digitalSignature')],
    ...change,
  }).der
}

const critical = (id: string, value: writer.Node) =>
  writer.sequence(writer.oid(id), writer.truth(), writer.octets(writer.der(value)))

const good = forged({})
const leaf = extensions.basicConstraints(false)
const usage = extensions.keyUsage('digitalSignature')
const rdn = (type: string, text: string) =>
  writer.set(writer.sequence(writer.oid(type), writer.printable(text)))
const cases: Record<string, () => Uint8Array | string> = {
  'another CA': () => issueCertificate(pkiPorts, otherCa, order('sign', 'Ed25519')).certPem,
  'a CA certificate': () => forged({ extensions: [extensions.basicConstraints(true), usage] }),
  'the anchor itself': () => testCa.certPem,
  'no OIN': () => forged({ subject: caName('no number') }),
  'two serial numbers': () =>
    forged({ subject: writer.sequence(rdn('2.5.4.5', PKI_OIN), rdn('2.5.4.5', PKI_OIN)) }),
  'serialNumber that is no OIN': () => forged({ subject: writer.sequence(rdn('2.5.4.5', '123')) }),
  'no key usage': () => forged({ extensions: [leaf] }),
  'key usage of a CA': () => forged({ extensions: [leaf, extensions.keyUsage('caSigns')] }),
  'two key usages': () => forged({ extensions: [leaf, usage, usage] }),
  'key usage not critical': () =>
    forged({
      extensions: [
        leaf,
        writer.sequence(
          writer.oid('2.5.29.15'),
          writer.octets(writer.der(writer.bits(Buffer.from([0x80]), 7))),
        ),
      ],
    }),
  'both signing and sealing': () =>
    forged({ extensions: [leaf, critical('2.5.29.15', writer.bits(Buffer.from([0x88]), 3))] }),
  'unknown critical extension': () =>
    forged({ extensions: [leaf, usage, critical('1.2.3.4', writer.printable('x'))] }),
  'EKU for code signing': () =>
    forged({
      extensions: [leaf, usage, critical('2.5.29.37', writer.sequence(writer.oid('1.3.6.1.5.5.7.3.3')))],
    }),
  'P-521 key': () => {
    const key = createPrivateKey(
      execFileSync('openssl', ['ecparam', '-name', 'secp521r1', '-genkey', '-noout'], { encoding: 'utf8' }),
    )
    return forged({ publicKey: createPublicKey(key) })
  },
  'RSA of 2048 bits': () => {
    const pem = execFileSync('openssl', ['genrsa', '2048'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return forged({ publicKey: createPublicKey(createPrivateKey(pem)) })
  },
  'sealing key that should sign': () => forged({ publicKey: pkiPorts.keyPair('X25519').publicKey }),
  'trailing byte': () => Buffer.concat([good, Buffer.from([0])]),
  'cut short': () => good.subarray(0, -1),
  'two PEM blocks': () => toPem(good, 'CERTIFICATE') + toPem(good, 'CERTIFICATE'),
  'not PEM': () => 'MIIB',
  empty: () => Buffer.alloc(0),
}

describe('certificates outside the profile', () => {
  for (const [name, make] of Object.entries(cases))
    it(name, () => expect(codeOf(() => readCertificate(make(), testAnchor))).toBe('PEER_CERTIFICATE'))
})

describe('certificates', () => {
  it('a bit changed anywhere', () => {
    for (let at = 0; at < good.length; at += 3) {
      const bad = Buffer.from(good)
      bad[at] = (bad[at] ?? 0) ^ 1
      expect(
        codeOf(() => readCertificate(bad, testAnchor)),
        `byte ${at}`,
      ).toBe('PEER_CERTIFICATE')
    }
  })

  it('accepts the one that all of these start from', () => {
    expect(readCertificate(good, testAnchor).use).toBe('sign')
  })

  it('out of date', () => {
    const certificate = readCertificate(good, testAnchor)
    expect(codeOf(() => requireInForce(certificate, certificate.notBefore - 1))).toBe('PEER_KEY_EXPIRED')
    expect(codeOf(() => requireInForce(certificate, certificate.notAfter + 1000))).toBe('PEER_KEY_EXPIRED')
    expect(codeOf(() => requireInForce(certificate, Number.NaN))).toBe('PEER_KEY_EXPIRED')
    expect(codeOf(() => requireInForce(certificate, PKI_NOW))).toBe('accepted')
  })

  it('an order that the profile would refuse is not issued', () => {
    expect(codeOf(() => issueCertificate(pkiPorts, testCa, order('sign', 'X25519')))).toBe('OPS_USAGE')
    expect(codeOf(() => issueCertificate(pkiPorts, testCa, order('seal', 'Ed25519')))).toBe('OPS_USAGE')
    expect(codeOf(() => issueCertificate(pkiPorts, testCa, order('sign', 'Ed25519', '123')))).toBe(
      'MSG_CLAIM',
    )
    expect(
      codeOf(() => issueCertificate(pkiPorts, { ...testCa, keyPem: otherCa.keyPem }, order('sign', 'P-256'))),
    ).toBe('OPS_KEY')
  })

  it('a sealing certificate is no TLS certificate', () => {
    const { certPem } = issueCertificate(pkiPorts, testCa, order('sign', 'Ed25519'))
    const der = pemBody(certPem, 'CERTIFICATE') ?? Buffer.alloc(0)
    expect(codeOf(() => certificateCheck.client(der, testCa.certPem))).toBe('PEER_CERTIFICATE')
  })
})

describe('revocation', () => {
  const issued = issueCertificate(pkiPorts, testCa, order('sign', 'Ed25519'))
  const list = issueCrl(pkiPorts, testCa, {
    number: 7,
    revoked: [{ serial: issued.serial, at: PKI_NOW - 1000 }],
  })

  it('refuses lists of others and lists that were touched', () => {
    expect(codeOf(() => readCrl(issueCrl(pkiPorts, otherCa, { number: 1, revoked: [] }), testAnchor))).toBe(
      'PEER_CERTIFICATE',
    )
    const der = pemBody(list, 'X509 CRL') ?? Buffer.alloc(0)
    for (let at = 0; at < der.length; at += 3) {
      const bad = Buffer.from(der)
      bad[at] = (bad[at] ?? 0) ^ 1
      expect(
        codeOf(() => readCrl(toPem(bad, 'X509 CRL'), testAnchor)),
        `byte ${at}`,
      ).toBe('PEER_CERTIFICATE')
    }
    expect(
      codeOf(() => readCrl(toPem(Buffer.concat([der, Buffer.from([5, 0])]), 'X509 CRL'), testAnchor)),
    ).toBe('PEER_CERTIFICATE')
    expect(codeOf(() => readCrl(testCa.certPem, testAnchor))).toBe('PEER_CERTIFICATE')
  })

  it('refuses a delta list: its critical extension is not understood', () => {
    const key = createPrivateKey(testCa.keyPem)
    const tbs = writer.sequence(
      writer.small(1),
      writer.sequence(writer.oid('1.2.840.10045.4.3.3')),
      writer.embed(testAnchor.subject),
      writer.time(PKI_NOW),
      writer.time(PKI_NOW + DAY_MS),
      writer.explicit(0, writer.sequence(extensions.crlNumber(1), critical('2.5.29.27', writer.small(1)))),
    )
    expect(codeOf(() => readCrl(toPem(signDer(tbs, key), 'X509 CRL'), testAnchor))).toBe('PEER_CERTIFICATE')
  })

  it('fails closed when stale', () => {
    const crl = readCrl(list, testAnchor)
    expect(codeOf(() => requireCurrentCrl(crl, crl.nextUpdate))).toBe('OPS_CONTROL')
    expect(codeOf(() => requireCurrentCrl(crl, crl.thisUpdate - 120_000))).toBe('OPS_CONTROL')
    expect(codeOf(() => requireCurrentCrl(crl, Number.NaN))).toBe('OPS_CONTROL')
    expect(codeOf(() => requireCurrentCrl(crl, PKI_NOW))).toBe('accepted')
  })

  it('sorts the revoked from the valid', () => {
    const other = issueCertificate(pkiPorts, testCa, order('seal', 'X25519'))
    const read = readCertificates(
      testCa.certPem,
      list,
      new Map([
        ['a', issued.certPem],
        ['b', other.certPem],
      ]),
    )
    expect([...read.certificates.keys()]).toEqual([other.thumbprint])
    expect([...read.revoked]).toEqual([issued.thumbprint])
    expect(read.crlUntil).toBe(PKI_NOW + 30 * DAY_MS)
  })

  it('names the artefact that does not fit', () => {
    const foreign = issueCertificate(pkiPorts, otherCa, order('sign', 'Ed25519'))
    try {
      readCertificates(testCa.certPem, null, new Map([['pki/cert/x.pem', foreign.certPem]]))
      expect.unreachable()
    } catch (error) {
      expect(error).toMatchObject({ code: 'OPS_CONTROL', pointer: 'pki/cert/x.pem' })
    }
  })
})
