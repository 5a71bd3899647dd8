/** The development certificate authority of a data directory, and an identity for every partner in contracts/partner. */
import { existsSync } from 'node:fs'
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type CaIdentity, createCa } from '#adapters/pki/create-ca.ts'
import { issueCrl } from '#adapters/pki/issue-crl.ts'
import { issueIdentity, type PartnerIdentity } from '#adapters/pki/issue-identity.ts'
import type { PkiPorts } from '#adapters/pki/ports.ts'
import { writeIdentity } from '#adapters/pki/write-identity.ts'
import type { StorePaths } from '../store-paths.ts'

const SECRET = 0o600
const CRL_DAYS = 30

export interface PartnerFile {
  readonly id: string
  readonly oin: string
  readonly name: string
  /** Carrier (partner id) of a body without a connection. */
  readonly via: string | null
}

export interface Authority {
  readonly ca: CaIdentity
  readonly crlPem: string
  /** partner id → identity. */
  readonly identities: ReadonlyMap<string, PartnerIdentity>
}

/** Readable by its owner only, whole or not at all. */
async function writeSecret(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text, { mode: SECRET })
  await chmod(`${path}.new`, SECRET)
  await rename(`${path}.new`, path)
}

/**
 * The CA of this data directory, made when there is none: brokers need their certificates before there is a log. One that is
 * there is kept, so that what it signed stays valid.
 */
export async function foundAuthority(ports: PkiPorts, paths: StorePaths): Promise<CaIdentity> {
  await mkdir(paths.pki, { recursive: true, mode: 0o700 })
  if (existsSync(join(paths.pki, 'ca.key.pem'))) return await readAuthority(paths)
  const ca = createCa(ports, { commonName: 'Schakel development CA' })
  await writeFile(join(paths.pki, 'ca.pem'), ca.certPem)
  // The key last: with it the CA is whole.
  await writeSecret(join(paths.pki, 'ca.key.pem'), ca.keyPem)
  return ca
}

/** CRL, the gateway's server certificate and one identity folder per partner; overwrites an unfinished attempt. */
export async function createAuthority(
  ports: PkiPorts,
  paths: StorePaths,
  exchangeOin: string,
  partners: readonly PartnerFile[],
  progress: (text: string) => void,
): Promise<Authority> {
  const ca = await foundAuthority(ports, paths)
  const crlPem = issueCrl(ports, ca, { number: 1, days: CRL_DAYS, revoked: [] })
  await writeFile(join(paths.pki, 'crl.pem'), crlPem)
  const gateway = issueIdentity(ports, ca, {
    oin: exchangeOin,
    commonName: 'schakel gateway',
    organisation: 'Schakel',
  })
  await writeFile(join(paths.pki, 'gateway.cert.pem'), gateway.tls.certPem)
  await writeSecret(join(paths.pki, 'gateway.key.pem'), gateway.tls.keyPem)
  const identities = new Map<string, PartnerIdentity>()
  for (const partner of partners) {
    progress(`keys and certificates for ${partner.name}`)
    const identity = issueIdentity(ports, ca, {
      oin: partner.oin,
      commonName: partner.id,
      organisation: partner.name,
    })
    await writeIdentity(join(paths.partners, partner.id), identity, { replace: true })
    identities.set(partner.id, identity)
  }
  return { ca, crlPem, identities }
}

/** The CA of this data directory, for `schakel pki` and for renewing the CRL. */
export async function readAuthority(paths: StorePaths): Promise<CaIdentity> {
  return {
    certPem: await readFile(join(paths.pki, 'ca.pem'), 'utf8'),
    keyPem: await readFile(join(paths.pki, 'ca.key.pem'), 'utf8'),
  }
}
