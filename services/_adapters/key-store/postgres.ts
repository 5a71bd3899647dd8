/**
 * Keys in PostgreSQL, for several hosts. Rows are wrapped under a key that the database does not have; each identity has a role
 * that sees only the kinds it works on; a destruction returns when no file of the cluster holds the row, what `settle` deleted is out
 * of the files a moment later, and before `close` returns (docs/decisions/0013).
 */
import type { Pool } from 'pg'
import { guardPostgres, openPool, type PostgresTarget } from '#adapters/postgres/open-pool.ts'
import { fail } from '#core/failure.ts'
import type { KeyKind, KeyRow, KeyStore } from '#core/ports/key-store.ts'
import { purger } from './purge-postgres.ts'
import { type Wrapping, wrappingOf } from './wrap-row.ts'

export interface PostgresKeysOptions extends PostgresTarget {
  /** 32 bytes each: the one for new rows first, then those of before (`rewrapPostgresKeys`). */
  readonly wrappingKeys: readonly Uint8Array[]
}

interface Stored {
  readonly id: string
  readonly kind: string
  readonly part: number | null
  readonly seq: string | null
  readonly wrapped: Uint8Array
  readonly wrapped_with: string
  readonly wrapped_by: string | null
  readonly not_after: string | null
}

const COLUMNS = 'id, kind, part, seq, wrapped, wrapped_with, wrapped_by, not_after'
const PUT = `INSERT INTO schakel.key_row (${COLUMNS})
  SELECT * FROM unnest($1::text[], $2::text[], $3::int[], $4::bigint[], $5::bytea[], $6::text[], $7::text[], $8::bigint[])
  ON CONFLICT (id) DO NOTHING`
const GET = `SELECT ${COLUMNS} FROM schakel.key_row WHERE id = $1`
const LIST = `SELECT ${COLUMNS} FROM schakel.key_row WHERE kind = $1 ORDER BY id COLLATE "C"`
const SHELVES = `SELECT DISTINCT shelf FROM unnest($1::text[]) AS id, generate_series(0, 15) AS shelf
  WHERE satisfies_hash_partition('schakel.key_row'::regclass, 16, shelf, id)`
const DESTROY = `WITH gone AS (DELETE FROM schakel.key_row WHERE id = ANY($1::text[]))
  INSERT INTO schakel.purge_due (shelf) ${SHELVES}`
const REMAINING = 'SELECT 1 FROM schakel.key_row WHERE id = ANY($1::text[]) LIMIT 1'
const SETTLE = `WITH gone AS (DELETE FROM schakel.key_row WHERE part = $1 AND seq = $2 AND id <> ALL($3::text[]) RETURNING id)
  INSERT INTO schakel.purge_due (shelf) SELECT DISTINCT shelf FROM gone, generate_series(0, 15) AS shelf
  WHERE satisfies_hash_partition('schakel.key_row'::regclass, 16, shelf, id)`

/** Connects when first used. Ids in `list` come in byte order. */
export function postgresKeys(options: PostgresKeysOptions): KeyStore {
  const wrapping = wrappingOf(options.wrappingKeys)
  const pool = openPool(options)
  return keysOn(pool, wrapping)
}

/** As `postgresKeys`, after a look whether the store is there: `OPS_KEY_STORE` when it is not, or has no such table for this role. */
export async function openPostgresKeys(options: PostgresKeysOptions): Promise<KeyStore> {
  const keys = postgresKeys(options)
  try {
    await keys.get('op:none')
    return keys
  } catch (error) {
    await keys.close()
    throw error
  }
}

function keysOn(pool: Pool, wrapping: Wrapping): KeyStore {
  const purge = purger(pool)
  const guard = <T>(work: () => Promise<T>) => guardPostgres('OPS_KEY_STORE', work)
  const rowOf = (stored: Stored): KeyRow => {
    const row = headOf(stored)
    const wrapped = { wrapped: stored.wrapped, wrappedWith: stored.wrapped_with }
    return { ...row, bytes: wrapping.unwrap(row, wrapped) }
  }
  let closing: Promise<void> | undefined
  return {
    put: (rows) =>
      guard(async () => {
        if (rows.length === 0) return
        await pool.query({ name: 'key-put', text: PUT, values: columnsOf(rows, wrapping) })
      }),
    get: (id) =>
      guard(async () => {
        const { rows } = await pool.query<Stored>({ name: 'key-get', text: GET, values: [id] })
        return rows[0] && rowOf(rows[0])
      }),
    list: (kind) =>
      guard(async () => {
        const { rows } = await pool.query<Stored>({ name: 'key-list', text: LIST, values: [kind] })
        return rows.map(rowOf)
      }),
    destroy: (ids) =>
      guard(async () => {
        if (ids.length === 0) return
        await pool.query({ name: 'key-destroy', text: DESTROY, values: [ids] })
        const { rowCount } = await pool.query({ name: 'key-remaining', text: REMAINING, values: [ids] })
        if (rowCount !== 0) fail('OPS_KEY_STORE', undefined, 'this role may not destroy such a key')
        await purge.now()
      }),
    settle: (partition, seq, keep) =>
      guard(async () => {
        const values = [partition, seq, keep]
        const { rowCount } = await pool.query({ name: 'key-settle', text: SETTLE, values })
        // A lost race is no promise to anybody, and after a crash there are many: they share one rewrite.
        if (rowCount !== 0) purge.soon()
      }),
    close: () => {
      closing ??= purge.settled().then(() => pool.end())
      return closing
    },
  }
}

/** One array per column: any number of rows in one round trip, and one prepared statement for all numbers. */
function columnsOf(rows: readonly KeyRow[], wrapping: Wrapping): unknown[] {
  const wrapped = rows.map((row) => wrapping.wrap(row))
  return [
    rows.map(({ id }) => id),
    rows.map(({ kind }) => kind),
    rows.map(({ place }) => place?.partition ?? null),
    rows.map(({ place }) => place?.seq ?? null),
    wrapped.map((one) => one.wrapped),
    wrapped.map((one) => one.wrappedWith),
    rows.map(({ wrappedBy }) => wrappedBy ?? null),
    rows.map(({ notAfter }) => notAfter ?? null),
  ]
}

function headOf(stored: Stored): Omit<KeyRow, 'bytes'> {
  const { id, kind, part, seq, wrapped_by: wrappedBy, not_after: notAfter } = stored
  return {
    id,
    kind: kind as KeyKind,
    ...(part === null ? {} : { place: { partition: part, seq: Number(seq) } }),
    ...(wrappedBy === null ? {} : { wrappedBy }),
    ...(notAfter === null ? {} : { notAfter: Number(notAfter) }),
  }
}
