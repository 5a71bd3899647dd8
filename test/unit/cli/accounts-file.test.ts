import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { readAccounts, writeAccounts } from '#services/cli/accounts-file.ts'
import { CONSOLE_ROLES } from '#services/console/roles.ts'
import { makeSecret } from '#web/accounts.ts'

let data: string
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'schakel-accounts-'))
})
afterEach(() => rm(data, { recursive: true, force: true }))

const withRole = async (role: string) => [
  { actor: 'jansen', name: 'J. Jansen', roles: [role], secret: await makeSecret('a passphrase') },
]

it('one that is no file of accounts, or names a role that these pages do not have, lets nobody in', async () => {
  for (const text of ['', '{}', '[{"actor":"jansen"}]', JSON.stringify(await withRole('approver'))]) {
    await writeFile(join(data, 'accounts.json'), text)
    await expect(readAccounts(data, CONSOLE_ROLES)).rejects.toMatchObject({ code: 'OPS_CONFIG' })
  }
})

it('nobody while there is none; what is written is read again, by its owner alone', async () => {
  expect(await readAccounts(data, CONSOLE_ROLES)).toEqual([])
  const accounts = await withRole('auditor')
  await writeAccounts(data, accounts)
  expect(await readAccounts(data, CONSOLE_ROLES)).toEqual(accounts)
  expect((await stat(join(data, 'accounts.json'))).mode & 0o777).toBe(0o600)
})
