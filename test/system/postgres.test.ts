import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { postgresKeys } from '#adapters/key-store/postgres.ts'
import { asFailure } from '#core/failure.ts'
import type { KeyRow } from '#core/ports/key-store.ts'
import { asOwner, migrate, openMigrations, readMigrations } from '../../infra/postgres/migrate.ts'
import { runPostgres } from '../../infra/postgres/run-postgres.ts'
import { testPostgres } from '../support/postgres.ts'

const run = promisify(execFile)
const postgres = await testPostgres(true)
afterAll(() => postgres?.stop())

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'none',
    (error: unknown) => asFailure(error).code,
  )

if (postgres?.server) {
  const { server } = postgres

  describe('PostgreSQL is killed while keys are put', () => {
    it('what was acknowledged is there, errors are typed, and the pool works again', async () => {
      const database = await postgres.database()
      const keys = postgresKeys({ ...database.as('exchange'), wrappingKeys: [randomBytes(32)] })
      const acknowledged = new Map<string, Uint8Array>()
      const codes = new Set<string>()
      let over = false
      let recovered = 0
      const writer = async (name: number) => {
        for (let n = 0; !over; n += 1) {
          const row: KeyRow = { id: `c:${name}:${n}`, kind: 'content', bytes: randomBytes(32) }
          const code = await codeOf(keys.put([row]))
          if (code === 'none') acknowledged.set(row.id, row.bytes)
          else codes.add(code)
        }
      }
      const writers = [0, 1, 2, 3].map(writer)
      const grown = async () => {
        const before = acknowledged.size
        for (let waited = 0; acknowledged.size < before + 50; waited += 1) {
          if (waited > 2_000) throw new Error('no put succeeds any more')
          await delay(10)
        }
      }
      for (let kills = 0; kills < 3; kills += 1) {
        await grown()
        await server.kill()
        await server.restart()
        await grown()
        recovered += 1
      }
      over = true
      await Promise.all(writers)
      const there = new Map((await keys.list('content')).map((row) => [row.id, Buffer.from(row.bytes)]))
      const missing = [...acknowledged].filter(([id, bytes]) => !there.get(id)?.equals(bytes))
      expect(missing).toEqual([])
      expect([...codes]).toEqual(['OPS_KEY_STORE'])
      expect(recovered).toBe(3)
      await keys.close()
    })

    it('a server that does not answer is OPS_KEY_STORE after its time, not a wait for ever', async () => {
      const database = await postgres.database()
      const keys = postgresKeys({ ...database.as('exchange'), wrappingKeys: [randomBytes(32)] })
      await keys.get('c:1')
      await asOwner(database.owner, async (client) => {
        await client.query('BEGIN')
        await client.query('LOCK TABLE schakel.key_row IN ACCESS EXCLUSIVE MODE')
        expect(await codeOf(keys.get('c:1'))).toBe('OPS_KEY_STORE')
        await client.query('ROLLBACK')
      })
      expect(await codeOf(keys.get('c:1'))).toBe('none')
      await keys.close()
    })
  })

  describe('migrations', () => {
    it('are applied once, by one of several at a time, and whole or not at all', async () => {
      const target = await server.createDatabase('migrated')
      const all = await readMigrations()
      expect(await openMigrations(target)).toEqual(all.map(({ name }) => name))
      const done = await Promise.all([migrate(target), migrate(target), migrate(target)])
      expect(done.flat().sort()).toEqual(all.map(({ name }) => name))
      expect(await openMigrations(target)).toEqual([])
      const broken = {
        name: '0900-broken.sql',
        sql: 'CREATE TABLE schakel.half (a int); SELECT 1/0',
        sha256: 'x',
      }
      expect(await codeOf(migrate(target, [...all, broken]))).toBe('OPS_KEY_STORE')
      const half = await asOwner(target, (client) =>
        client.query("SELECT to_regclass('schakel.half') AS there"),
      )
      expect(half.rows).toEqual([{ there: null }])
    })

    it('refuses one that was applied in another form, and one that comes too late', async () => {
      const target = await server.createDatabase('changed')
      await migrate(target)
      const all = await readMigrations()
      const changed = all.map((one, n) => (n === 0 ? { ...one, sha256: 'other' } : one))
      expect(await codeOf(migrate(target, changed))).toBe('OPS_KEY_STORE')
      const late = { name: '0001-aaa.sql', sql: 'SELECT 1', sha256: 'x' }
      expect(await codeOf(migrate(target, [late, ...all]))).toBe('OPS_KEY_STORE')
      expect(await codeOf(migrate(target, all.slice(0, -1)))).toBe('OPS_KEY_STORE')
    })
  })

  it('a folder of an earlier run is taken up again, with TLS when given', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'schakel-pg-again-'))
    const name = (file: string) => join(folder, file)
    try {
      const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost']
      const keyed = [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-nodes',
        '-days',
        '2',
      ]
      await run('openssl', [...keyed, '-keyout', name('key.pem'), '-out', name('cert.pem'), ...subject])
      const ca = await readFile(name('cert.pem'), 'utf8')
      const first = await runPostgres({ folder: name('pg') })
      await asOwner(first.owner, (client) => client.query('CREATE TABLE kept (a int)'))
      await first.stop()
      const tls = { certFile: name('cert.pem'), keyFile: name('key.pem'), ca }
      const second = await runPostgres({ folder: name('pg'), tls })
      try {
        const ssl =
          'SELECT to_regclass($1)::text AS kept, (SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()) AS tls'
        const seen = await asOwner(second.owner, (client) => client.query(ssl, ['kept']))
        expect(seen.rows).toEqual([{ kept: 'kept', tls: 'TLSv1.3' }])
        const { ca: _, ...plain } = second.owner
        expect(await codeOf(asOwner(plain, (client) => client.query('SELECT 1')))).toBe('OPS_KEY_STORE')
        const other = { ...second.owner, ca: await otherCa(name) }
        expect(await codeOf(asOwner(other, (client) => client.query('SELECT 1')))).toBe('OPS_KEY_STORE')
      } finally {
        await second.stop()
      }
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })

  it('does not outlive whoever started it, even when that is killed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'schakel-pg-orphan-'))
    const script = join(folder, 'start.ts')
    const launcher = join(import.meta.dirname, '..', '..', 'infra', 'postgres', 'run-postgres.ts')
    await writeFile(
      script,
      `import { runPostgres } from ${JSON.stringify(launcher)}
const server = await runPostgres({ folder: ${JSON.stringify(join(folder, 'pg'))} })
process.stdout.write(String(server.pid()) + '\\n')
process.kill(process.pid, 'SIGKILL')`,
    )
    try {
      const ended = await run(process.execPath, ['--disable-warning=ExperimentalWarning', script]).catch(
        (error: { stdout: string; signal: string }) => error,
      )
      const pid = Number(ended.stdout.trim())
      expect(pid).toBeGreaterThan(0)
      const lives = () => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
      for (let waited = 0; waited < 200 && (await lives()) !== ''; waited += 1) await delay(25)
      expect(await lives()).toBe('')
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
} else {
  it('NOT RUN: no PostgreSQL that may be killed', () => {
    expect(process.env['CI']).not.toBe('true')
  })
}

async function otherCa(name: (file: string) => string): Promise<string> {
  const keyed = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-days',
    '2',
  ]
  await run('openssl', [
    ...keyed,
    '-keyout',
    name('other.key'),
    '-out',
    name('other.pem'),
    '-subj',
    '/CN=other',
  ])
  return readFile(name('other.pem'), 'utf8')
}
