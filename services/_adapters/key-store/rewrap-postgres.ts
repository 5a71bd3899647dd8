import { guardPostgres, openPool } from '#adapters/postgres/open-pool.ts'
import type { KeyKind, KeyRow } from '#core/ports/key-store.ts'
import type { PostgresKeysOptions } from './postgres.ts'
import { purger } from './purge-postgres.ts'
import { wrappingOf } from './wrap-row.ts'

const ROWS = 500
const SHELVES = 16

interface Stored {
  readonly id: string
  readonly kind: KeyKind
  readonly part: number | null
  readonly seq: string | null
  readonly wrapped: Uint8Array
  readonly wrapped_with: string
  readonly wrapped_by: string | null
  readonly not_after: string | null
}

const headOf = (row: Stored): Omit<KeyRow, 'bytes'> => ({
  id: row.id,
  kind: row.kind,
  ...(row.part === null ? {} : { place: { partition: row.part, seq: Number(row.seq) } }),
  ...(row.wrapped_by === null ? {} : { wrappedBy: row.wrapped_by }),
  ...(row.not_after === null ? {} : { notAfter: Number(row.not_after) }),
})

/**
 * Wraps every row under the first of `wrappingKeys` and cleans the files; answers how many rows changed. When it returns, no row
 * needs the older keys: once they are destroyed, every copy of the database from before is unreadable. Role: operator. May run
 * while services run, if they have both keys; interrupted, it goes on where it was. Throws `OPS_KEY_STORE`.
 */
export async function rewrapPostgresKeys(options: PostgresKeysOptions): Promise<number> {
  const wrapping = wrappingOf(options.wrappingKeys)
  const pool = openPool(options, 2)
  const select = `SELECT id, kind, part, seq, wrapped, wrapped_with, wrapped_by, not_after FROM schakel.key_row
    WHERE wrapped_with <> $1 LIMIT ${ROWS}`
  const update = `UPDATE schakel.key_row AS old SET wrapped = fresh.wrapped, wrapped_with = $3
    FROM unnest($1::text[], $2::bytea[]) AS fresh (id, wrapped) WHERE old.id = fresh.id`
  try {
    return await guardPostgres('OPS_KEY_STORE', async () => {
      let changed = 0
      for (;;) {
        const { rows } = await pool.query<Stored>(select, [wrapping.current])
        if (rows.length === 0) break
        const fresh = rows.map((row) => {
          const head = headOf(row)
          const stored = { wrapped: row.wrapped, wrappedWith: row.wrapped_with }
          return wrapping.wrap({ ...head, bytes: wrapping.unwrap(head, stored) }).wrapped
        })
        await pool.query(update, [rows.map(({ id }) => id), fresh, wrapping.current])
        changed += rows.length
      }
      const due = `INSERT INTO schakel.purge_due (shelf) SELECT generate_series(0, ${SHELVES - 1})`
      await pool.query(due)
      await purger(pool).now()
      return changed
    })
  } finally {
    await pool.end()
  }
}
