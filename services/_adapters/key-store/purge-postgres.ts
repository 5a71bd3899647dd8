import type { Pool, QueryConfig } from 'pg'
import { fail } from '#core/failure.ts'

const UNSEEN_MS = 10_000
const POLL_MS = 5
const SOON_MS = 250
const PURGE_MS = 60_000
/** Rewrites wait for the disk, not for each other; the pool keeps connections for everybody else. */
const AT_ONCE = 4

export interface Purger {
  /** Resolves when nothing that was deleted before this call is in a file. Concurrent callers share a run that began after them. */
  now(): Promise<void>
  /** The same a moment later, for many at once. What fails stays due: the next call takes it along. */
  soon(): void
  /** When nothing runs or waits any more. */
  settled(): Promise<void>
}

/**
 * Brings deleted rows out of the files of a PostgreSQL cluster: DELETE alone leaves them in the heap, in the indexes and in the
 * write-ahead log. A rewrite of the shelf drops the first two (the old files are unlinked), a checkpoint in a new WAL segment the
 * third, with `wal_recycle = off`.
 */
export function purger(pool: Pool): Purger {
  let running: Promise<void> | undefined
  let next: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  const start = (): Promise<void> => {
    const run = purgeOnce(pool).finally(() => {
      if (running === run) running = undefined
    })
    running = run
    return run
  }
  const now = (): Promise<void> => {
    if (!running) return start()
    next ??= running
      .catch(() => undefined)
      .then(() => {
        next = undefined
        return start()
      })
    return next
  }
  const begin = () => {
    timer = undefined
    now().catch(() => undefined)
  }
  return {
    now,
    soon() {
      timer ??= setTimeout(begin, SOON_MS)
    },
    async settled() {
      if (timer) {
        clearTimeout(timer)
        begin()
      }
      while (running ?? next) await (next ?? running)?.catch(() => undefined)
    },
  }
}

interface Due {
  readonly due: string
  readonly shelf: number
  readonly deleted_by: string
}

async function purgeOnce(pool: Pool): Promise<void> {
  const { rows } = await pool.query<Due>('SELECT due, shelf, deleted_by::text FROM schakel.purge_due')
  if (rows.length === 0) return
  const newest = rows.reduce((most, { deleted_by: by }) => (BigInt(by) > most ? BigInt(by) : most), 0n)
  await waitUnseen(pool, newest)
  const shelves = [...new Set(rows.map((row) => Number(row.shelf)))]
  const rewrite = async () => {
    for (let shelf = shelves.pop(); shelf !== undefined; shelf = shelves.pop())
      await patiently(pool, [`VACUUM (FULL, ANALYZE FALSE) schakel.key_row_${shelf}`])
  }
  await Promise.all(Array.from({ length: AT_ONCE }, rewrite))
  await patiently(pool, ['SELECT pg_catalog.pg_switch_wal()', 'CHECKPOINT'])
  await pool.query('DELETE FROM schakel.purge_due WHERE due = ANY($1)', [rows.map(({ due }) => due)])
}

/** On one connection, which is closed when something fails: it may still be at work, or hold the longer time. */
async function patiently(pool: Pool, statements: readonly string[]): Promise<void> {
  const client = await pool.connect()
  let broken = true
  try {
    await client.query(`SET statement_timeout = ${PURGE_MS}`)
    for (const text of statements) await client.query({ text, query_timeout: PURGE_MS } as QueryConfig)
    await client.query('RESET statement_timeout')
    broken = false
  } finally {
    client.release(broken)
  }
}

/** A reader that began before the delete keeps the deleted row alive: a rewrite would copy it. */
async function waitUnseen(pool: Pool, deletedBy: bigint): Promise<void> {
  const until = Date.now() + UNSEEN_MS
  while (Date.now() < until) {
    const { rows } = await pool.query<{ unseen: boolean }>('SELECT schakel.unseen($1::text::xid8)', [
      String(deletedBy),
    ])
    if (rows[0]?.unseen) return
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
  fail('OPS_KEY_STORE', undefined, 'destroyed keys are still in the files: a session holds an old snapshot')
}
