import { afterAll, describe, expect, it } from 'vitest'
import { checkPostgres } from '../../infra/postgres/check-postgres.ts'
import { asOwner } from '../../infra/postgres/migrate.ts'
import { registryDatabase } from '../../infra/postgres/registry-database.ts'
import { type TestDatabase, testPostgres } from '../support/postgres.ts'

const postgres = await testPostgres()
afterAll(() => postgres?.stop())

if (postgres) {
  describe('what doctor says of PostgreSQL', () => {
    const wrong = async (database: TestDatabase) =>
      (await checkPostgres(database.as('operator'))).filter(({ ok }) => !ok).map(({ name }) => name)

    it.runIf(postgres.server)('nothing is wrong with one that we started', async () => {
      expect(await wrong(await postgres.database())).toEqual([])
    })

    it('finds rights that grew, a policy that is off, what was not cleaned, and a migration that is missing', async () => {
      const database = await postgres.database()
      const before = await wrong(database)
      await asOwner(database.owner, async (client) => {
        await client.query('ALTER TABLE schakel.key_row DISABLE ROW LEVEL SECURITY')
        await client.query('INSERT INTO schakel.purge_due (shelf) VALUES (1)')
        await client.query("DELETE FROM schakel_migrations.applied WHERE name LIKE '0003%'")
      })
      expect(await wrong(database)).toEqual([
        ...before,
        'roles of the services',
        'destroyed keys are out of the files',
        'migrations of PostgreSQL',
      ])
    })

    it('one that is not there is findings, not a failure', async () => {
      const nobody = { host: '127.0.0.1', port: 1, database: 'x', user: 'x', password: 'x' }
      const found = await checkPostgres(nobody)
      expect(found.length).toBeGreaterThan(4)
      expect(found.filter(({ ok }) => ok)).toEqual([])
    })
  })

  it.runIf(postgres.server)('the registry has a database of its own and no way to the keys', async () => {
    const database = await postgres.database()
    const password = 'a-password-of-a-registry'
    const target = await registryDatabase(database.owner, password)
    expect(await registryDatabase(database.owner, password)).toEqual(target)
    await asOwner(target, (client) => client.query('CREATE TABLE own (a int)'))
    const keys = { ...target, database: database.owner.database }
    await expect(asOwner(keys, (client) => client.query('SELECT 1'))).rejects.toMatchObject({
      code: 'OPS_KEY_STORE',
    })
  })
} else {
  it('NOT RUN: no PostgreSQL', () => {
    expect(process.env['CI']).not.toBe('true')
  })
}
