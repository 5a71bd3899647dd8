import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import type { Certificate } from '#core/decision/epoch.ts'
import { defaultEpochDeps, type EpochDeps } from '#core/decision/epoch-deps.ts'
import { signaturesNeeded } from '#core/decision/signatures-needed.ts'
import type { Oin } from '#core/ids.ts'
import { signJws } from '#core/message/jws.ts'

export const ROOT = join(import.meta.dirname, '..', '..')
const FAR = Date.UTC(2035, 0, 1)

interface TestKey {
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

const operator = generateKeyPairSync('ed25519')
const partnerKeys = new Map<string, TestKey>()

function keyOf(oin: string): TestKey {
  const known = partnerKeys.get(oin)
  if (known) return known
  const made = generateKeyPairSync('ed25519')
  partnerKeys.set(oin, made)
  return made
}

/** A stand-in for a partner's signing certificate: its thumbprint is made from the OIN. */
export const thumbprintFor = (oin: string): string =>
  Buffer.from(`${oin}test-cert-x`).toString('base64url').slice(0, 43).padEnd(43, 'A')

export function certificateOf(oin: Oin): Certificate {
  const { publicKey } = keyOf(oin)
  const thumbprint = thumbprintFor(oin)
  return {
    thumbprint,
    kid: thumbprint,
    oin,
    use: 'sign',
    publicKey,
    jwk: publicKey.export({ format: 'jwk' }) as Readonly<Record<string, unknown>>,
    notBefore: 0,
    notAfter: FAR,
    serial: '1',
  }
}

const json = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value), 'utf8')

/** Contracts and schemas of this repository, path → bytes, unsigned. */
export function readContracts(): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>([
    ['contracts/facts.json', readFileSync(join(ROOT, 'contracts/facts.json'))],
  ])
  for (const [folder, ending] of [
    ['contracts/legal', '.cedar'],
    ['contracts/partner', '.json'],
    ['contracts/agreement', '.json'],
    ['contracts/register', '.json'],
    ['schemas/message', '.avsc'],
  ] as const) {
    for (const entry of readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !entry.name.endsWith(ending)) continue
      const path = join(entry.parentPath, entry.name)
      files.set(relative(ROOT, path).split(sep).join('/'), readFileSync(path))
    }
  }
  return files
}

/** Adds everything else that an epoch needs: profile, keys, PKI stand-ins and real Ed25519 signatures. */
export function completed(
  contracts: ReadonlyMap<string, Uint8Array>,
  strict = false,
): Map<string, Uint8Array> {
  const files = new Map(contracts)
  const add = (path: string, bytes: Uint8Array) => {
    if (!files.has(path)) files.set(path, bytes)
  }
  add('profile.json', json({ exchange: 'urn:nld:oin:00000099000000000001:systeem:schakel', strict }))
  add('withdrawn.json', json([]))
  add('pki/ca.pem', Buffer.from('test CA'))
  add('pki/crl.pem', Buffer.from('test CRL'))
  const jwk = operator.publicKey.export({ format: 'jwk' })
  add('keys/command/operator.json', json({ kid: 'operator', jwk, from: 0, until: FAR }))
  for (const needed of signaturesNeeded(files)) {
    if (files.has(needed.path)) continue
    const payload = JSON.parse(Buffer.from(needed.payload).toString('utf8')) as object
    const [kid, key] =
      needed.signer.kind === 'operator'
        ? ['operator', operator.privateKey]
        : [thumbprintFor(needed.signer.oin), keyOf(needed.signer.oin).privateKey]
    files.set(
      needed.path,
      Buffer.from(signJws({ alg: 'Ed25519', typ: 'schakel-signature+jwt', kid }, payload, key)),
    )
  }
  return files
}

/** Readers of an epoch with stand-in certificates for the partners of `contracts/partner`. */
export function testDeps(files: ReadonlyMap<string, Uint8Array>): EpochDeps {
  // Bodies that are carried have no keys, as in a founded data directory.
  const oins = [...files].flatMap(([path, bytes]) => {
    const text = Buffer.from(bytes).toString('utf8')
    const oin = /"oin": *"([0-9A-Z]{20})"/.exec(text)?.[1]
    const via = /"via": *"([^"]*)"/.exec(text)?.[1]
    const own = path.startsWith('contracts/partner/') && !files.has(`contracts/partner/${via}.json`)
    return own && oin !== undefined ? [oin as Oin] : []
  })
  const certificates = new Map(oins.map((oin) => [thumbprintFor(oin), certificateOf(oin)]))
  return {
    parseMessageType: defaultEpochDeps.parseMessageType,
    readCertificates: () => ({ certificates, revoked: new Set(), crlUntil: FAR }),
  }
}
