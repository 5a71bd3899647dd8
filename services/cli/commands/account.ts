import { fail } from '#core/failure.ts'
import { CONSOLE_ROLES } from '#services/console/roles.ts'
import { isActor, makePassphrase, makeSecret } from '#web/accounts.ts'
import { readAccounts, writeAccounts } from '../accounts-file.ts'
import type { Call, CliCommand, ExitCode } from '../command.ts'

function rolesOf(call: Call): readonly string[] {
  const asked = (call.option('role') ?? '').split(',').filter((role) => role !== '')
  const known = asked.filter((role) => CONSOLE_ROLES.some((one) => one === role))
  if (known.length === 0 || known.length < asked.length)
    fail('OPS_USAGE', '/role', `--role is one or more of ${CONSOLE_ROLES.join(', ')}`)
  return known
}

async function add(call: Call): Promise<ExitCode> {
  const [, actor = '', name = actor] = call.positionals
  if (!isActor(actor)) fail('OPS_USAGE', '/actor', 'lower case letters, digits and dashes')
  const accounts = await readAccounts(call.data)
  if (accounts.some((one) => one.actor === actor)) fail('OPS_USAGE', '/actor', `${actor} is there already`)
  const roles = rolesOf(call)
  const passphrase = makePassphrase()
  await writeAccounts(call.data, [...accounts, { actor, name, roles, secret: await makeSecret(passphrase) }])
  call.out.answer({ actor, roles, passphrase }, [
    `${actor} may sign in as ${roles.join(', ')} with this passphrase, told only now:`,
    `  ${passphrase}`,
  ])
  return 0
}

async function remove(call: Call): Promise<ExitCode> {
  const [, actor = ''] = call.positionals
  const accounts = await readAccounts(call.data)
  const kept = accounts.filter((one) => one.actor !== actor)
  if (kept.length === accounts.length) fail('OPS_NOT_FOUND', '/actor')
  await writeAccounts(call.data, kept)
  call.out.answer({ actor, removed: true }, [
    `${actor} can no longer sign in; open sessions end within eight hours`,
  ])
  return 0
}

async function list(call: Call): Promise<ExitCode> {
  const accounts = (await readAccounts(call.data)).map(({ actor, name, roles }) => ({ actor, name, roles }))
  call.out.answer(
    accounts,
    accounts.map(({ actor, name, roles }) => `${actor.padEnd(24)} ${roles.join(',').padEnd(20)} ${name}`),
  )
  return 0
}

export const account: CliCommand = {
  name: 'account',
  usage: 'account add <actor> [name] --role <roles> | account remove <actor> | account list',
  summary: 'Who may sign in to the pages of the exchange, as auditor or as operator',
  options: {
    role: { type: 'string', value: 'roles', text: `one or more of ${CONSOLE_ROLES.join(', ')}` },
  },
  positionals: [1, 3],
  run(call) {
    switch (call.positionals[0]) {
      case 'add':
        return add(call)
      case 'remove':
        return remove(call)
      case 'list':
        return list(call)
    }
    return fail('OPS_USAGE', undefined, 'add, remove or list')
  },
}
