/** A PostgreSQL for one machine, from npm: keys and artefacts of `up:kafka`, and of tests. */
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { PostgresTarget } from '#adapters/postgres/open-pool.ts'
import { asFailure, fail } from '#core/failure.ts'
import { freePorts } from '../kafka/free-ports.ts'
import { endLaunched, endLeftOver, type Launched, launch } from '../launched/child.ts'
import { type PostgresBinaries, postgresBinaries } from './binaries.ts'
import { asOwner } from './migrate.ts'

const run = promisify(execFile)
const HOST = '127.0.0.1'
const OWNER = 'schakel_owner'
const DATABASE = 'schakel'
const READY_MS = 30_000
const STOP_MS = 10_000
const POLL_MS = 25
const NAME = /^[a-z][a-z0-9_]{0,40}$/

export interface PostgresOptions {
  /** Data, log, pid, port and the owner's password; a folder of an earlier run is taken up again. */
  readonly folder: string
  /** Files in PEM; `ca` as text, for clients. Absent: no TLS, on loopback. */
  readonly tls?: { readonly certFile: string; readonly keyFile: string; readonly ca: string }
}

export interface RunningPostgres {
  readonly host: string
  readonly port: number
  /** A superuser, for migrations and roles; never for services. Database `schakel`. */
  readonly owner: PostgresTarget
  readonly pgdata: string
  pid(): number
  /** A database of its own, empty; answers its owner's target. There already: the same. */
  createDatabase(name: string): Promise<PostgresTarget>
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>
  pause(): void
  resume(): void
  /** Starts one that was killed or stopped, on the same data and port. */
  restart(): Promise<void>
  stop(): Promise<void>
}

interface Plan {
  readonly port: number
  readonly password: string
}

/** Durable, without copies of what was deleted: no archive, no replica, WAL files removed and not reused (docs/decisions/0013). */
function settings(port: number, tls: PostgresOptions['tls']): readonly string[] {
  const pairs: Record<string, string | number> = {
    port,
    listen_addresses: HOST,
    unix_socket_directories: '',
    max_connections: 100,
    shared_buffers: '32MB',
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    wal_level: 'minimal',
    max_wal_senders: 0,
    archive_mode: 'off',
    wal_recycle: 'off',
    min_wal_size: '2MB',
    max_wal_size: '64MB',
    wal_keep_size: 0,
    jit: 'off',
    log_statement: 'none',
    log_parameter_max_length: 0,
    log_parameter_max_length_on_error: 0,
    log_error_verbosity: 'terse',
    log_min_error_statement: 'panic',
    ...(tls ? { ssl: 'on', ssl_cert_file: tls.certFile, ssl_key_file: tls.keyFile } : {}),
    ...(tls ? { ssl_min_protocol_version: 'TLSv1.3' } : {}),
  }
  return Object.entries(pairs).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

async function planOf(folder: string): Promise<Plan> {
  const path = join(folder, 'postgres.json')
  const kept = await readFile(path, 'utf8').catch(() => undefined)
  if (kept !== undefined) return JSON.parse(kept) as Plan
  const [port = 0] = await freePorts(1)
  const plan: Plan = { port, password: randomBytes(24).toString('base64url') }
  await writeFile(path, JSON.stringify(plan), { mode: 0o600 })
  return plan
}

async function initialise(binaries: PostgresBinaries, pgdata: string, plan: Plan): Promise<void> {
  if (existsSync(pgdata)) return
  const draft = `${pgdata}.new`
  await rm(draft, { recursive: true, force: true })
  const secret = `${pgdata}.password`
  await writeFile(secret, `${plan.password}\n`, { mode: 0o600 })
  const flags = ['--auth=scram-sha-256', `--username=${OWNER}`, `--pwfile=${secret}`, '--wal-segsize=1']
  const [command = '', ...rest] = [...binaries.prefix, binaries.initdb, `--pgdata=${draft}`, ...flags]
  const locale = ['--encoding=UTF8', '--locale=C', '--no-instructions']
  try {
    await run(command, [...rest, ...locale])
  } catch (error) {
    const said = String((error as { stderr?: unknown }).stderr ?? '').slice(0, 500)
    fail('OPS_KEY_STORE', undefined, `initdb failed: ${said}`)
  } finally {
    await rm(secret, { force: true })
  }
  await rename(draft, pgdata)
}

/** Only passwords, and only TLS where there is a certificate. */
async function writeAccess(pgdata: string, tls: boolean): Promise<void> {
  const lines = `${tls ? 'hostssl' : 'host'} all all ${HOST}/32 scram-sha-256\n`
  await writeFile(join(pgdata, 'pg_hba.conf'), lines, { mode: 0o600 })
}

async function waitReady(owner: PostgresTarget, running: Launched, folder: string): Promise<void> {
  const until = Date.now() + READY_MS
  let last = 'no answer'
  while (Date.now() < until && !running.ended()) {
    try {
      await asOwner({ ...owner, database: 'postgres' }, (client) => client.query('SELECT 1'))
      return
    } catch (error) {
      last = asFailure(error).message
    }
    await delay(POLL_MS)
  }
  fail('OPS_KEY_STORE', undefined, `PostgreSQL did not get ready: ${last}; see ${folder}/postgres.log`)
}

async function createDatabase(owner: PostgresTarget, name: string): Promise<PostgresTarget> {
  if (!NAME.test(name)) fail('OPS_CONFIG', '/keys/database')
  await asOwner({ ...owner, database: 'postgres' }, async (client) => {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name])
    if (rowCount === 0) await client.query(`CREATE DATABASE ${name} TEMPLATE template0`)
  })
  return { ...owner, database: name }
}

/** Resolves when it answers; it ends with this process at the latest. Throws `OPS_KEY_STORE` with the reason. */
export async function runPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const { folder, tls } = options
  const binaries = await postgresBinaries()
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const plan = await planOf(folder)
  const pgdata = join(folder, 'pgdata')
  await endLeftOver(join(folder, 'postgres.pid'), pgdata)
  await initialise(binaries, pgdata, plan)
  await writeAccess(pgdata, tls !== undefined)
  const login = { host: HOST, port: plan.port, user: OWNER, password: plan.password }
  const owner: PostgresTarget = { ...login, database: DATABASE, ...(tls ? { ca: tls.ca } : {}) }
  const command = [...binaries.prefix, binaries.postgres, '-D', pgdata, ...settings(plan.port, tls)]
  let running: Launched | undefined
  const start = async () => {
    // Backends of a server that was killed let go of its memory a moment later; until then a new one refuses to start.
    for (const until = Date.now() + READY_MS; ; ) {
      running = await launch({ folder, name: 'postgres', command, code: 'OPS_KEY_STORE' })
      try {
        return await waitReady(owner, running, folder)
      } catch (error) {
        await endLaunched(running, 'SIGINT', STOP_MS)
        if (Date.now() > until) throw error
        await delay(POLL_MS)
      }
    }
  }
  const stop = () => endLaunched(running, 'SIGINT', STOP_MS)
  await start()
  await createDatabase(owner, DATABASE)
  return {
    host: HOST,
    port: plan.port,
    owner,
    pgdata,
    pid: () => (running && !running.ended() ? running.pid : 0),
    createDatabase: (name) => createDatabase(owner, name),
    kill: async () => {
      running?.signal('SIGKILL')
      await running?.exited
    },
    pause: () => running?.signal('SIGSTOP'),
    resume: () => running?.signal('SIGCONT'),
    restart: async () => {
      await stop()
      await start()
    },
    stop,
  }
}
