import { chmodSync, existsSync } from 'node:fs'
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite'
import type { AnswerRow, DeskStore, ReceivedRow, RefusedRow, SentRow } from './store.ts'

const SCHEMA = `
CREATE TABLE IF NOT EXISTS received (handoff TEXT PRIMARY KEY, at INTEGER NOT NULL, keep_until INTEGER NOT NULL, row TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS refused (handoff TEXT PRIMARY KEY, at INTEGER NOT NULL, row TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS sent (message TEXT PRIMARY KEY, at INTEGER NOT NULL, open INTEGER NOT NULL, row TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS sent_handoff (handoff TEXT PRIMARY KEY, message TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS answer (request TEXT PRIMARY KEY, at INTEGER NOT NULL, row TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS place (one INTEGER PRIMARY KEY CHECK (one = 1), cursor TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS received_at ON received (at);
CREATE INDEX IF NOT EXISTS sent_at ON sent (at);
CREATE INDEX IF NOT EXISTS sent_open ON sent (open, at);`

const ENDED = new Set(['delivered', 'refused', 'expired', 'recalled'])

/** Whether the end of some of it is not known yet. */
const isOpen = ({ status }: SentRow): boolean =>
  status.state === 'accepted' || status.handoffs.some(({ state }) => !ENDED.has(state))

/** Opens or makes the memory of a desk, readable for its owner alone; what is deleted is overwritten. `:memory:` for tests. */
export function openDeskStore(path: string): DeskStore {
  const fresh = path !== ':memory:' && !existsSync(path)
  const database = new DatabaseSync(path, { timeout: 10_000 })
  if (fresh) chmodSync(path, 0o600)
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; ${SCHEMA}`)
  return new SqliteDeskStore(database)
}

type Row = Readonly<Record<string, SQLOutputValue>>
const parsed = <T>(row: Row | undefined): T | undefined =>
  row === undefined ? undefined : (JSON.parse(String(row['row'])) as T)

class SqliteDeskStore implements DeskStore {
  readonly #database: DatabaseSync

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  cursor(): string | undefined {
    const row = this.#database.prepare('SELECT cursor FROM place').get()
    return row === undefined ? undefined : String(row['cursor'])
  }

  receive(rows: readonly ReceivedRow[], refused: readonly RefusedRow[], cursor: string): void {
    this.#whole(() => {
      const put = this.#database.prepare(
        'INSERT INTO received VALUES (?, ?, ?, ?) ON CONFLICT (handoff) DO NOTHING',
      )
      for (const row of rows) put.run(row.handoff, row.at, row.keepUntil, JSON.stringify(row))
      const bad = this.#database.prepare(
        'INSERT INTO refused VALUES (?, ?, ?) ON CONFLICT (handoff) DO NOTHING',
      )
      for (const row of refused) bad.run(row.handoff, row.at, JSON.stringify(row))
      this.#database.prepare('INSERT OR REPLACE INTO place VALUES (1, ?)').run(cursor)
    })
  }

  received(limit: number): readonly ReceivedRow[] {
    return this.#all('SELECT row FROM received ORDER BY at DESC, handoff LIMIT ?', limit)
  }

  receivedOne(handoff: string): ReceivedRow | undefined {
    return this.#one('SELECT row FROM received WHERE handoff = ?', handoff)
  }

  acknowledge(handoff: string, at: number): void {
    this.#change(handoff, (row) => ({ ...row, acknowledged: at }))
  }

  removeContent(handoff: string): void {
    this.#change(handoff, (row) => ({ ...row, sealed: null }))
  }

  refused(limit: number): readonly RefusedRow[] {
    return this.#all('SELECT row FROM refused ORDER BY at DESC, handoff LIMIT ?', limit)
  }

  putSent(row: SentRow): void {
    this.#whole(() => {
      this.#database
        .prepare('INSERT OR REPLACE INTO sent VALUES (?, ?, ?, ?)')
        .run(row.message, row.at, isOpen(row) ? 1 : 0, JSON.stringify(row))
      const put = this.#database.prepare('INSERT OR REPLACE INTO sent_handoff VALUES (?, ?)')
      for (const { handoff } of row.status.handoffs) put.run(handoff, row.message)
    })
  }

  sent(limit: number): readonly SentRow[] {
    return this.#all('SELECT row FROM sent ORDER BY at DESC, message LIMIT ?', limit)
  }

  sentOne(message: string): SentRow | undefined {
    return this.#one('SELECT row FROM sent WHERE message = ?', message)
  }

  sentOpen(limit: number): readonly SentRow[] {
    return this.#all('SELECT row FROM sent WHERE open = 1 ORDER BY at, message LIMIT ?', limit)
  }

  sentWith(handoff: string): SentRow | undefined {
    return this.#one('SELECT row FROM sent JOIN sent_handoff USING (message) WHERE handoff = ?', handoff)
  }

  answer(row: AnswerRow): void {
    this.#database
      .prepare('INSERT OR REPLACE INTO answer VALUES (?, ?, ?)')
      .run(row.request, row.at, JSON.stringify(row))
  }

  answers(limit: number): readonly AnswerRow[] {
    return this.#all('SELECT row FROM answer ORDER BY at DESC, request LIMIT ?', limit)
  }

  answerTo(request: string): AnswerRow | undefined {
    return this.#one('SELECT row FROM answer WHERE request = ?', request)
  }

  purge(now: number, kept: number): void {
    this.#whole(() => {
      this.#database.prepare('DELETE FROM received WHERE keep_until <= ?').run(now)
      for (const table of ['refused', 'sent', 'answer'])
        this.#database.prepare(`DELETE FROM ${table} WHERE at <= ?`).run(now - kept)
      this.#database.exec('DELETE FROM sent_handoff WHERE message NOT IN (SELECT message FROM sent)')
    })
  }

  close(): void {
    this.#database.close()
  }

  #change(handoff: string, change: (row: ReceivedRow) => ReceivedRow): void {
    const row = this.receivedOne(handoff)
    if (!row) return
    this.#database
      .prepare('UPDATE received SET row = ? WHERE handoff = ?')
      .run(JSON.stringify(change(row)), handoff)
  }

  #all<T>(sql: string, limit: number): readonly T[] {
    return this.#database
      .prepare(sql)
      .all(limit)
      .flatMap((row) => parsed<T>(row) ?? [])
  }

  #one<T>(sql: string, key: string): T | undefined {
    return parsed<T>(this.#database.prepare(sql).get(key))
  }

  #whole(task: () => void): void {
    this.#database.exec('BEGIN IMMEDIATE')
    try {
      task()
      this.#database.exec('COMMIT')
    } catch (error) {
      this.#database.exec('ROLLBACK')
      throw error
    }
  }
}
