import { createHash } from 'node:crypto'
import { guardPostgres, openPool, type PostgresTarget } from '#adapters/postgres/open-pool.ts'
import { fail } from '#core/failure.ts'
import type { ArtefactStore } from '#core/ports/artefact-store.ts'

const NAME = /^[A-Za-z0-9_-]{43}$/
const CONNECTIONS = 2

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('base64url')

export interface PostgresArtefacts extends ArtefactStore {
  close(): Promise<void>
}

/**
 * Artefacts that several hosts share; the same database as the keys. Everybody reads, only the operator's role adds; nobody
 * changes or removes. The database's word is not taken: what comes is hashed. Errors of the database throw `OPS_CONTROL`.
 */
export function openPostgresArtefacts(target: PostgresTarget): PostgresArtefacts {
  const pool = openPool(target, CONNECTIONS)
  let closing: Promise<void> | undefined
  return {
    put: (bytes) =>
      guardPostgres('OPS_CONTROL', async () => {
        const name = digest(bytes)
        const text =
          'INSERT INTO schakel.artefact (sha256, bytes) VALUES ($1, $2) ON CONFLICT (sha256) DO NOTHING'
        await pool.query({ name: 'artefact-put', text, values: [name, Buffer.from(bytes)] })
        return name
      }),
    get: (sha256) =>
      guardPostgres('OPS_CONTROL', async () => {
        if (!NAME.test(sha256)) return undefined
        const text = 'SELECT bytes FROM schakel.artefact WHERE sha256 = $1'
        const { rows } = await pool.query<{ bytes: Buffer }>({ name: 'artefact-get', text, values: [sha256] })
        const bytes = rows[0]?.bytes
        if (bytes && digest(bytes) !== sha256)
          fail('OPS_CONTROL', undefined, `artefact ${sha256} was changed`)
        return bytes
      }),
    close: () => {
      closing ??= pool.end()
      return closing
    },
  }
}
