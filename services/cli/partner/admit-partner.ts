import { createPublicKey } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { readRequest } from '#adapters/pki/certificate-request.ts'
import { issueCertificate } from '#adapters/pki/issue-certificate.ts'
import { systemPkiPorts } from '#adapters/pki/system-pki-ports.ts'
import { fail } from '#core/failure.ts'
import { readCa, readCertificate } from '#core/message/certificate.ts'
import { applyChange, prepareChange } from '../apply-to-control.ts'
import { readAuthority } from '../first-time/authority.ts'
import type { Store } from '../open-store.ts'
import { readGatewayAddress } from '../running/gateway-address.ts'
import {
  identityPath,
  type PartnerFolder,
  readPartnerFolder,
  signaturesOf,
  USES,
  unsigned,
} from './partner-folder.ts'

export type Admission =
  | { readonly kind: 'unsigned'; readonly agreements: readonly string[] }
  | { readonly kind: 'applied'; readonly epoch: number; readonly put: readonly string[] }

/**
 * Admits the partner of a folder: certificates for its requests, its agreements signed by both, and all of it in control as one
 * epoch. Without its signature and its key, certificates are all that is made (`unsigned`): it signs, and is admitted then.
 */
export async function admitPartner(store: Store, data: string, path: string): Promise<Admission> {
  const folder = await readPartnerFolder(path)
  const certificates = await certify(store, folder)
  const signatures = await signaturesOf(folder)
  if (!signatures && unsigned(folder).length > 0) return { kind: 'unsigned', agreements: unsigned(folder) }
  for (const [name, bytes] of signatures ?? []) await put(join(path, name), bytes)
  const { artefacts, partner } = await readPartnerFolder(path)
  const all = new Map([...artefacts, ...certificates])
  const change = await prepareChange(store, { put: all, remove: [], note: `partner ${partner.id}` })
  await applyChange(store, change)
  const gateway = await readGatewayAddress(data)
  if (gateway) await writeFile(join(path, 'connection.json'), `${JSON.stringify({ gateway }, null, 2)}\n`)
  return { kind: 'applied', epoch: change.epoch, put: [...change.put.keys()] }
}

async function put(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, bytes)
}

/** The certificates of the folder, issued where there is only a request; those that control holds: sign and seal. */
async function certify(
  store: Store,
  { folder, partner }: PartnerFolder,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const authority = await readAuthority(store.paths)
  const pki = systemPkiPorts(store.clock, store.random)
  const ca = readCa(authority.certPem)
  const artefacts = new Map<string, Uint8Array>()
  await writeFile(identityPath(folder, 'ca.pem'), authority.certPem)
  for (const use of USES) {
    const path = identityPath(folder, `${use}.cert.pem`)
    if (!existsSync(path)) {
      const text = await readFile(identityPath(folder, `${use}.request.pem`), 'utf8')
      const { oin, commonName, organisation, publicKey: asked } = readRequest(text)
      if (oin !== partner.oin || organisation !== partner.name)
        fail('OPS_USAGE', `/identity/${use}.request.pem`, 'not of this partner')
      const publicKey = createPublicKey(asked.export({ format: 'pem', type: 'spki' }))
      const { certPem } = issueCertificate(pki, authority, { oin, commonName, organisation, use, publicKey })
      await writeFile(path, certPem)
    }
    const certPem = await readFile(path, 'utf8')
    const { thumbprint, oin } = readCertificate(certPem, ca)
    if (oin !== partner.oin) fail('OPS_USAGE', `/identity/${use}.cert.pem`, 'not of this partner')
    if (use !== 'tls') artefacts.set(`pki/cert/${thumbprint}.pem`, Buffer.from(certPem))
  }
  return artefacts
}
