import { readFile, rename, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fail } from '#core/failure.ts'
import { type Account, isActor, makePassphrase, makeSecret, parseAccounts } from '#web/accounts.ts'
import type { Call, CliCommand, ExitCode } from '../command.ts'

/** Roles of all pages: those of the exchange, and those of a partner's own desk and applications. */
const ROLES = ['auditor', 'operator', 'desk', 'approver', 'staff'] as const

async function readFolder(folder: string): Promise<readonly Account[]> {
  const path = join(folder, 'accounts.json')
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) =>
    error.code === 'ENOENT' ? '[]' : fail('OPS_CONFIG', path, error.code),
  )
  return parseAccounts(text, ROLES) ?? fail('OPS_CONFIG', path, 'not a file of accounts')
}

/** Whole or not at all, readable for the owner alone. */
async function writeFolder(folder: string, accounts: readonly Account[]): Promise<void> {
  const path = join(folder, 'accounts.json')
  await writeFile(`${path}.new`, `${JSON.stringify(accounts, null, 2)}\n`, { mode: 0o600 })
  await rename(`${path}.new`, path)
}

function rolesOf(call: Call): readonly string[] {
  const asked = (call.option('role') ?? '').split(',').filter((role) => role !== '')
  const known = asked.filter((role) => ROLES.some((one) => one === role))
  if (known.length === 0 || known.length < asked.length)
    fail('OPS_USAGE', '/role', `--role is one or more of ${ROLES.join(', ')}`)
  return known
}

async function add(call: Call, folder: string): Promise<ExitCode> {
  const [, actor = '', name = actor] = call.positionals
  if (!isActor(actor)) fail('OPS_USAGE', '/actor', 'lower case letters, digits and dashes')
  const accounts = await readFolder(folder)
  if (accounts.some((one) => one.actor === actor)) fail('OPS_USAGE', '/actor', `${actor} is there already`)
  const roles = rolesOf(call)
  const passphrase = makePassphrase()
  await writeFolder(folder, [...accounts, { actor, name, roles, secret: await makeSecret(passphrase) }])
  call.out.answer({ actor, roles, passphrase }, [
    `${actor} may sign in as ${roles.join(', ')} with this passphrase, told only now:`,
    `  ${passphrase}`,
  ])
  return 0
}

async function remove(call: Call, folder: string): Promise<ExitCode> {
  const [, actor = ''] = call.positionals
  const accounts = await readFolder(folder)
  const kept = accounts.filter((one) => one.actor !== actor)
  if (kept.length === accounts.length) fail('OPS_NOT_FOUND', '/actor')
  await writeFolder(folder, kept)
  call.out.answer({ actor, removed: true }, [
    `${actor} can no longer sign in; open sessions end within eight hours`,
  ])
  return 0
}

async function list(call: Call, folder: string): Promise<ExitCode> {
  const accounts = (await readFolder(folder)).map(({ actor, name, roles }) => ({ actor, name, roles }))
  call.out.answer(
    accounts,
    accounts.map(({ actor, name, roles }) => `${actor.padEnd(24)} ${roles.join(',').padEnd(20)} ${name}`),
  )
  return 0
}

export const account: CliCommand = {
  name: 'account',
  usage: 'account add <actor> [name] --role <roles> | account remove <actor> | account list',
  summary: 'Who may sign in to the pages: auditor and operator here, desk, approver and staff at a partner',
  options: {
    role: { type: 'string', value: 'roles', text: `one or more of ${ROLES.join(', ')}` },
    folder: { type: 'string', value: 'dir', text: 'a partner’s own folder (default: the data directory)' },
  },
  positionals: [1, 3],
  run(call) {
    const folder = resolve(call.option('folder') ?? call.data)
    switch (call.positionals[0]) {
      case 'add':
        return add(call, folder)
      case 'remove':
        return remove(call, folder)
      case 'list':
        return list(call, folder)
    }
    return fail('OPS_USAGE', undefined, 'add, remove or list')
  },
}
