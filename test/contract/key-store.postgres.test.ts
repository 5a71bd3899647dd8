import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openPostgresKeys, type PostgresKeysOptions, postgresKeys } from '#adapters/key-store/postgres.ts'
import { rewrapPostgresKeys } from '#adapters/key-store/rewrap-postgres.ts'
import { asFailure } from '#core/failure.ts'
import type { KeyKind, KeyRow, KeyStore } from '#core/ports/key-store.ts'
import { asOwner } from '../../infra/postgres/migrate.ts'
import { type TestDatabase, type TestIdentity, testPostgres } from '../support/postgres.ts'
import { keyStoreSuite } from './key-store.suite.ts'

const postgres = await testPostgres()
const opened: KeyStore[] = []
const wrappingKey = randomBytes(32)

afterAll(async () => {
  await Promise.all(opened.map((keys) => keys.close()))
  await postgres?.stop()
})

function open(database: TestDatabase, identity: TestIdentity, wrappingKeys = [wrappingKey]): KeyStore {
  const keys = postgresKeys({ ...database.as(identity), wrappingKeys })
  opened.push(keys)
  return keys
}

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'none',
    (error: unknown) => asFailure(error).code,
  )

const KINDS: readonly (readonly [string, KeyKind])[] = [
  ['c:1', 'content'],
  ['k:1', 'case'],
  ['a:2026-11', 'accountability'],
  ['t:2026-11-24', 'transit'],
  ['i:1', 'intake'],
  ['l:1', 'label'],
  ['s:1', 'label-seal'],
  ['op:operator', 'operator'],
  ['op:courier', 'operator'],
  ['op:ledger', 'operator'],
]
const ids = KINDS.map(([id]) => id)
const READS: Readonly<Record<TestIdentity, readonly string[]>> = {
  exchange: ids.filter((id) => !id.startsWith('op:')),
  ledger: ['op:ledger'],
  courier: ['t:2026-11-24', 'op:courier'],
  gateway: ['a:2026-11', 't:2026-11-24'],
  console: ['a:2026-11'],
  operator: ids,
}
const WRITES: Readonly<Record<TestIdentity, readonly string[]>> = {
  exchange: ['c:1', 'k:1', 'a:2026-11', 't:2026-11-24'],
  ledger: [],
  courier: [],
  gateway: [],
  console: [],
  operator: ids,
}
const DESTROYS: typeof WRITES = { ...WRITES, exchange: ['c:1', 'k:1'] }

/** Many needles in one pass: those whose first four bytes stand at a place are compared there. */
function holdsOne(bytes: Buffer, needles: readonly Uint8Array[]): boolean {
  const byStart = new Map<number, Buffer[]>()
  const maybe = new Uint8Array(65_536)
  for (const needle of needles.map((one) => Buffer.from(one))) {
    const start = needle.readUInt32LE(0)
    byStart.set(start, [...(byStart.get(start) ?? []), needle])
    maybe[needle.readUInt16LE(0)] = 1
  }
  for (let at = 0; at + 4 <= bytes.length; at += 1) {
    if (maybe[(bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)] !== 1) continue
    const found = byStart.get(bytes.readUInt32LE(at)) ?? []
    if (found.some((needle) => bytes.subarray(at, at + needle.length).equals(needle))) return true
  }
  return false
}

