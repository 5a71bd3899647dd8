/** What control holds from the first epoch on: everything a jurist signs, the schemas, and the public keys. */
import { createPrivateKey, type KeyObject } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { signaturesNeeded } from '#core/decision/signatures-needed.ts'
import { fail } from '#core/failure.ts'
import { algorithmOf } from '#core/message/algorithms.ts'
import { signJws } from '#core/message/jws.ts'
import type { Authority } from './authority.ts'

const FOLDERS: readonly { folder: string; ending: RegExp }[] = [
  { folder: 'contracts/legal', ending: /\.(cedar|json)$/ },
  { folder: 'contracts/partner', ending: /\.json$/ },
  { folder: 'contracts/agreement', ending: /\.json$/ },
  { folder: 'contracts/register', ending: /\.json$/ },
  { folder: 'schemas/message', ending: /\.avsc$/ },
]
const FILES = ['contracts/facts.json']

/** path → bytes of the checked-in contracts and schemas, in path order. */
export async function readContracts(root: string): Promise<Map<string, Uint8Array>> {
  const paths = [...FILES]
  for (const { folder, ending } of FOLDERS) {
    const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true })
    for (const entry of entries) {
      if (!entry.isFile() || !ending.test(entry.name)) continue
      paths.push(relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    }
  }
  const contents = await Promise.all(
    paths.sort().map(async (path) => [path, await readFile(join(root, path))] as const),
  )
  return new Map(contents)
}

export interface Signers {
  readonly operator: KeyObject
  /** OIN → signing key and thumbprint of its certificate. */
  readonly partners: ReadonlyMap<string, { readonly key: KeyObject; readonly thumbprint: string }>
}

/** Compact JWS over the digest of the artefact (RFC 7515), by the algorithm of its key. */
export function signatureOf(payload: Uint8Array, key: KeyObject, kid: string): Uint8Array {
  const digest: object = JSON.parse(Buffer.from(payload).toString('utf8'))
  return Buffer.from(signJws({ alg: algorithmOf(key), typ: 'schakel-signature+jwt', kid }, digest, key))
}

/** Adds the signatures that agreements (each party) and registers (operator) need; parties without a key here: `OPS_CONTROL`. */
export function addSignatures(artefacts: Map<string, Uint8Array>, signers: Signers): void {
  for (const needed of signaturesNeeded(artefacts)) {
    if (needed.signer.kind === 'operator') {
      artefacts.set(needed.path, signatureOf(needed.payload, signers.operator, 'operator'))
      continue
    }
    const partner = signers.partners.get(needed.signer.oin)
    if (!partner) fail('OPS_CONTROL', needed.file, 'party without a signing key in this data directory')
    artefacts.set(needed.path, signatureOf(needed.payload, partner.key, partner.thumbprint))
  }
}

export function signersOf(authority: Authority, operator: KeyObject): Signers {
  const partners = new Map(
    [...authority.identities.values()].map((identity) => [
      identity.oin as string,
      { key: createPrivateKey(identity.sign.keyPem), thumbprint: identity.sign.thumbprint },
    ]),
  )
  return { operator, partners }
}

/**
 * CA, CRL and the certificates that verify messages and seal hand-offs. Bodies reached through a carrier have no keys of their
 * own in the chain: what is for them is sealed to the carrier.
 */
export function addCertificates(
  artefacts: Map<string, Uint8Array>,
  authority: Authority,
  carried: ReadonlySet<string>,
): void {
  artefacts.set('pki/ca.pem', Buffer.from(authority.ca.certPem))
  artefacts.set('pki/crl.pem', Buffer.from(authority.crlPem))
  for (const [id, identity] of authority.identities) {
    for (const one of carried.has(id) ? [] : [identity.sign, identity.seal]) {
      artefacts.set(`pki/cert/${one.thumbprint}.pem`, Buffer.from(one.certPem))
    }
  }
}
