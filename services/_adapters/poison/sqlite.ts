import { openDatabase } from '#adapters/sqlite/open-database.ts'
import type { Poison, PoisonMarks } from '#core/ports/poison.ts'

const SCHEMA = `CREATE TABLE IF NOT EXISTS marks (part INTEGER PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS singly (part INTEGER PRIMARY KEY, upto INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS attempts (part INTEGER, n INTEGER, count INTEGER NOT NULL, PRIMARY KEY (part, n)) WITHOUT ROWID`

/** synchronous=OFF: what was written reaches the operating system before the call returns, so a killed process leaves it behind. */
export function openSqlitePoison(path: string): Poison {
  const database = openDatabase(path, { synchronous: 'OFF', schema: SCHEMA })
  const marked = database.prepare('SELECT first, last FROM marks WHERE part = ?')
  const mark = database.prepare('INSERT OR REPLACE INTO marks (part, first, last) VALUES (?, ?, ?)')
  const clear = database.prepare('DELETE FROM marks WHERE part = ?')
  const singly = database.prepare('SELECT upto FROM singly WHERE part = ?')
  const setSingly = database.prepare('INSERT OR REPLACE INTO singly (part, upto) VALUES (?, ?)')
  const attempts = database.prepare('SELECT count FROM attempts WHERE part = ? AND n = ?')
  const addAttempt = database.prepare(
    'INSERT INTO attempts (part, n, count) VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET count = count + 1',
  )
  const forget = database.prepare('DELETE FROM attempts WHERE part = ? AND n < ?')

  const of = (part: number): PoisonMarks => ({
    marked() {
      const row = marked.get(part)
      return row && { first: Number(row['first']), last: Number(row['last']) }
    },
    mark: ({ first, last }) => void mark.run(part, first, last),
    clear: () => void clear.run(part),
    singlyUpto: () => Number(singly.get(part)?.['upto'] ?? 0),
    setSinglyUpto: (n) => void setSingly.run(part, n),
    attempts: (n) => Number(attempts.get(part, n)?.['count'] ?? 0),
    addAttempt: (n) => void addAttempt.run(part, n),
    forget: (n) => void forget.run(part, n),
  })
  return {
    of,
    close() {
      if (database.isOpen) database.close()
    },
  }
}
