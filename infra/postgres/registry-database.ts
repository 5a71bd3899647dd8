import type { PostgresTarget } from '#adapters/postgres/open-pool.ts'
import { asOwner } from './migrate.ts'
import { scramVerifier } from './roles.ts'

const NAME = 'schakel_registry'

/** A database and a role for the schema registry, which sees nothing of the keys: again changes the password only. */
export async function registryDatabase(owner: PostgresTarget, password: string): Promise<PostgresTarget> {
  await asOwner({ ...owner, database: 'postgres' }, async (client) => {
    const role = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [NAME])
    if (role.rowCount === 0)
      await client.query(`CREATE ROLE ${NAME} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE`)
    await client.query(`ALTER ROLE ${NAME} PASSWORD '${scramVerifier(password)}'`)
    const there = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [NAME])
    if (there.rowCount === 0) await client.query(`CREATE DATABASE ${NAME} OWNER ${NAME} TEMPLATE template0`)
    await client.query(`REVOKE ALL ON DATABASE ${NAME} FROM PUBLIC`)
  })
  return { ...owner, database: NAME, user: NAME, password }
}
