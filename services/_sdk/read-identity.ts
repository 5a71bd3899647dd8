import { createPrivateKey, type KeyObject } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Certificate } from '#core/decision/epoch.ts'
import { fail } from '#core/failure.ts'
import type { Oin } from '#core/ids.ts'
import { type Ca, readCa, readCertificate, requireInForce } from '#core/message/certificate.ts'

export interface KeyPair {
  readonly certificate: Certificate
  readonly privateKey: KeyObject
}

export interface TlsPair {
  readonly certPem: string
  readonly keyPem: string
}

/** A partner's keys, read from its own folder: they leave this process in no form. */
export interface Identity {
  readonly oin: Oin
  readonly ca: Ca
  readonly sign: KeyPair
  readonly seal: KeyPair
  readonly tls: TlsPair
}

async function read(folder: string, name: string): Promise<string> {
  try {
    return await readFile(join(folder, name), 'utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable'
    return fail('OPS_KEY', `/identity/${name}`, `cannot read ${name}: ${code}`)
  }
}

/** Certificate and key of one use; the key must be the certificate's, and the certificate of that use and in force. */
async function readPair(folder: string, use: Certificate['use'], ca: Ca, now: number) {
  const certPem = await read(folder, `${use}.cert.pem`)
  const keyPem = await read(folder, `${use}.key.pem`)
  const certificate = readCertificate(certPem, ca)
  if (certificate.use !== use)
    fail('PEER_CERTIFICATE', `/identity/${use}.cert.pem`, `not a ${use} certificate`)
  requireInForce(certificate, now)
  const privateKey = privateKeyOf(keyPem, use, certificate)
  return { certificate, privateKey, certPem, keyPem }
}

function privateKeyOf(keyPem: string, use: string, certificate: Certificate): KeyObject {
  const pointer = `/identity/${use}.key.pem`
  let key: KeyObject
  try {
    key = createPrivateKey(keyPem)
  } catch {
    return fail('OPS_KEY', pointer, 'not a private key')
  }
  const { d: _private, ...jwk } = key.export({ format: 'jwk' })
  const isSame = ['kty', 'crv', 'x', 'y', 'n', 'e'].every((name) => jwk[name] === certificate.jwk[name])
  return isSame ? key : fail('OPS_KEY', pointer, 'not the key of the certificate')
}

/**
 * Reads an identity folder: `ca.pem` and `{sign,seal,tls}.{cert,key}.pem`; `tlsFolder` is a carrier's, whose TLS identity
 * connects for this partner. Throws `OPS_KEY`, `PEER_CERTIFICATE` or `PEER_KEY_EXPIRED`; `now` in ms.
 */
export async function readIdentity(folder: string, now: number, tlsFolder = folder): Promise<Identity> {
  const ca = readCa(await read(folder, 'ca.pem'))
  const sign = await readPair(folder, 'sign', ca, now)
  const seal = await readPair(folder, 'seal', ca, now)
  const tls = await readPair(tlsFolder, 'tls', ca, now)
  const { oin } = sign.certificate
  if (seal.certificate.oin !== oin || (tlsFolder === folder && tls.certificate.oin !== oin))
    fail('PEER_CERTIFICATE', '/identity', 'certificates of different partners')
  return { oin, ca, sign, seal, tls }
}
