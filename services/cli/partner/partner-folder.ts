import { createPrivateKey, X509Certificate } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Agreement, Partner } from '#core/decision/epoch.ts'
import { readAgreement } from '#core/decision/read-agreement.ts'
import { readJson } from '#core/decision/read-json.ts'
import { readPartner } from '#core/decision/read-partner.ts'
import { signedPayload } from '#core/decision/signatures-needed.ts'
import { fail } from '#core/failure.ts'
import { thumbprintOf } from '#core/message/certificate.ts'
import { signatureOf } from '../first-time/artefacts.ts'

export const USES = ['sign', 'seal', 'tls'] as const
export type Use = (typeof USES)[number]

/** The folder that `partner new` wrote, as its owner or the operator has it. */
export interface PartnerFolder {
  readonly folder: string
  readonly partner: Partner
  /** path in control → bytes: partner file, agreements, signatures. */
  readonly artefacts: ReadonlyMap<string, Uint8Array>
  readonly agreements: readonly { readonly path: string; readonly value: Agreement }[]
}

export const identityPath = (folder: string, name: string): string => join(folder, 'identity', name)

async function namesIn(folder: string): Promise<readonly string[]> {
  return (await readdir(folder).catch(() => [])).filter((name) =>
    /^[a-z0-9-]+\.(?:json|[0-9A-Z]{20}\.jws)$/.test(name),
  )
}

/** Reads it strictly: one partner, and agreements that it is a party of. Throws `OPS_NOT_FOUND`, `OPS_USAGE` or `OPS_CONTROL`. */
export async function readPartnerFolder(folder: string): Promise<PartnerFolder> {
  const artefacts = new Map<string, Uint8Array>()
  for (const kind of ['partner', 'agreement'])
    for (const name of await namesIn(join(folder, 'contracts', kind)))
      artefacts.set(`contracts/${kind}/${name}`, await readFile(join(folder, 'contracts', kind, name)))
  const partners = [...artefacts].filter(([path]) => path.startsWith('contracts/partner/'))
  const [one] = partners
  if (!one)
    return fail('OPS_NOT_FOUND', '/folder', 'no partner file: schakel partner new writes such a folder')
  if (partners.length > 1) fail('OPS_USAGE', '/folder', 'more than one partner')
  const idOf = (path: string) => path.slice(path.lastIndexOf('/') + 1, -'.json'.length)
  const partner = readPartner(idOf(one[0]), readJson(...one))
  const agreements = [...artefacts]
    .filter(([path]) => /^contracts\/agreement\/.*\.json$/.test(path))
    .map(([path, bytes]) => ({ path, value: readAgreement(idOf(path), readJson(path, bytes)) }))
  for (const { path, value } of agreements)
    if (!value.parties.includes(partner.oin)) fail('OPS_USAGE', path, 'the partner is no party')
  return { folder, partner, artefacts, agreements }
}

/** Where this partner's signature under an agreement lies, in the folder and in control. */
export const signaturePath = (agreement: string, partner: Partner): string =>
  agreement.replace(/\.json$/, `.${partner.oin}.jws`)

/** Agreements that this partner has not signed yet, as they lie in the folder. */
export function unsigned({ agreements, artefacts, partner }: PartnerFolder): readonly string[] {
  return agreements.map(({ path }) => path).filter((path) => !artefacts.has(signaturePath(path, partner)))
}

/**
 * Signs what is unsigned with the partner's own key, which must have its certificate: path → compact JWS. Undefined when the key
 * is not in this folder. Without a certificate: `OPS_KEY`.
 */
export async function signaturesOf(
  folder: PartnerFolder,
): Promise<ReadonlyMap<string, Uint8Array> | undefined> {
  const [keyPath, certPath] = ['sign.key.pem', 'sign.cert.pem'].map((name) =>
    identityPath(folder.folder, name),
  )
  if (!keyPath || !certPath || !existsSync(keyPath)) return undefined
  if (!existsSync(certPath)) return fail('OPS_KEY', '/identity/sign.cert.pem', 'not certified yet')
  const key = createPrivateKey(await readFile(keyPath))
  const thumbprint = thumbprintOf(new X509Certificate(await readFile(certPath)).raw)
  return new Map(
    unsigned(folder).map((path) => [
      signaturePath(path, folder.partner),
      signatureOf(signedPayload(folder.artefacts.get(path) ?? new Uint8Array()), key, thumbprint),
    ]),
  )
}
