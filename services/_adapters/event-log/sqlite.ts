/**
 * The log in one SQLite file (WAL, synchronous=FULL). Several processes may open it. `append` is a compare-and-set inside the
 * writing transaction, so it never answers `unknown`; positions are dense.
 */
import type { DatabaseSync } from 'node:sqlite'
import { groupCommit } from '#adapters/sqlite/group-commit.ts'
import { openDatabase } from '#adapters/sqlite/open-database.ts'
import { Failure } from '#core/failure.ts'
import { LIMITS } from '#core/limits.ts'
import type { Clock } from '#core/ports/clock.ts'
import type { AppendResult, EventLog, LogEntry, LogRecord, Topic } from '#core/ports/event-log.ts'
import { watchDatabase } from './watch-database.ts'

const TOPICS: Readonly<Record<Topic, number>> = { inbound: 0, outcomes: 1, control: 2, ledger: 3 }
/** One integer key, (topic, partition, position): each partition lies together in one tree. */
const SPAN = 2 ** 40

const SCHEMA = `CREATE TABLE IF NOT EXISTS records
  (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, headers TEXT NOT NULL, value BLOB NOT NULL)`

const baseOf = (topic: Topic, partition: number) => (TOPICS[topic] * 64 + partition) * SPAN

const placeOf = (topic: Topic, partition: number) => `${topic}/${partition}`

/** Topics of one partition only are always of interest. */
function wanted(topic: Topic, partition: number | undefined): string {
  const one = topic === 'control' || topic === 'ledger' || partition === undefined
  return one ? topic : placeOf(topic, partition)
}

function statements(database: DatabaseSync) {
  return {
    read: database.prepare(
      'SELECT id, at, headers, value FROM records WHERE id >= ? AND id < ? ORDER BY id LIMIT ?',
    ),
    last: database.prepare('SELECT id, at FROM records WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT 1'),
    insert: database.prepare('INSERT INTO records (id, at, headers, value) VALUES (?, ?, ?, ?)'),
  }
}

export function openSqliteLog(path: string, clock: Clock): EventLog {
  const database = guard(() => openDatabase(path, { synchronous: 'FULL', largeValues: true, schema: SCHEMA }))
  const { read, last, insert } = statements(database)
  const watch = watchDatabase(database)
  const written = new Set<string>()
  const writes = groupCommit(database, () => {
    watch.wake(written)
    written.clear()
  })

  const tail = (base: number): { end: number; at: number } => {
    const row = last.get(base, base + SPAN)
    return row ? { end: Number(row['id']) - base + 1, at: Number(row['at']) } : { end: 0, at: 0 }
  }
  const add = (
    topic: Topic,
    partition: number,
    entries: readonly LogEntry[],
    after: { end: number; at: number },
  ) => {
    written.add(topic).add(placeOf(topic, partition))
    const stamp = Math.max(after.at, clock.now())
    const first = baseOf(topic, partition) + after.end
    entries.forEach((entry, index) => {
      insert.run(first + index, stamp, JSON.stringify(entry.headers), entry.value)
    })
    return stamp
  }

  return {
    async read(topic, partition, from, most = LIMITS.readRecordsMax) {
      const base = baseOf(topic, partition)
      const limit = Math.min(most, LIMITS.readRecordsMax)
      return guard(() => cutPage(read.iterate(base + from, base + SPAN, limit), base))
    },
    async append(topic, partition, head, entries): Promise<AppendResult> {
      return await refuse(
        writes.write((): AppendResult => {
          const found = tail(baseOf(topic, partition))
          if (found.end !== head) return { kind: 'conflict' }
          return { kind: 'appended', first: head, at: add(topic, partition, entries, found) }
        }),
      )
    },
    async put(partition, entry) {
      return await refuse(
        writes.write(() => {
          const found = tail(baseOf('inbound', partition))
          return { position: found.end, at: add('inbound', partition, [entry], found) }
        }),
      )
    },
    async end(topic, partition) {
      return guard(() => tail(baseOf(topic, partition)).end)
    },
    changed: (topics, timeoutMs, signal, partition) =>
      watch.changed(
        topics.map((topic) => wanted(topic, partition)),
        timeoutMs,
        signal,
      ),
    async close() {
      watch.close()
      if (database.isOpen) database.close()
    },
  }
}

function cutPage(rows: Iterable<Record<string, unknown>>, base: number): LogRecord[] {
  const page: LogRecord[] = []
  let bytes = 0
  for (const row of rows) {
    const value = row['value'] as Uint8Array
    bytes += value.length
    if (page.length > 0 && bytes > LIMITS.readBytesMax) break
    const headers = JSON.parse(String(row['headers'])) as Record<string, string>
    page.push({ position: Number(row['id']) - base, at: Number(row['at']), headers, value })
  }
  return page
}

function unavailable(error: unknown): Failure {
  const failure = new Failure('OPS_LOG_UNAVAILABLE')
  failure.cause = error
  return failure
}

function guard<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw unavailable(error)
  }
}

async function refuse<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw unavailable(error)
  }
}
