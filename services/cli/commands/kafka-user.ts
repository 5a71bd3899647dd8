import { writeFile } from 'node:fs/promises'
import { kafkaPartners } from '#adapters/kafka/declaration.ts'
import { removeScramUser, scramUsers, setScramUser } from '#adapters/kafka/scram-users.ts'
import { systemRandom } from '#adapters/random/system.ts'
import { fail } from '#core/failure.ts'
import { parseOin } from '#core/ids.ts'
import type { Call, CliCommand, ExitCode } from '../command.ts'
import { type Cluster, kafkaConfig, openCluster, partnersOf } from '../kafka-cluster.ts'

async function list(call: Call, cluster: Cluster): Promise<ExitCode> {
  const users = await scramUsers(cluster.target)
  call.out.answer({ users }, users.length > 0 ? users : ['no SCRAM users'])
  return 0
}

/** The password goes to a file that only its owner reads, never to the screen: a partner gets it by another way. */
async function set(call: Call, cluster: Cluster, text: string): Promise<ExitCode> {
  const oin = parseOin(text, '/oin')
  const out = call.option('out') ?? fail('OPS_USAGE', '/out', 'name a file for the password')
  const partners = kafkaPartners(await partnersOf(call.data, cluster))
  const partner = partners.find((one) => one.oin === oin)
  if (!partner || partner.suspended)
    fail('OPS_USAGE', '/oin', 'not the OIN of a partner that speaks Kafka and is not suspended')
  // The file first, empty: a password that nobody holds helps nobody.
  await writeFile(out, '', { mode: 0o600, flag: 'wx' }).catch((error: NodeJS.ErrnoException) =>
    fail('OPS_USAGE', '/out', `${out}: ${error.code}`),
  )
  const { user, password } = await setScramUser(cluster.target, oin, (count) => systemRandom.bytes(count))
  await writeFile(out, `${password}\n`)
  call.out.answer({ user, written: out }, [`user ${user}: password in ${out}`])
  return 0
}

async function remove(call: Call, cluster: Cluster, text: string): Promise<ExitCode> {
  await removeScramUser(cluster.target, parseOin(text, '/oin'))
  call.out.answer({ removed: text }, [
    `${text}: no SCRAM user any more; open connections end within 10 minutes`,
  ])
  return 0
}

async function run(call: Call): Promise<ExitCode> {
  const config = (await kafkaConfig(call.data)) ?? fail('OPS_CONFIG', '/log', 'store.json names no Kafka')
  const [oin] = call.positionals
  const cluster = await openCluster(call.data, config)
  try {
    if (oin === undefined) return await list(call, cluster)
    return call.flag('remove') ? await remove(call, cluster, oin) : await set(call, cluster, oin)
  } finally {
    await cluster.close()
  }
}

export const kafkaUser: CliCommand = {
  name: 'kafka user',
  usage: 'kafka user [<oin> (--out <file> | --remove)]',
  summary:
    'SCRAM-SHA-512 user of a partner without a client certificate: a new random password, or none any more',
  options: {
    out: { type: 'string', value: 'file', text: 'a new file for the password (mode 0600)' },
    remove: { type: 'boolean', text: 'delete the user' },
  },
  positionals: [0, 1],
  run,
}
