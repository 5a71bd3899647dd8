import { createHash, randomBytes } from 'node:crypto'
import { afterAll, describe, expect, it } from 'vitest'
import { openPostgresArtefacts, type PostgresArtefacts } from '#adapters/artefact-store/postgres.ts'
import { asFailure } from '#core/failure.ts'
import { asOwner } from '../../infra/postgres/migrate.ts'
import { type TestDatabase, type TestIdentity, testPostgres } from '../support/postgres.ts'

const postgres = await testPostgres()
const opened: PostgresArtefacts[] = []

afterAll(async () => {
  await Promise.all(opened.map((store) => store.close()))
  await postgres?.stop()
})

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'none',
    (error: unknown) => asFailure(error).code,
  )
const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('base64url')

function open(database: TestDatabase, identity: TestIdentity): PostgresArtefacts {
  const store = openPostgresArtefacts(database.as(identity))
  opened.push(store)
  return store
}

if (postgres) {
  describe('postgres: artefacts', () => {
    it('gives to every identity what the operator put, by its hash', async () => {
      const database = await postgres.database()
      const bytes = randomBytes(100_000)
      const operator = open(database, 'operator')
      const name = await operator.put(bytes)
      expect(name).toBe(digest(bytes))
      expect(await operator.put(bytes)).toBe(name)
      for (const identity of ['exchange', 'ledger', 'courier', 'gateway', 'console'] as const) {
        const store = open(database, identity)
        expect(Buffer.from((await store.get(name)) ?? [])).toEqual(bytes)
        expect(await codeOf(store.put(randomBytes(9)))).toBe('OPS_CONTROL')
      }
      expect(await operator.put(new Uint8Array())).toBe(digest(new Uint8Array()))
    })

    it('knows nothing else, and is asked nothing strange', async () => {
      const store = open(await postgres.database(), 'exchange')
      expect(await store.get(digest(randomBytes(4)))).toBeUndefined()
      expect(await store.get("' OR true --")).toBeUndefined()
      expect(await store.get('')).toBeUndefined()
    })

    it('the database refuses other bytes under a name; where it was made to take them, the reader refuses', async () => {
      const database = await postgres.database()
      const store = open(database, 'operator')
      const name = await store.put(Buffer.from('rules'))
      const change = "UPDATE schakel.artefact SET bytes = 'other'"
      expect(await codeOf(asOwner(database.owner, (client) => client.query(change)))).toBe('OPS_KEY_STORE')
      expect(await codeOf(asOwner(database.as('operator'), (client) => client.query(change)))).toBe(
        'OPS_KEY_STORE',
      )
      await asOwner(database.owner, async (client) => {
        await client.query('ALTER TABLE schakel.artefact DROP CONSTRAINT artefact_check')
        await client.query(change)
      })
      expect(await codeOf(store.get(name))).toBe('OPS_CONTROL')
    })

    it('another host is reached by TLS only, and no answer is OPS_CONTROL', async () => {
      const target = { port: 1, database: 'x', user: 'x', password: 'x' }
      expect(() => openPostgresArtefacts({ ...target, host: '192.0.2.1' })).toThrow('OPS_CONFIG')
      const store = openPostgresArtefacts({ ...target, host: '127.0.0.1' })
      expect(await codeOf(store.get(digest(randomBytes(4))))).toBe('OPS_CONTROL')
      await store.close()
    })
  })
} else {
  it('NOT RUN: no PostgreSQL', () => {
    expect(process.env['CI']).not.toBe('true')
  })
}
