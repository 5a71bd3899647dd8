import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { PartnerIdentity } from './issue-identity.ts'

const USES = ['sign', 'seal', 'tls'] as const

/**
 * Writes the folder that `#sdk/connect.ts` reads: mode 0700, files 0600. A file that exists is not overwritten (EEXIST), but
 * with `replace`: for a first set-up that did not finish.
 */
export async function writeIdentity(
  folder: string,
  identity: PartnerIdentity,
  options: { readonly replace?: boolean } = {},
): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const write = async (name: string, text: string) => {
    const path = join(folder, name)
    if (options.replace) await rm(path, { force: true })
    await writeFile(path, text, { mode: 0o600, flag: 'wx' })
  }
  for (const use of USES) {
    await write(`${use}.key.pem`, identity[use].keyPem)
    await write(`${use}.cert.pem`, identity[use].certPem)
  }
  await write('ca.pem', identity.ca)
}
