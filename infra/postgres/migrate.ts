/** Numbered migrations, each applied once and whole; one that was applied never changes (its SHA-256 is kept). */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Client } from 'pg'
import { type PostgresTarget, postgresFailure } from '#adapters/postgres/open-pool.ts'
import { fail } from '#core/failure.ts'

const FOLDER = join(dirname(fileURLToPath(import.meta.url)), 'migrations')
const NAME = /^\d{4}-[a-z0-9-]+\.sql$/
const LOCK = 7_210_004_401
const CONNECT_MS = 5_000

export interface Migration {
  readonly name: string
  readonly sql: string
  readonly sha256: string
}

export async function readMigrations(folder = FOLDER): Promise<readonly Migration[]> {
  const names = (await readdir(folder)).filter((name) => NAME.test(name)).sort()
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(join(folder, name), 'utf8')
      return { name, sql, sha256: createHash('sha256').update(sql).digest('base64url') }
    }),
  )
}

/** As the owner of the schema: a superuser of a cluster that is for keys only, never a role of a service. */
export async function asOwner<T>(owner: PostgresTarget, work: (client: Client) => Promise<T>): Promise<T> {
  const { ca, ...rest } = owner
  const client = new Client({
    ...rest,
    ...(ca === undefined ? {} : { ssl: { ca, rejectUnauthorized: true } }),
    connectionTimeoutMillis: CONNECT_MS,
    application_name: 'schakel-migrate',
  })
  client.on('error', () => {})
  try {
    await client.connect()
    return await work(client)
  } catch (error) {
    throw postgresFailure(error, 'OPS_KEY_STORE')
  } finally {
    await client.end().catch(() => undefined)
  }
}

async function pending(client: Client, migrations: readonly Migration[]): Promise<readonly Migration[]> {
  const { rows } = await client.query<{ name: string; sha256: string }>(
    'SELECT name, sha256 FROM schakel_migrations.applied ORDER BY name',
  )
  const wanted = new Map(migrations.map((one) => [one.name, one.sha256]))
  for (const { name, sha256 } of rows) {
    if (wanted.get(name) !== sha256)
      fail('OPS_KEY_STORE', undefined, `migration ${name} was applied in another form than this build has`)
  }
  const applied = new Set(rows.map(({ name }) => name))
  const open = migrations.filter(({ name }) => !applied.has(name))
  const newest = rows.at(-1)?.name ?? ''
  const late = open.find(({ name }) => name < newest)
  if (late) fail('OPS_KEY_STORE', undefined, `migration ${late.name} comes before one that was applied`)
  return open
}

/** Applies what is open, one migrator at a time; answers the names. Throws `OPS_KEY_STORE`; what failed leaves nothing behind. */
export async function migrate(
  owner: PostgresTarget,
  migrations?: readonly Migration[],
): Promise<readonly string[]> {
  const all = migrations ?? (await readMigrations())
  return asOwner(owner, async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [LOCK])
    await client.query('CREATE SCHEMA IF NOT EXISTS schakel_migrations')
    await client.query(`CREATE TABLE IF NOT EXISTS schakel_migrations.applied
      (name text PRIMARY KEY, sha256 text NOT NULL, at timestamptz NOT NULL DEFAULT now())`)
    const open = await pending(client, all)
    for (const { name, sql, sha256 } of open) {
      await client.query('BEGIN')
      await client.query(sql)
      await client.query('INSERT INTO schakel_migrations.applied (name, sha256) VALUES ($1, $2)', [
        name,
        sha256,
      ])
      await client.query('COMMIT')
    }
    return open.map(({ name }) => name)
  })
}

/** Names of the migrations that `migrate` would apply; for `schakel doctor`. */
export async function openMigrations(owner: PostgresTarget): Promise<readonly string[]> {
  const all = await readMigrations()
  return asOwner(owner, async (client) => {
    const { rows } = await client.query<{ there: string | null }>(
      "SELECT to_regclass('schakel_migrations.applied')::text AS there",
    )
    if (rows[0]?.there === null) return all.map(({ name }) => name)
    return (await pending(client, all)).map(({ name }) => name)
  })
}