if (postgres) {
  const fresh = () => postgres.database()

  keyStoreSuite('postgres', async () => {
    const database = await fresh()
    return { keys: open(database, 'operator'), again: () => open(database, 'operator') }
  })

  /** Files of the whole cluster that hold one of these; one that PostgreSQL removes meanwhile holds nothing. */
  const filesWith = (needles: readonly Uint8Array[]): readonly string[] => {
    const root = postgres.server?.pgdata ?? ''
    const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((file) => file.isFile())
    return files
      .map((file) => join(file.parentPath, file.name))
      .filter((path) => {
        if (!existsSync(path)) return false
        const bytes = readFileSync(path)
        return holdsOne(bytes, needles)
      })
  }

  const wrappedOf = async (database: TestDatabase, ids: readonly string[]): Promise<readonly Buffer[]> =>
    asOwner(database.owner, async (client) => {
      const text = 'SELECT wrapped FROM schakel.key_row WHERE id = ANY($1) ORDER BY id'
      return (await client.query<{ wrapped: Buffer }>(text, [ids])).rows.map((row) => row.wrapped)
    })

  describe('postgres: destruction', () => {
    it.runIf(postgres.server)(
      'no byte of a destroyed or settled row stays in any file of the cluster, WAL and statistics included',
      async () => {
        const database = await fresh()
        const keys = open(database, 'exchange')
        const rows = Array.from({ length: 1_500 }, (_, n): KeyRow => {
          const id = `c:2:${n}:${randomBytes(4).toString('hex')}`
          return { id, kind: 'content', bytes: randomBytes(32), place: { partition: 2, seq: n % 300 } }
        })
        for (let from = 0; from < rows.length; from += 100) await keys.put(rows.slice(from, from + 100))
        await asOwner(database.owner, (client) => client.query('ANALYZE; CHECKPOINT'))
        const gone = rows.filter((_, n) => n % 3 === 0)
        const place = rows.find((_, n) => n % 3 === 1)?.place ?? { partition: 0, seq: 0 }
        const settled = rows.filter((row, n) => n % 3 !== 0 && row.place?.seq === place.seq)
        const lost = [...gone, ...settled]
        const stored = await wrappedOf(
          database,
          lost.map(({ id }) => id),
        )
        expect(stored).toHaveLength(lost.length)
        expect(filesWith(stored).length).toBeGreaterThan(0)
        for (let from = 0; from < gone.length; from += 250)
          await keys.destroy(gone.slice(from, from + 250).map(({ id }) => id))
        await keys.settle(place.partition, place.seq, [])
        await keys.close()
        expect(filesWith(stored)).toEqual([])
        expect(filesWith(rows.map(({ bytes }) => bytes))).toEqual([])
        expect(await open(database, 'exchange').list('content')).toHaveLength(rows.length - lost.length)
      },
      180_000,
    )

    it('waits for a reader that still sees the row', async () => {
      const database = await fresh()
      const keys = open(database, 'exchange')
      await keys.put([{ id: 'c:1', kind: 'content', bytes: randomBytes(32) }])
      const stored = await wrappedOf(database, ['c:1'])
      let destroyed = false
      await asOwner(database.owner, async (client) => {
        await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ')
        await client.query('SELECT 1 FROM pg_catalog.pg_class LIMIT 1')
        const destroying = keys.destroy(['c:1']).then(() => {
          destroyed = true
        })
        for (let turns = 0; turns < 20; turns += 1) await client.query('SELECT 1')
        expect(destroyed).toBe(false)
        await client.query('COMMIT')
        await destroying
      })
      expect(destroyed).toBe(true)
      if (postgres.server) expect(filesWith(stored)).toEqual([])
    })
  })

  describe('postgres: what is cleaned later, and together', () => {
    it('what a crash left between delete and rewrite goes with the next destruction', async () => {
      const database = await fresh()
      const keys = open(database, 'exchange')
      await keys.put([{ id: 'c:1', kind: 'content', bytes: randomBytes(32) }])
      const stored = await wrappedOf(database, ['c:1'])
      await asOwner(database.owner, (client) =>
        client.query(`WITH gone AS (DELETE FROM schakel.key_row)
          INSERT INTO schakel.purge_due (shelf) SELECT generate_series(0, 15)`),
      )
      await keys.destroy(['c:other'])
      if (postgres.server) expect(filesWith(stored)).toEqual([])
      const due = await asOwner(database.owner, (client) => client.query('SELECT 1 FROM schakel.purge_due'))
      expect(due.rowCount).toBe(0)
    })

    it('what many settle goes out of the files together, without a wait for each', async () => {
      const database = await fresh()
      const keys = open(database, 'exchange')
      const rows = Array.from({ length: 120 }, (_, seq): KeyRow => {
        return { id: `c:${seq}`, kind: 'content', bytes: randomBytes(32), place: { partition: 1, seq } }
      })
      await keys.put(rows)
      const stored = await wrappedOf(
        database,
        rows.map(({ id }) => id),
      )
      for (const { place } of rows) await keys.settle(1, place?.seq ?? -1, ['c:119'])
      expect((await keys.list('content')).map(({ id }) => id)).toEqual(['c:119'])
      await keys.close()
      const due = await asOwner(database.owner, (client) => client.query('SELECT 1 FROM schakel.purge_due'))
      expect(due.rowCount).toBe(0)
      const kept = await wrappedOf(database, ['c:119'])
      const gone = stored.filter((one) => !kept.some((other) => other.equals(one)))
      expect(gone).toHaveLength(119)
      if (postgres.server) expect(filesWith(gone)).toEqual([])
    })

    it('many destroy at once', async () => {
      const database = await fresh()
      const [one, two] = [open(database, 'exchange'), open(database, 'operator')]
      const ids = Array.from({ length: 60 }, (_, n) => `c:${n}`)
      await one.put(ids.map((id): KeyRow => ({ id, kind: 'content', bytes: randomBytes(32) })))
      await Promise.all(ids.map((id, n) => (n % 2 === 0 ? one : two).destroy([id])))
      expect(await one.list('content')).toEqual([])
    })
  })

  describe('postgres: another wrapping key', () => {
    it('rows move to it, the old one is needed no more, and no copy under it stays', async () => {
      const database = await fresh()
      const keys = open(database, 'operator')
      const rows = Array.from({ length: 700 }, (_, n): KeyRow => {
        return { id: `c:${n}`, kind: 'content', bytes: randomBytes(32), wrappedBy: 'k:1', notAfter: n }
      })
      await keys.put(rows)
      const before = await wrappedOf(
        database,
        rows.map(({ id }) => id),
      )
      const next = randomBytes(32)
      const target: PostgresKeysOptions = { ...database.as('operator'), wrappingKeys: [next, wrappingKey] }
      expect(await rewrapPostgresKeys(target)).toBe(700)
      expect(await rewrapPostgresKeys(target)).toBe(0)
      const after = open(database, 'operator', [next])
      expect(Buffer.from((await after.get('c:9'))?.bytes ?? [])).toEqual(rows[9]?.bytes)
      expect(await codeOf(keys.get('c:9'))).toBe('OPS_KEY_STORE')
      if (postgres.server) expect(filesWith(before)).toEqual([])
    })

    it('refuses rows that were exchanged or changed in the database', async () => {
      const database = await fresh()
      const keys = open(database, 'operator')
      await keys.put([
        { id: 'a', kind: 'case', bytes: randomBytes(32) },
        { id: 'b', kind: 'case', bytes: randomBytes(32) },
      ])
      await asOwner(database.owner, (client) =>
        client.query(`UPDATE schakel.key_row SET wrapped =
          (SELECT wrapped FROM schakel.key_row WHERE id = 'b') WHERE id = 'a'`),
      )
      expect(await codeOf(keys.get('a'))).toBe('OPS_KEY_STORE')
      expect(await codeOf(keys.get('b'))).toBe('none')
      await asOwner(database.owner, (client) => client.query("UPDATE schakel.key_row SET kind = 'transit'"))
      expect(await codeOf(keys.list('transit'))).toBe('OPS_KEY_STORE')
    })
  })

  describe('postgres: each identity has its rows and no others', () => {
    it.each(Object.keys(READS) as TestIdentity[])('%s', async (identity) => {
      const database = await fresh()
      const operator = open(database, 'operator')
      const rowOf = ([id, kind]: readonly [string, KeyKind], as = id): KeyRow => ({
        id: as,
        kind,
        bytes: randomBytes(32),
      })
      await operator.put(KINDS.map((one) => rowOf(one)))
      const keys = open(database, identity)
      const seen: string[] = []
      const put: string[] = []
      const gone: string[] = []
      for (const one of KINDS) {
        const [id, kind] = one
        if (await keys.get(id)) seen.push(id)
        const listed = (await keys.list(kind)).map((row) => row.id)
        const strange = listed.filter((found) => !READS[identity].includes(found.replace('/new', '')))
        expect(strange).toEqual([])
        if ((await codeOf(keys.put([rowOf(one, `${id}/new`)]))) === 'none') put.push(id)
      }
      for (const [id] of KINDS) {
        await codeOf(keys.destroy([id]))
        if (!(await operator.get(id))) gone.push(id)
      }
      expect(seen).toEqual(KINDS.map(([id]) => id).filter((id) => READS[identity].includes(id)))
      expect(put).toEqual(KINDS.map(([id]) => id).filter((id) => WRITES[identity].includes(id)))
      expect(gone).toEqual(KINDS.map(([id]) => id).filter((id) => DESTROYS[identity].includes(id)))
    })

    it('no service changes a row, makes a table or reads a partition behind the policies', async () => {
      const database = await fresh()
      await open(database, 'operator').put([{ id: 'k:1', kind: 'case', bytes: randomBytes(32) }])
      const refused = [
        "UPDATE schakel.key_row SET kind = 'transit'",
        'CREATE TABLE schakel.mine (a int)',
        'CREATE TABLE public.mine (a int)',
        'ALTER TABLE schakel.key_row DISABLE ROW LEVEL SECURITY',
        'TRUNCATE schakel.key_row',
        'SET ROLE schakel_operator',
        ...Array.from({ length: 16 }, (_, shelf) => `SELECT * FROM schakel.key_row_${shelf}`),
      ]
      for (const identity of ['courier', 'exchange'] as const)
        for (const sql of refused)
          expect([sql, await codeOf(asOwner(database.as(identity), (client) => client.query(sql)))]).toEqual([
            sql,
            'OPS_KEY_STORE',
          ])
    })
  })

  describe('postgres: what does not work', () => {
    it('is OPS_KEY_STORE, and says nothing of rows, keys or passwords', async () => {
      const database = await fresh()
      const wrong = { ...database.as('exchange'), password: 'not the password', wrappingKeys: [wrappingKey] }
      expect(await codeOf(openPostgresKeys(wrong))).toBe('OPS_KEY_STORE')
      const elsewhere = { ...database.as('exchange'), port: 1, wrappingKeys: [wrappingKey] }
      expect(await codeOf(openPostgresKeys(elsewhere))).toBe('OPS_KEY_STORE')
      const keys = open(database, 'operator')
      const long: KeyRow = { id: 'c:1', kind: 'content', bytes: randomBytes(5_000) }
      const failure = await keys.put([long]).then(
        () => undefined,
        (error: unknown) => asFailure(error),
      )
      expect(failure?.code).toBe('OPS_KEY_STORE')
      expect(JSON.stringify([failure?.message, failure?.cause ?? null])).not.toMatch(/c:1|\\x|[0-9a-f]{16}/)
    })

    it('refuses another host without TLS, and a wrapping key that is none', async () => {
      const target = { host: '192.0.2.1', port: 5432, database: 'x', user: 'x', password: 'x' }
      expect(await codeOf(openPostgresKeys({ ...target, wrappingKeys: [wrappingKey] }))).toBe('OPS_CONFIG')
      const local = { ...target, host: '127.0.0.1' }
      expect(await codeOf(openPostgresKeys({ ...local, wrappingKeys: [] }))).toBe('OPS_CONFIG')
      expect(await codeOf(openPostgresKeys({ ...local, wrappingKeys: [randomBytes(16)] }))).toBe('OPS_CONFIG')
    })
  })
} else {
  it('NOT RUN: no PostgreSQL', () => {
    expect(process.env['CI']).not.toBe('true')
  })
}
