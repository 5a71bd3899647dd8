import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fail } from '#core/failure.ts'
import { type Account, parseAccounts } from '#web/accounts.ts'

const pathOf = (folder: string) => join(folder, 'accounts.json')

/** Who may sign in to the pages whose roles these are; nobody while there is no file. `OPS_CONFIG` for one that is none. */
export async function readAccounts(folder: string, roles: readonly string[]): Promise<readonly Account[]> {
  const path = pathOf(folder)
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) =>
    error.code === 'ENOENT' ? '[]' : fail('OPS_CONFIG', path, error.code),
  )
  return parseAccounts(text, roles) ?? fail('OPS_CONFIG', path, 'not a file of accounts')
}

/** Whole or not at all, readable for the owner alone. */
export async function writeAccounts(folder: string, accounts: readonly Account[]): Promise<void> {
  const path = pathOf(folder)
  await writeFile(`${path}.new`, `${JSON.stringify(accounts, null, 2)}\n`, { mode: 0o600 })
  await rename(`${path}.new`, path)
}
