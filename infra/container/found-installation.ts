/** Founds an installation on servers that run already. Each step again changes nothing. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { PostgresTarget } from '#adapters/postgres/open-pool.ts'
import { asFailure, fail } from '#core/failure.ts'
import {
  configuredPath,
  IDENTITIES,
  type PostgresConfig,
  readStoreConfig,
} from '#services/cli/store-config.ts'
import { migrate } from '../postgres/migrate.ts'
import { registryDatabase } from '../postgres/registry-database.ts'
import { setRolePasswords } from '../postgres/roles.ts'
import { registerSchemas } from '../registry/register.ts'

const PATIENCE_MS = 120_000
const PAUSE_MS = 2_000

export interface FoundOptions {
  readonly data: string
  /** Owner of the database and a file with the password. */
  readonly owner: string
  readonly ownerPassword: string
  /** Folder with one file for each identity. */
  readonly rolePasswords: string
  /** Makes the registry's own database too, with the password in this file. */
  readonly registryPassword?: string
  readonly report: (text: string) => void
}

const secret = async (path: string): Promise<string> => (await readFile(path, 'utf8')).trim()

/** A server that starts beside us is not there at once; what it refuses after two minutes is thrown. */
async function patiently<T>(
  what: string,
  report: (text: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  const until = Date.now() + PATIENCE_MS
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (Date.now() > until) throw error
      report(`${what}: ${asFailure(error).code}; again in ${PAUSE_MS / 1000} s`)
      await delay(PAUSE_MS)
    }
  }
}

async function ownerOf(options: FoundOptions, config: PostgresConfig): Promise<PostgresTarget> {
  const { host, port, database, ca } = config
  return {
    host,
    port,
    database,
    user: options.owner,
    password: await secret(options.ownerPassword),
    ...(ca === undefined ? {} : { ca: await readFile(configuredPath(options.data, ca), 'utf8') }),
  }
}

/** Migrations, passwords of the roles, and (asked for) the registry's database. Throws `OPS_CONFIG` without PostgreSQL in store.json. */
export async function foundDatabase(options: FoundOptions): Promise<void> {
  const { keys } = await readStoreConfig(options.data)
  const owner = await ownerOf(options, keys ?? fail('OPS_CONFIG', '/keys'))
  const applied = await patiently('PostgreSQL', options.report, () => migrate(owner))
  options.report(`migrations: ${applied.length} applied`)
  const passwords = new Map<string, string>()
  for (const identity of IDENTITIES)
    passwords.set(`schakel_${identity}`, await secret(join(options.rolePasswords, identity)))
  await setRolePasswords(owner, passwords)
  if (options.registryPassword !== undefined)
    await registryDatabase(owner, await secret(options.registryPassword))
}

/** Every published schema is in the registry that store.json names; none named: nothing to do. */
export async function foundRegistry(options: FoundOptions): Promise<void> {
  const { registry } = await readStoreConfig(options.data)
  if (!registry) return
  const ids = await patiently('registry', options.report, () => registerSchemas({ url: registry.url }))
  options.report(`registry: ${ids.size} schemas`)
}
