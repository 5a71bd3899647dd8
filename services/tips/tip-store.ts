import { chmodSync, existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import type { Question, Tip } from './tip-file.ts'

const SCHEMA = `CREATE TABLE IF NOT EXISTS tips (ref TEXT PRIMARY KEY, code_hash TEXT NOT NULL UNIQUE, received_at INTEGER NOT NULL,
  keep_until INTEGER NOT NULL, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS questions (handoff TEXT PRIMARY KEY, tip TEXT NOT NULL REFERENCES tips (ref) ON DELETE CASCADE,
  received_at INTEGER NOT NULL, value TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS questions_tip ON questions (tip);
CREATE TABLE IF NOT EXISTS inbox (one INTEGER PRIMARY KEY CHECK (one = 1), cursor TEXT NOT NULL);`

const PRAGMAS =
  'PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA foreign_keys = ON;'

type Row = Readonly<Record<string, unknown>>
const parsed = <T>(row: Row | undefined): T | undefined => row && (JSON.parse(String(row['value'])) as T)

/**
 * The hotline's memory. Each call is whole and durable when it returns. What is deleted is overwritten on the disk and no log of it
 * stays (`secure_delete`, no WAL). Of a reporter's code it has the hash only.
 */
export class TipStore {
  readonly #database: DatabaseSync

  /** A file readable by its owner only, or `:memory:`. */
  constructor(path: string) {
    const fresh = path !== ':memory:' && !existsSync(path)
    this.#database = new DatabaseSync(path, { timeout: 10_000 })
    if (fresh) chmodSync(path, 0o600)
    this.#database.exec(PRAGMAS + SCHEMA)
  }

  /** false: there is a tip under that code, which stays as it is. */
  addTip(tip: Tip, codeHash: string): boolean {
    const added = this.#database
      .prepare('INSERT INTO tips VALUES (?, ?, ?, ?, ?) ON CONFLICT (code_hash) DO NOTHING')
      .run(tip.ref, codeHash, tip.receivedAt, tip.keepUntil, JSON.stringify(tip))
    return Number(added.changes) === 1
  }

  tip(ref: string): Tip | undefined {
    return parsed(this.#database.prepare('SELECT value FROM tips WHERE ref = ?').get(ref))
  }

  tipOfCode(codeHash: string): Tip | undefined {
    return parsed(this.#database.prepare('SELECT value FROM tips WHERE code_hash = ?').get(codeHash))
  }

  /** The newest first. */
  tips(): readonly Tip[] {
    const rows = this.#database.prepare('SELECT value FROM tips ORDER BY received_at DESC, ref').all()
    return rows.map((row) => JSON.parse(String(row['value'])) as Tip)
  }

  countTips(): number {
    return Number(this.#database.prepare('SELECT count(*) AS n FROM tips').get()?.['n'])
  }

  /** Changes a tip that there is; one that is gone by now stays gone. */
  changeTip(ref: string, change: Partial<Pick<Tip, 'state' | 'status' | 'message' | 'outcome'>>): void {
    const tip = this.tip(ref)
    if (!tip) return
    this.#database
      .prepare('UPDATE tips SET value = ? WHERE ref = ?')
      .run(JSON.stringify({ ...tip, ...change }), ref)
  }

  /** A question that is there already stays as it is. The tip must be there. */
  addQuestion(question: Question): void {
    this.#database
      .prepare('INSERT INTO questions VALUES (?, ?, ?, ?) ON CONFLICT (handoff) DO NOTHING')
      .run(question.handoff, question.tip, question.receivedAt, JSON.stringify(question))
  }

  question(handoff: string): Question | undefined {
    return parsed(this.#database.prepare('SELECT value FROM questions WHERE handoff = ?').get(handoff))
  }

  /** Of one tip, the oldest first. */
  questions(tip: string): readonly Question[] {
    const rows = this.#database
      .prepare('SELECT value FROM questions WHERE tip = ? ORDER BY received_at, handoff')
      .all(tip)
    return rows.map((row) => JSON.parse(String(row['value'])) as Question)
  }

  changeQuestion(handoff: string, change: Partial<Omit<Question, 'handoff' | 'tip' | 'receivedAt'>>): void {
    const question = this.question(handoff)
    if (!question) return
    this.#database
      .prepare('UPDATE questions SET value = ? WHERE handoff = ?')
      .run(JSON.stringify({ ...question, ...change }), handoff)
  }

  /** Where the hotline is in its inbox. */
  cursor(): string | undefined {
    const row = this.#database.prepare('SELECT cursor FROM inbox').get()
    return row && String(row['cursor'])
  }

  moveTo(cursor: string): void {
    this.#database.prepare('INSERT OR REPLACE INTO inbox VALUES (1, ?)').run(cursor)
  }

  /** Deletes every tip whose term is over, with its questions; answers how many. */
  purge(now: number): number {
    return Number(this.#database.prepare('DELETE FROM tips WHERE keep_until <= ?').run(now).changes)
  }

  close(): void {
    this.#database.close()
  }
}
