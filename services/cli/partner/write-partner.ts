import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pkcs8 } from '#adapters/pki/certificate-der.ts'
import { createRequest } from '#adapters/pki/certificate-request.ts'
import type { PkiPorts } from '#adapters/pki/ports.ts'
import type { Agreement, Partner } from '#core/decision/epoch.ts'
import { fail } from '#core/failure.ts'
import { readContracts } from '../../../infra/generate/read-contracts.ts'
import { draftAgreement, draftPartner, freeOin } from '../../../infra/new/draft-partner.ts'
import { helloMessage, helloScript } from '../../../infra/new/hello-script.ts'
import { partnerKind } from '../../../infra/new/partner-kinds.ts'
import { projectRoot } from '../project-root.ts'
import { identityPath, USES } from './partner-folder.ts'

const GATEWAY = 'https://127.0.0.1:7400'
const SECRET = 0o600

export interface NewPartner {
  readonly id: string
  readonly name: string
  readonly kind: string
  readonly country: string
  readonly oin: string | undefined
  /** Partner id of the other party; default: the kind's. */
  readonly with: string | undefined
  /** OINs that control holds besides those in contracts/. */
  readonly taken: readonly string[]
}

export interface WrittenPartner {
  readonly partner: Partner
  readonly agreement: Agreement
  readonly files: readonly string[]
}

/**
 * Writes the folder of a new partner: three keys and their certificate requests, partner file, draft of its agreement, and a
 * program that says hello. Nothing outside it is touched, and a folder that is there is not: `OPS_USAGE`.
 */
export async function writePartner(
  ports: PkiPorts,
  folder: string,
  order: NewPartner,
): Promise<WrittenPartner> {
  const root = projectRoot()
  const contracts = readContracts(root)
  const kind = partnerKind(root, order.kind)
  const known = contracts.partners.map(({ oin }) => oin as string)
  if (contracts.partners.some(({ id }) => id === order.id)) fail('OPS_USAGE', '/id', 'this partner exists')
  const oin = order.oin ?? freeOin([...known, ...order.taken])
  if ([...known, ...order.taken].includes(oin)) fail('OPS_USAGE', '/oin', 'another partner has it')
  const partner = draftPartner({ ...order, oin }, kind)
  const agreement = draftAgreement(contracts, partner.value, kind, order.with ?? kind.with, ports.clock.now())
  const hello = helloScript(partner.value, helloMessage(root, contracts, agreement.value, kind))
  const version = (JSON.parse(await readFile(projectRoot('package.json'), 'utf8')) as { version: string })
    .version
  const manifest = {
    name: order.id,
    private: true,
    type: 'module',
    engines: { node: '>=20' },
    dependencies: { 'schakel-sdk': `file:schakel-sdk-${version}.tgz` },
  }
  await mkdir(dirname(folder), { recursive: true })
  await mkdir(folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) =>
    error.code === 'EEXIST' ? fail('OPS_USAGE', '/out', `${folder} is there already`) : Promise.reject(error),
  )
  const texts = new Map([
    [partner.path, partner.text],
    [agreement.path, agreement.text],
    ['hello.mjs', hello],
    ['connection.json', `${JSON.stringify({ gateway: GATEWAY }, null, 2)}\n`],
    ['package.json', `${JSON.stringify(manifest, null, 2)}\n`],
    ['.gitignore', 'identity/*.key.pem\nidentity/outbox/\nnode_modules/\n'],
  ])
  for (const [path, text] of texts) await write(join(folder, path), text)
  const keys = await writeKeys(ports, folder, partner.value)
  return { partner: partner.value, agreement: agreement.value, files: [...texts.keys(), ...keys] }
}

async function write(path: string, text: string, mode?: number): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text, { flag: 'wx', ...(mode === undefined ? {} : { mode }) })
}

/** Keys that can sign their request: to seal, P-256 (X25519 cannot). Private halves are readable by their owner only. */
async function writeKeys(
  ports: PkiPorts,
  folder: string,
  { id, oin, name }: Partner,
): Promise<readonly string[]> {
  const paths: string[] = []
  for (const use of USES) {
    const keyPem = pkcs8(ports.keyPair(use === 'sign' ? 'Ed25519' : 'P-256').privateKey)
    const request = createRequest(keyPem, { oin, commonName: `${id} ${use}`, organisation: name })
    await write(identityPath(folder, `${use}.key.pem`), keyPem, SECRET)
    await write(identityPath(folder, `${use}.request.pem`), request)
    paths.push(`identity/${use}.key.pem`, `identity/${use}.request.pem`)
  }
  return paths
}
