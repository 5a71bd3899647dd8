import type { Client } from 'pg'
import type { PostgresTarget } from '#adapters/postgres/open-pool.ts'
import { asFailure } from '#core/failure.ts'
import { asOwner, openMigrations } from './migrate.ts'

export interface PostgresFinding {
  readonly name: string
  readonly ok: boolean
  /** What was seen, and where it is wrong what to do; no secret. */
  readonly detail: string
}

type Look = (client: Client) => Promise<Omit<PostgresFinding, 'name'>>

const OLDEST = 180_000
const DURABLE: Readonly<Record<string, string>> = {
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
}
/** Each of these keeps what was deleted, somewhere that a destruction does not reach (docs/decisions/0013). */
const FORGETS: Readonly<Record<string, string>> = {
  archive_mode: 'off',
  wal_recycle: 'off',
  wal_keep_size: '0',
}

async function settings(
  client: Client,
  wanted: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const text = 'SELECT name, setting FROM pg_catalog.pg_settings WHERE name = ANY($1)'
  const { rows } = await client.query<{ name: string; setting: string }>(text, [Object.keys(wanted)])
  const found = new Map(rows.map((row) => [row.name, row.setting]))
  return Object.entries(wanted).flatMap(([name, value]) =>
    found.get(name) === value ? [] : [`${name} is ${found.get(name)}, must be ${value}`],
  )
}

const listed = (wrong: readonly string[], good: string) => ({
  ok: wrong.length === 0,
  detail: wrong.length === 0 ? good : wrong.join('; '),
})

const LOOKS: Readonly<Record<string, Look>> = {
  'PostgreSQL answers': async (client) => {
    const text = `SELECT current_setting('server_version_num')::int AS version, current_setting('server_version') AS said,
      (SELECT ssl FROM pg_catalog.pg_stat_ssl WHERE pid = pg_backend_pid()) AS tls`
    const { rows } = await client.query<{ version: number; said: string; tls: boolean }>(text)
    const detail = `${rows[0]?.said}, ${rows[0]?.tls ? 'TLS' : 'no TLS'}`
    return { ok: (rows[0]?.version ?? 0) >= OLDEST, detail: `${detail} (18 or later)` }
  },
  'PostgreSQL is durable': async (client) =>
    listed(await settings(client, DURABLE), 'fsync, full_page_writes and synchronous_commit are on'),
  'PostgreSQL forgets': async (client) => {
    const wrong = [...(await settings(client, FORGETS))]
    const text = 'SELECT slot_name FROM pg_catalog.pg_replication_slots ORDER BY slot_name'
    const slots = await client.query<{ slot_name: string }>(text)
    for (const row of slots.rows) wrong.push(`replication slot ${row.slot_name} keeps WAL`)
    return listed(wrong, 'no archive, no slot, WAL files are removed')
  },
  'roles of the services': async (client) => {
    const text = `SELECT rolname FROM pg_catalog.pg_roles
      WHERE rolname LIKE 'schakel\\_%' AND rolname <> 'schakel_owner'
        AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication) ORDER BY rolname`
    const { rows } = await client.query<{ rolname: string }>(text)
    const wrong = rows.map((row) => `${row.rolname} may do more than it should`)
    const secured = `SELECT relrowsecurity AS on FROM pg_catalog.pg_class WHERE oid = to_regclass('schakel.key_row')`
    const table = await client.query<{ on: boolean }>(secured)
    if (table.rows[0]?.on !== true) wrong.push('row-level security on schakel.key_row is off')
    return listed(wrong, 'each sees the kinds of keys it works on')
  },
  'destroyed keys are out of the files': async (client) => {
    const { rows } = await client.query<{ n: string }>('SELECT count(*) AS n FROM schakel.purge_due')
    const left = Number(rows[0]?.n ?? 0)
    return {
      ok: left === 0,
      detail: left === 0 ? 'nothing is left to clean' : `${left} shelves: destroy again`,
    }
  },
}

/** What `schakel doctor` says of PostgreSQL; role: operator. Never throws: what cannot be looked at is a finding. */
export async function checkPostgres(operator: PostgresTarget): Promise<readonly PostgresFinding[]> {
  const findings: PostgresFinding[] = []
  const note = async (name: string, look: () => Promise<Omit<PostgresFinding, 'name'>>) => {
    try {
      findings.push({ name, ...(await look()) })
    } catch (error) {
      findings.push({ name, ok: false, detail: asFailure(error).message })
    }
  }
  for (const [name, look] of Object.entries(LOOKS)) await note(name, () => asOwner(operator, look))
  await note('migrations of PostgreSQL', async () => {
    const open = await openMigrations(operator)
    return listed(open, 'all applied')
  })
  return findings
}
