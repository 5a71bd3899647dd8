import { createHash } from 'node:crypto'
import { createCa } from '#adapters/pki/create-ca.ts'
import type { CertificateOrder } from '#adapters/pki/issue-certificate.ts'
import type { PkiKeyKind, PkiPorts } from '#adapters/pki/ports.ts'
import { generateKeyPair } from '#adapters/pki/system-pki-ports.ts'
import { Failure } from '#core/failure.ts'
import { readCa } from '#core/message/certificate.ts'

/** openssl judges by the real clock, so the test PKI starts from it. */
export const PKI_NOW = Math.floor(Date.now() / 1000) * 1000
export const DAY_MS = 86_400_000
export const PKI_OIN = '00000099000000001000'

let count = 0
export const pkiPorts: PkiPorts = {
  clock: { now: () => PKI_NOW },
  bytes: (length) => createHash('sha512').update(`serial ${count++}`).digest().subarray(0, length),
  keyPair: generateKeyPair,
}

export const testCa = createCa(pkiPorts)
export const testAnchor = readCa(testCa.certPem)
export const otherCa = createCa(pkiPorts)

export function order(use: CertificateOrder['use'], kind: PkiKeyKind, oin = PKI_OIN): CertificateOrder {
  const { publicKey } = pkiPorts.keyPair(kind)
  return { oin, commonName: 'test', organisation: 'Test', use, publicKey }
}

export function codeOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    return error instanceof Failure ? error.code : `not a Failure: ${String(error)}`
  }
  return 'accepted'
}
