import { mkdir } from 'node:fs/promises'
import { fail } from '#core/failure.ts'
import { CONSOLE_ROLES } from '#services/console/roles.ts'
import { isActor, makePassphrase, makeSecret } from '#web/accounts.ts'
import { readAccounts, writeAccounts } from '../accounts-file.ts'
import { appPlace } from '../app/app-folder.ts'
import type { Call, CliCommand, ExitCode } from '../command.ts'

/** Pages that people sign in to: those of the exchange, or those of a partner's application. */
interface Site {
  readonly folder: string
  readonly roles: readonly string[]
}

function siteOf(call: Call): Site {
  const app = call.option('app')
  if (app === undefined) return { folder: call.data, roles: CONSOLE_ROLES }
  const { application, folder } = appPlace(call, app)
  return { folder, roles: application.roles }
}

function rolesOf(call: Call, { roles }: Site): readonly string[] {
  const asked = (call.option('role') ?? '').split(',').filter((role) => role !== '')
  const known = asked.filter((role) => roles.includes(role))
  if (known.length === 0 || known.length < asked.length)
    fail('OPS_USAGE', '/role', `--role is one or more of ${roles.join(', ')}`)
  return known
}

async function add(call: Call, site: Site): Promise<ExitCode> {
  const [, actor = '', name = actor] = call.positionals
  if (!isActor(actor)) fail('OPS_USAGE', '/actor', 'lower case letters, digits and dashes')
  const roles = rolesOf(call, site)
  const accounts = await readAccounts(site.folder, site.roles)
  if (accounts.some((one) => one.actor === actor)) fail('OPS_USAGE', '/actor', `${actor} is there already`)
  const passphrase = makePassphrase()
  const secret = await makeSecret(passphrase)
  await mkdir(site.folder, { recursive: true, mode: 0o700 })
  await writeAccounts(site.folder, [...accounts, { actor, name, roles, secret }])
  call.out.answer({ actor, roles, passphrase }, [
    `${actor} may sign in as ${roles.join(', ')} with this passphrase, told only now:`,
    `  ${passphrase}`,
  ])
  return 0
}

async function remove(call: Call, site: Site): Promise<ExitCode> {
  const [, actor = ''] = call.positionals
  const accounts = await readAccounts(site.folder, site.roles)
  const kept = accounts.filter((one) => one.actor !== actor)
  if (kept.length === accounts.length) fail('OPS_NOT_FOUND', '/actor')
  await writeAccounts(site.folder, kept)
  call.out.answer({ actor, removed: true }, [
    `${actor} can no longer sign in; open sessions end within eight hours`,
  ])
  return 0
}

async function list(call: Call, site: Site): Promise<ExitCode> {
  const found = await readAccounts(site.folder, site.roles)
  const accounts = found.map(({ actor, name, roles }) => ({ actor, name, roles }))
  call.out.answer(
    accounts,
    accounts.map(({ actor, name, roles }) => `${actor.padEnd(24)} ${roles.join(',').padEnd(20)} ${name}`),
  )
  return 0
}

export const account: CliCommand = {
  name: 'account',
  usage: 'account add <actor> [name] --role <roles> | account remove <actor> | account list',
  summary:
    'Who may sign in to the pages of the exchange (auditor, operator), or with --app to those of an application',
  options: {
    role: { type: 'string', value: 'roles', text: 'one or more, with commas' },
    app: {
      type: 'string',
      value: 'name',
      text: 'an application of schakel app, with its own accounts and roles',
    },
    as: { type: 'string', value: 'partner/endpoint', text: 'whose desk, with --app desk' },
  },
  positionals: [1, 3],
  run(call) {
    const site = siteOf(call)
    switch (call.positionals[0]) {
      case 'add':
        return add(call, site)
      case 'remove':
        return remove(call, site)
      case 'list':
        return list(call, site)
    }
    return fail('OPS_USAGE', undefined, 'add, remove or list')
  },
}
