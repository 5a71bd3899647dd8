// node infra/container/found/main.ts [database] [log] --owner-password FILE --role-passwords DIR
//   [--data DIR] [--owner NAME] [--registry-password FILE] [--kafka]
// database: migrations, roles, the registry's database. log: schemas, topics and rights (--kafka, as the brokers' administrator),
// the first records of the log. Neither named: both. Exit code 0 when all is there.
import { parseArgs } from 'node:util'
import { commands } from '#services/cli/commands.ts'
import { runCommand } from '#services/cli/run-command.ts'
import { foundDatabase, foundRegistry } from '../found-installation.ts'

const { values, positionals } = parseArgs({
  options: {
    data: { type: 'string', default: process.env['SCHAKEL_DATA'] ?? 'data' },
    owner: { type: 'string', default: 'postgres' },
    'owner-password': { type: 'string' },
    'role-passwords': { type: 'string' },
    'registry-password': { type: 'string' },
    kafka: { type: 'boolean', default: false },
  },
  allowPositionals: true,
  strict: true,
})

const report = (text: string): void => {
  process.stderr.write(`found: ${text}\n`)
}

async function command(...args: string[]): Promise<void> {
  const code = await runCommand(commands, [...args, '--data', values.data], {
    env: process.env,
    cwd: process.cwd(),
    stdout: process.stdout,
    stderr: process.stderr,
    signal: new AbortController().signal,
  })
  if (code !== 0) process.exit(code)
}

async function main(): Promise<void> {
  const { 'owner-password': ownerPassword, 'role-passwords': rolePasswords } = values
  if (ownerPassword === undefined || rolePasswords === undefined)
    throw new RangeError('--owner-password and --role-passwords name files')
  const registryPassword = values['registry-password']
  const options = {
    data: values.data,
    owner: values.owner,
    ownerPassword,
    rolePasswords,
    ...(registryPassword === undefined ? {} : { registryPassword }),
    report,
  }
  const does = (part: string) => positionals.length === 0 || positionals.includes(part)
  if (does('database')) await foundDatabase(options)
  if (!does('log')) return
  await foundRegistry(options)
  if (values.kafka) await command('kafka', 'apply', '--prune')
  await command('init')
}

try {
  await main()
} catch (error) {
  report(error instanceof Error ? error.message : 'failed')
  process.exitCode = 2
}
