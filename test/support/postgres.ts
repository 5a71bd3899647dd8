/** A PostgreSQL for tests: the address given, else a container, else the npm package; else the reason is printed. */
import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GenericContainer, getContainerRuntimeClient } from 'testcontainers'
import type { PostgresTarget } from '#adapters/postgres/open-pool.ts'
import { asFailure } from '#core/failure.ts'
import { asOwner, migrate } from '../../infra/postgres/migrate.ts'
import { setRolePasswords } from '../../infra/postgres/roles.ts'
import { type RunningPostgres, runPostgres } from '../../infra/postgres/run-postgres.ts'

export const TEST_IDENTITIES = ['exchange', 'ledger', 'courier', 'gateway', 'console', 'operator'] as const
export type TestIdentity = (typeof TEST_IDENTITIES)[number]

export interface TestDatabase {
  readonly owner: PostgresTarget
  as(identity: TestIdentity): PostgresTarget
}

export interface TestPostgres {
  readonly owner: PostgresTarget
  /** Set when it is ours: then it can be killed, and its files can be read. */
  readonly server: RunningPostgres | undefined
  /** A fresh database with all migrations and roles. */
  database(): Promise<TestDatabase>
  stop(): Promise<void>
}

const IMAGE = 'postgres:18'

async function given(address: string): Promise<PostgresTarget> {
  const url = new URL(address)
  const ca = process.env['SCHAKEL_POSTGRES_CA']
  return {
    host: url.hostname,
    port: Number(url.port || 5432),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: url.pathname.slice(1) || 'postgres',
    ...(ca ? { ca: await readFile(ca, 'utf8') } : {}),
  }
}

async function container(): Promise<{ owner: PostgresTarget; stop: () => Promise<void> } | undefined> {
  const engine = await getContainerRuntimeClient().then(
    () => true,
    () => false,
  )
  if (!engine) return undefined
  const password = randomBytes(18).toString('base64url')
  const started = await new GenericContainer(IMAGE)
    .withEnvironment({ POSTGRES_PASSWORD: password })
    .withCommand(['postgres', '-c', 'wal_recycle=off', '-c', 'wal_level=minimal', '-c', 'max_wal_senders=0'])
    .withExposedPorts(5432)
    .start()
  const owner = { host: '127.0.0.1', port: started.getMappedPort(5432), user: 'postgres', password }
  return {
    owner: { ...owner, database: 'postgres' },
    stop: async () => {
      await started.stop()
    },
  }
}

function on(
  owner: PostgresTarget,
  server: RunningPostgres | undefined,
  stop: () => Promise<void>,
): TestPostgres {
  const made: string[] = []
  /** Several test files may share one server: each gives the roles the same passwords. */
  const passwordOf = (identity: string) =>
    createHash('sha256').update(`${owner.password}/${identity}`).digest('base64url')
  return {
    owner,
    server,
    async database() {
      const name = `schakel_test_${randomBytes(6).toString('hex')}`
      await asOwner(owner, (client) => client.query(`CREATE DATABASE ${name} TEMPLATE template0`))
      made.push(name)
      const own = { ...owner, database: name }
      await migrate(own)
      await setRolePasswords(own, new Map(TEST_IDENTITIES.map((one) => [`schakel_${one}`, passwordOf(one)])))
      return {
        owner: own,
        as: (identity) => ({ ...own, user: `schakel_${identity}`, password: passwordOf(identity) }),
      }
    },
    async stop() {
      try {
        if (!server)
          for (const name of made)
            await asOwner(owner, (client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`))
      } finally {
        await stop()
      }
    },
  }
}

/** Undefined when there is none: `NOT RUN` with the reason is printed, and under `CI=true` it throws. `own`: one that may be killed. */
export async function testPostgres(own = false): Promise<TestPostgres | undefined> {
  const address = process.env['SCHAKEL_POSTGRES']
  if (address && !own) return on(await given(address), undefined, async () => {})
  const inside = own ? undefined : await container()
  if (inside) return on(inside.owner, undefined, inside.stop)
  const folder = await mkdtemp(join(tmpdir(), 'schakel-pg-'))
  try {
    const server = await runPostgres({ folder })
    const stop = async () => {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    }
    return on({ ...server.owner, database: 'postgres' }, server, stop)
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    const reason = `no PostgreSQL: ${asFailure(error).message}`
    if (process.env['CI'] === 'true') throw new Error(reason)
    process.stderr.write(`NOT RUN: ${reason}\n`)
    return undefined
  }
}
