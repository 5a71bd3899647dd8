import { chmodSync, existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

/** One sheet of paper, in the folder of one application or question. */
export interface Sheet<T> {
  readonly id: string
  readonly folder: string
  readonly value: T
}

const SCHEMA = `CREATE TABLE IF NOT EXISTS sheets (kind TEXT NOT NULL, id TEXT NOT NULL, folder TEXT NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY (kind, id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS sheets_folder ON sheets (folder);`

/**
 * What one desk remembers: sheets by kind, with an id, in folders. Each call is whole and durable when it returns. What is dropped is
 * overwritten on the disk (`secure_delete`) and no log of it stays (no WAL), so that destroying is destroying.
 */
export class Drawer<Kinds extends object> {
  readonly #database: DatabaseSync

  /** File readable by its owner only; `:memory:` for tests. */
  constructor(path: string) {
    const fresh = path !== ':memory:' && !existsSync(path)
    this.#database = new DatabaseSync(path, { timeout: 10_000 })
    if (fresh) chmodSync(path, 0o600)
    this.#database.exec(
      `PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; ${SCHEMA}`,
    )
  }

  put<K extends keyof Kinds & string>(kind: K, id: string, folder: string, value: Kinds[K]): void {
    this.#database
      .prepare('INSERT OR REPLACE INTO sheets (kind, id, folder, value) VALUES (?, ?, ?, ?)')
      .run(kind, id, folder, JSON.stringify(value))
  }

  get<K extends keyof Kinds & string>(kind: K, id: string): Kinds[K] | undefined {
    const row = this.#database.prepare('SELECT value FROM sheets WHERE kind = ? AND id = ?').get(kind, id)
    return row && (JSON.parse(String(row['value'])) as Kinds[K])
  }

  /** By id; of one folder where it is named. */
  all<K extends keyof Kinds & string>(kind: K, folder?: string): readonly Sheet<Kinds[K]>[] {
    const rows = this.#database
      .prepare(
        'SELECT id, folder, value FROM sheets WHERE kind = ? AND folder = coalesce(?, folder) ORDER BY id',
      )
      .all(kind, folder ?? null)
    return rows.map((row) => ({
      id: String(row['id']),
      folder: String(row['folder']),
      value: JSON.parse(String(row['value'])) as Kinds[K],
    }))
  }

  /** Sheets of that kind in the folder; answers how many there were. */
  drop(kind: keyof Kinds & string, folder: string): number {
    const gone = this.#database.prepare('DELETE FROM sheets WHERE kind = ? AND folder = ?').run(kind, folder)
    return Number(gone.changes)
  }

  remove(kind: keyof Kinds & string, id: string): void {
    this.#database.prepare('DELETE FROM sheets WHERE kind = ? AND id = ?').run(kind, id)
  }

  close(): void {
    this.#database.close()
  }
}
