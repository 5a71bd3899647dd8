import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { PartnerIdentity } from './issue-identity.ts'

const USES = ['sign', 'seal', 'tls'] as const

/** Writes the folder that `#sdk/connect.ts` reads: mode 0700, files 0600; a file that exists is never overwritten (EEXIST). */
export async function writeIdentity(folder: string, identity: PartnerIdentity): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const write = (name: string, text: string) =>
    writeFile(join(folder, name), text, { mode: 0o600, flag: 'wx' })
  for (const use of USES) {
    await write(`${use}.key.pem`, identity[use].keyPem)
    await write(`${use}.cert.pem`, identity[use].certPem)
  }
  await write('ca.pem', identity.ca)
}
