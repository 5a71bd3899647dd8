/**
 * Keys in one SQLite file of their own, never part of a log backup (design §3, §7). secure_delete overwrites deleted rows
 * and the WAL is truncated after each destruction: no byte of a destroyed key stays in the files.
 */
import type { DatabaseSync } from 'node:sqlite'
import { groupCommit } from '#adapters/sqlite/group-commit.ts'
import { openDatabase } from '#adapters/sqlite/open-database.ts'
import { Failure, fail } from '#core/failure.ts'
import type { KeyKind, KeyRow, KeyStore } from '#core/ports/key-store.ts'

const SCHEMA = `CREATE TABLE IF NOT EXISTS keys
  (id TEXT PRIMARY KEY, kind TEXT NOT NULL, part INTEGER, seq INTEGER, bytes BLOB NOT NULL, wrapped_by TEXT, not_after INTEGER);
  CREATE INDEX IF NOT EXISTS keys_place ON keys (part, seq) WHERE part IS NOT NULL;
  CREATE INDEX IF NOT EXISTS keys_kind ON keys (kind, id)`

const COLUMNS = 'id, kind, part, seq, bytes, wrapped_by, not_after'
const TRUNCATE_ATTEMPTS = 50

export function openSqliteKeys(path: string): KeyStore {
  const database = openDatabase(path, { synchronous: 'FULL', secureDelete: true, schema: SCHEMA })
  const insert = database.prepare(
    `INSERT INTO keys (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
  )
  const byId = database.prepare(`SELECT ${COLUMNS} FROM keys WHERE id = ?`)
  const byKind = database.prepare(`SELECT ${COLUMNS} FROM keys WHERE kind = ? ORDER BY id`)
  const byPlace = database.prepare('SELECT id FROM keys WHERE part = ? AND seq = ?')
  const remove = database.prepare('DELETE FROM keys WHERE id = ?')
  const writes = groupCommit(database)

  const destroy = async (ids: readonly string[]) => {
    const there = ids.filter((id) => byId.get(id) !== undefined)
    if (there.length > 0) {
      await writes.write(() => {
        for (const id of there) remove.run(id)
      })
    }
    // Also when nothing was there: a crash may have come between the delete and the truncation.
    if (ids.length > 0) await truncate(database)
  }

  return {
    put: (rows) =>
      guard(async () => {
        if (rows.length === 0) return
        await writes.write(() => {
          for (const row of rows) insert.run(...valuesOf(row))
        })
      }),
    get: (id) =>
      guard(async () => {
        const row = byId.get(id)
        return row && rowOf(row)
      }),
    list: (kind) => guard(async () => byKind.all(kind).map(rowOf)),
    destroy: (ids) => guard(() => destroy(ids)),
    settle: (partition, seq, keep) =>
      guard(async () => {
        const rows = byPlace.all(partition, seq).map((row) => String(row['id']))
        const lost = rows.filter((id) => !keep.includes(id))
        if (lost.length > 0) await destroy(lost)
      }),
    async close() {
      if (database.isOpen) database.close()
    },
  }
}

/** The WAL still holds the page images of before: it must go, and readers elsewhere may hold it up for a moment. */
async function truncate(database: DatabaseSync): Promise<void> {
  for (let attempt = 0; attempt < TRUNCATE_ATTEMPTS; attempt += 1) {
    if (Number(database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()?.['busy']) === 0) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  fail('OPS_KEY_STORE', undefined, 'destroyed keys are still in the write-ahead log')
}

function valuesOf(row: KeyRow): (string | number | Uint8Array | null)[] {
  const { id, kind, place, bytes, wrappedBy, notAfter } = row
  return [id, kind, place?.partition ?? null, place?.seq ?? null, bytes, wrappedBy ?? null, notAfter ?? null]
}

function rowOf(row: Readonly<Record<string, unknown>>): KeyRow {
  const { id, kind, part, seq, bytes, wrapped_by: wrappedBy, not_after: notAfter } = row
  return {
    id: String(id),
    kind: kind as KeyKind,
    bytes: bytes as Uint8Array,
    ...(part === null ? {} : { place: { partition: Number(part), seq: Number(seq) } }),
    ...(wrappedBy === null ? {} : { wrappedBy: String(wrappedBy) }),
    ...(notAfter === null ? {} : { notAfter: Number(notAfter) }),
  }
}

async function guard<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Failure) throw error
    const failure = new Failure('OPS_KEY_STORE')
    failure.cause = error
    throw failure
  }
}
