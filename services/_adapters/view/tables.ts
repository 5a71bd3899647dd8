import type { DatabaseSync } from 'node:sqlite'
import { oinOf } from '#core/ids.ts'
import type { FoldHead, HandoffRow } from '#core/ports/fold.ts'
import type { MessageStatus, SenderChange } from '#core/ports/view.ts'
import { DUTY_SCHEMA, dutyTables } from './duties.ts'

export const VIEW_SCHEMA = `
CREATE TABLE IF NOT EXISTS heads (part INTEGER PRIMARY KEY, hash BLOB NOT NULL, rest TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS handoffs (id TEXT PRIMARY KEY, part INTEGER NOT NULL, at INTEGER NOT NULL, seq INTEGER NOT NULL,
  state TEXT NOT NULL, to_oin TEXT NOT NULL, readable INTEGER NOT NULL, waiting INTEGER NOT NULL, released_seq INTEGER,
  message TEXT NOT NULL, case_ref TEXT NOT NULL, row TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS handoffs_inbox ON handoffs (to_oin, part, released_seq, id) WHERE readable = 1;
CREATE INDEX IF NOT EXISTS handoffs_waiting ON handoffs (at, id) WHERE waiting = 1;
CREATE INDEX IF NOT EXISTS handoffs_at ON handoffs (at, part, seq, id);
CREATE INDEX IF NOT EXISTS handoffs_state ON handoffs (state);
CREATE INDEX IF NOT EXISTS handoffs_message ON handoffs (message);
CREATE INDEX IF NOT EXISTS handoffs_case ON handoffs (case_ref);
CREATE TABLE IF NOT EXISTS messages (submitter TEXT, outer_id TEXT, final INTEGER NOT NULL, status TEXT NOT NULL,
  PRIMARY KEY (submitter, outer_id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS answers (part INTEGER, position INTEGER, status TEXT NOT NULL, PRIMARY KEY (part, position)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS changes (oin TEXT, part INTEGER, seq INTEGER, about TEXT, at INTEGER NOT NULL, status TEXT,
  PRIMARY KEY (oin, part, seq, about)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS touches (handoff TEXT, part INTEGER, seq INTEGER, position INTEGER NOT NULL,
  PRIMARY KEY (handoff, part, seq)) WITHOUT ROWID;
${DUTY_SCHEMA}`

/** Answers by position are kept for whoever waits for them right now. */
const ANSWERS_KEPT = 4096

type Row = Readonly<Record<string, unknown>>

export const toRow = (row: Row): HandoffRow => JSON.parse(String(row['row'])) as HandoffRow

export function toChange(partition: number, row: Row): SenderChange {
  const status = row['status'] === null ? null : (JSON.parse(String(row['status'])) as MessageStatus)
  return { partition, seq: Number(row['seq']), at: Number(row['at']), about: String(row['about']), status }
}

export type ViewTables = ReturnType<typeof viewTables>

export function viewTables(database: DatabaseSync) {
  const heads = database.prepare('SELECT part, hash, rest FROM heads')
  const putHead = database.prepare('INSERT OR REPLACE INTO heads (part, hash, rest) VALUES (?, ?, ?)')
  const byId = database.prepare('SELECT row FROM handoffs WHERE id = ?')
  const put =
    database.prepare(`INSERT OR REPLACE INTO handoffs (id, part, at, seq, state, to_oin, readable, waiting,
    released_seq, message, case_ref, row) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const ofMessage = database.prepare('SELECT row FROM handoffs WHERE message = ?')
  const ofCase = database.prepare('SELECT row FROM handoffs WHERE case_ref = ?')
  const putMessage =
    database.prepare(`INSERT INTO messages (submitter, outer_id, final, status) VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET final = excluded.final, status = excluded.status WHERE messages.final = 0`)
  const message = database.prepare('SELECT status FROM messages WHERE submitter = ? AND outer_id = ?')
  const putAnswer = database.prepare(
    'INSERT OR REPLACE INTO answers (part, position, status) VALUES (?, ?, ?)',
  )
  const dropAnswers = database.prepare('DELETE FROM answers WHERE part = ? AND position < ?')
  const putTouch = database.prepare(
    'INSERT OR REPLACE INTO touches (handoff, part, seq, position) VALUES (?, ?, ?, ?)',
  )
  const putChange = database.prepare(
    'INSERT OR REPLACE INTO changes (oin, part, seq, about, at, status) VALUES (?, ?, ?, ?, ?, ?)',
  )
  return {
    ...dutyTables(database),
    heads(): ReadonlyMap<number, FoldHead> {
      const entries = heads.all().map((row): [number, FoldHead] => {
        const rest = JSON.parse(String(row['rest'])) as Omit<FoldHead, 'hash'>
        return [Number(row['part']), { ...rest, hash: row['hash'] as Uint8Array }]
      })
      return new Map(entries)
    },
    putHead(partition: number, { hash, ...rest }: FoldHead) {
      putHead.run(partition, hash, JSON.stringify(rest))
    },
    handoff(id: string) {
      const row = byId.get(id)
      return row && toRow(row)
    },
    putHandoff(row: HandoffRow) {
      const { handoff, partition, at, seq, state, to, content, released, releasedSeq, message, caseRef } = row
      const readable = released && content === 'present' && (state === 'sealed' || state === 'delivered')
      const waiting = state === 'sealed' && content === 'present' && !released
      const flags = [readable ? 1 : 0, waiting ? 1 : 0] as const
      const text = JSON.stringify(row)
      put.run(handoff, partition, at, seq, state, oinOf(to), ...flags, releasedSeq, message, caseRef, text)
    },
    ofMessage: (message: string) => ofMessage.all(message).map(toRow),
    ofCase: (caseRef: string) => ofCase.all(caseRef).map(toRow),
    putMessage: (submitter: string, outerId: string, final: boolean, status: unknown) =>
      void putMessage.run(submitter, outerId, final ? 1 : 0, JSON.stringify(status)),
    message(submitter: string, outerId: string) {
      const row = message.get(submitter, outerId)
      return row && (JSON.parse(String(row['status'])) as MessageStatus)
    },
    putAnswer(partition: number, position: number, status: MessageStatus) {
      putAnswer.run(partition, position, JSON.stringify(status))
      dropAnswers.run(partition, position - ANSWERS_KEPT)
    },
    putChange(oin: string, { partition, seq, about, at, status }: SenderChange) {
      putChange.run(oin, partition, seq, about, at, status && JSON.stringify(status))
    },
    putTouch: (handoff: string, partition: number, seq: number, position: number) =>
      void putTouch.run(handoff, partition, seq, position),
  }
}
