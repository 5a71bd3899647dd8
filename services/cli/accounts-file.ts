import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fail } from '#core/failure.ts'
import { CONSOLE_ROLES } from '#services/console/roles.ts'
import { type Account, parseAccounts } from '#web/accounts.ts'

const pathOf = (data: string) => join(data, 'accounts.json')

/** Who may sign in to the pages of the exchange; nobody while there is no file. `OPS_CONFIG` for one that is none. */
export async function readAccounts(data: string): Promise<readonly Account[]> {
  const path = pathOf(data)
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) =>
    error.code === 'ENOENT' ? '[]' : fail('OPS_CONFIG', path, error.code),
  )
  return parseAccounts(text, CONSOLE_ROLES) ?? fail('OPS_CONFIG', path, 'not a file of accounts')
}

/** Whole or not at all, readable for the owner alone. */
export async function writeAccounts(data: string, accounts: readonly Account[]): Promise<void> {
  const path = pathOf(data)
  await writeFile(`${path}.new`, `${JSON.stringify(accounts, null, 2)}\n`, { mode: 0o600 })
  await rename(`${path}.new`, path)
}
