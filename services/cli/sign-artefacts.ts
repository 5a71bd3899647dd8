import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { signaturesNeeded } from '#core/decision/signatures-needed.ts'
import { fail } from '#core/failure.ts'
import { thumbprintOf } from '#core/message/certificate.ts'
import { signatureOf } from './first-time/artefacts.ts'
import type { Store } from './open-store.ts'
import { serviceSigner } from './service-signer.ts'

interface PartySigner {
  readonly key: KeyObject
  readonly thumbprint: string
}

/** Signing keys of partners whose identity lies in this data directory (development only), by OIN. */
async function partySigners(folder: string): Promise<ReadonlyMap<string, PartySigner>> {
  const signers = new Map<string, PartySigner>()
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  for (const entry of entries.filter((each) => each.isDirectory() && /^[a-z0-9-]+$/.test(each.name))) {
    const certificate = new X509Certificate(await readFile(join(folder, entry.name, 'sign.cert.pem')))
    const oin = /^serialNumber=([0-9A-Z]{20})$/m.exec(certificate.subject)?.[1]
    if (oin === undefined) continue
    const key = createPrivateKey(await readFile(join(folder, entry.name, 'sign.key.pem')))
    signers.set(oin, { key, thumbprint: thumbprintOf(certificate.raw) })
  }
  return signers
}

/**
 * Adds to `changed` the signatures that its registers (operator) and agreements (each party) need and that do not come with it.
 * A party whose key is not here must bring its own `.jws`: `OPS_KEY` names the file.
 */
export async function signArtefacts(
  store: Pick<Store, 'keys' | 'paths'>,
  changed: Map<string, Uint8Array>,
): Promise<void> {
  const needed = signaturesNeeded(new Map(changed)).filter(({ path }) => !changed.has(path))
  if (needed.length === 0) return
  const operator = await serviceSigner(store.keys, 'operator')
  const parties = await partySigners(store.paths.partners)
  for (const { file, path, payload, signer } of needed) {
    if (signer.kind === 'operator') {
      changed.set(path, signatureOf(payload, operator.key, 'operator'))
      continue
    }
    const party = parties.get(signer.oin)
    if (!party) return fail('OPS_KEY', file, `no signature of ${signer.oin}: add ${path}`)
    changed.set(path, signatureOf(payload, party.key, party.thumbprint))
  }
}
