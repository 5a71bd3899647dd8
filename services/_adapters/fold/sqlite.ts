/**
 * The fold of one partition in one SQLite file (WAL, synchronous=NORMAL: what is lost is folded again from the log). Rows are JSON
 * beside the columns that are searched by.
 */
import type { DatabaseSync } from 'node:sqlite'
import { openDatabase } from '#adapters/sqlite/open-database.ts'
import { fail } from '#core/failure.ts'
import { isOpen } from '#core/handoff/fold-row.ts'
import type { ApprovalGiven } from '#core/handoff/outcome.ts'
import type { DutyRow, Fold, FoldHead, HandoffRow, SeenRow } from '#core/ports/fold.ts'

const SCHEMA = `
CREATE TABLE IF NOT EXISTS head (one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT NULL, hash BLOB NOT NULL, rest TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS handoffs (id TEXT PRIMARY KEY, seq INTEGER NOT NULL, open INTEGER NOT NULL, deadline INTEGER,
  epoch INTEGER NOT NULL, message TEXT NOT NULL, case_ref TEXT NOT NULL, asks TEXT, row TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS handoffs_due ON handoffs (deadline, id) WHERE open = 1 AND deadline IS NOT NULL;
CREATE INDEX IF NOT EXISTS handoffs_open ON handoffs (seq, id) WHERE open = 1;
CREATE INDEX IF NOT EXISTS handoffs_message ON handoffs (message, id);
CREATE INDEX IF NOT EXISTS handoffs_case ON handoffs (case_ref, id);
CREATE INDEX IF NOT EXISTS handoffs_asks ON handoffs (asks, id) WHERE asks IS NOT NULL;
CREATE TABLE IF NOT EXISTS seen (iss TEXT, jti TEXT, digest TEXT NOT NULL, seq INTEGER NOT NULL, until INTEGER NOT NULL,
  PRIMARY KEY (iss, jti)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS seen_until ON seen (until);
CREATE TABLE IF NOT EXISTS approvals (n INTEGER PRIMARY KEY, handoff TEXT NOT NULL, row TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS approvals_handoff ON approvals (handoff);
CREATE TABLE IF NOT EXISTS archives (message TEXT PRIMARY KEY, key_id TEXT NOT NULL, bytes BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS parked (seq INTEGER PRIMARY KEY, digest TEXT NOT NULL, at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS duties (handoff TEXT, duty TEXT, case_ref TEXT NOT NULL, next INTEGER, row TEXT NOT NULL,
  PRIMARY KEY (handoff, duty)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS duties_next ON duties (next, handoff, duty) WHERE next IS NOT NULL;
CREATE INDEX IF NOT EXISTS duties_case ON duties (case_ref, handoff, duty);
CREATE TABLE IF NOT EXISTS generations (case_ref TEXT PRIMARY KEY, generation INTEGER NOT NULL) WITHOUT ROWID`

type Row = Readonly<Record<string, unknown>>

const rowOf = (row: Row): HandoffRow => JSON.parse(String(row['row'])) as HandoffRow

export function openSqliteFold(path: string): Fold {
  const database = openDatabase(path, { synchronous: 'NORMAL', cacheKib: 512, schema: SCHEMA })
  const kept = duties(database)
  return { ...heads(database, kept.forget), ...handoffs(database), ...memory(database), ...kept.calls }
}

/** Head and transaction belong together: a head moves only from the one that this opener knows of. */
function heads(database: DatabaseSync, rolledBack: () => void) {
  const read = database.prepare('SELECT seq, hash, rest FROM head')
  const insert = database.prepare('INSERT INTO head (one, seq, hash, rest) VALUES (1, ?, ?, ?)')
  const move = database.prepare('UPDATE head SET seq = ?, hash = ?, rest = ? WHERE seq = ?')
  let head = load()
  let before = head

  function load(): FoldHead | undefined {
    const row = read.get()
    if (!row) return undefined
    const rest = JSON.parse(String(row['rest'])) as Omit<FoldHead, 'seq' | 'hash'>
    return { ...rest, seq: Number(row['seq']), hash: row['hash'] as Uint8Array }
  }

  return {
    head: () => head,
    setHead(next: FoldHead) {
      const { seq, hash, ...rest } = next
      const text = JSON.stringify(rest)
      if (!head) insert.run(seq, hash, text)
      else if (move.run(seq, hash, text, head.seq).changes !== 1) {
        fail('BUG_INVARIANT', undefined, 'somebody else moved this fold')
      }
      head = next
    },
    begin() {
      database.exec('BEGIN IMMEDIATE')
      before = head
    },
    commit() {
      database.exec('COMMIT')
      before = head
    },
    rollback() {
      if (database.isTransaction) database.exec('ROLLBACK')
      head = before
      rolledBack()
    },
    close() {
      if (database.isOpen) database.close()
    },
  }
}

function handoffs(database: DatabaseSync) {
  const byId = database.prepare('SELECT row FROM handoffs WHERE id = ?')
  const put = database.prepare(`INSERT OR REPLACE INTO handoffs
    (id, seq, open, deadline, epoch, message, case_ref, asks, row) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const due = database.prepare(
    'SELECT row FROM handoffs WHERE open = 1 AND deadline IS NOT NULL AND deadline <= ? ORDER BY deadline, id LIMIT ?',
  )
  const soonest = database.prepare(
    'SELECT deadline FROM handoffs WHERE open = 1 AND deadline IS NOT NULL ORDER BY deadline LIMIT 1',
  )
  const open = database.prepare(
    'SELECT row FROM handoffs WHERE open = 1 AND seq > ? AND epoch < ? ORDER BY seq, id LIMIT ?',
  )
  const ofMessage = database.prepare('SELECT row FROM handoffs WHERE message = ? ORDER BY id')
  const ofCase = database.prepare('SELECT row FROM handoffs WHERE case_ref = ? ORDER BY id LIMIT ?')
  const asking = database.prepare('SELECT row FROM handoffs WHERE asks = ? ORDER BY id')

  return {
    handoff(id: string) {
      const row = byId.get(id)
      return row && rowOf(row)
    },
    putHandoff(row: HandoffRow) {
      const { handoff, seq, state, deadline, epoch, message, caseRef, asks } = row
      const text = JSON.stringify(row)
      put.run(
        handoff,
        seq,
        isOpen(state) ? 1 : 0,
        deadline,
        epoch,
        message,
        caseRef,
        asks?.handoff ?? null,
        text,
      )
    },
    due: (at: number, limit: number) => due.all(at, limit).map(rowOf),
    nextDeadline() {
      const row = soonest.get()
      return row && Number(row['deadline'])
    },
    open: (after: number, epoch: number, limit: number) => open.all(after, epoch, limit).map(rowOf),
    ofMessage: (message: string) => ofMessage.all(message).map(rowOf),
    ofCase: (caseRef: string, limit = -1) => ofCase.all(caseRef, limit).map(rowOf),
    asking: (handoff: string) => asking.all(handoff).map(rowOf),
  }
}

const dutyOf = (row: Row): DutyRow => JSON.parse(String(row['row'])) as DutyRow

/** The soonest time is kept in memory: it is asked for before every input, and most inputs change no duty. */
function duties(database: DatabaseSync) {
  const one = database.prepare('SELECT row FROM duties WHERE handoff = ? AND duty = ?')
  const put = database.prepare(
    'INSERT OR REPLACE INTO duties (handoff, duty, case_ref, next, row) VALUES (?, ?, ?, ?, ?)',
  )
  const due = database.prepare(
    'SELECT row FROM duties WHERE next IS NOT NULL AND next <= ? ORDER BY next, handoff, duty LIMIT ?',
  )
  const soonest = database.prepare('SELECT next FROM duties WHERE next IS NOT NULL ORDER BY next LIMIT 1')
  const ofHandoff = database.prepare('SELECT row FROM duties WHERE handoff = ? ORDER BY duty')
  const ofCase = database.prepare('SELECT row FROM duties WHERE case_ref = ? ORDER BY handoff, duty')
  let next: number | null | undefined
  const nextDuty = (): number | undefined => {
    if (next === undefined) next = (soonest.get()?.['next'] as number | undefined) ?? null
    return next ?? undefined
  }
  const calls = {
    duty(handoff: string, duty: string) {
      const row = one.get(handoff, duty)
      return row && dutyOf(row)
    },
    putDuty(row: DutyRow) {
      put.run(row.handoff, row.duty, row.caseRef, row.next, JSON.stringify(row))
      next = undefined
    },
    dueDuties: (at: number, limit: number) =>
      (nextDuty() ?? Number.POSITIVE_INFINITY) <= at ? due.all(at, limit).map(dutyOf) : [],
    nextDuty,
    dutiesOf: (handoff: string) => ofHandoff.all(handoff).map(dutyOf),
    dutiesOfCase: (caseRef: string) => ofCase.all(caseRef).map(dutyOf),
  }
  return {
    calls,
    forget() {
      next = undefined
    },
  }
}

function memory(database: DatabaseSync) {
  const seen = database.prepare('SELECT iss, jti, digest, seq, until FROM seen WHERE iss = ? AND jti = ?')
  const putSeen = database.prepare(
    'INSERT OR REPLACE INTO seen (iss, jti, digest, seq, until) VALUES (?, ?, ?, ?, ?)',
  )
  const dropSeen = database.prepare('DELETE FROM seen WHERE until < ?')
  const approvals = database.prepare('SELECT row FROM approvals WHERE handoff = ? ORDER BY n')
  const putApproval = database.prepare('INSERT INTO approvals (handoff, row) VALUES (?, ?)')
  const archive = database.prepare('SELECT key_id, bytes FROM archives WHERE message = ?')
  const putArchive = database.prepare(
    'INSERT OR REPLACE INTO archives (message, key_id, bytes) VALUES (?, ?, ?)',
  )
  const dropArchive = database.prepare('DELETE FROM archives WHERE message = ?')
  const parked = database.prepare('SELECT digest, at FROM parked WHERE seq = ?')
  const putParked = database.prepare('INSERT OR REPLACE INTO parked (seq, digest, at) VALUES (?, ?, ?)')
  const dropParked = database.prepare('DELETE FROM parked WHERE at < ?')
  const generation = database.prepare('SELECT generation FROM generations WHERE case_ref = ?')
  const putGeneration = database.prepare(
    'INSERT OR REPLACE INTO generations (case_ref, generation) VALUES (?, ?)',
  )

  return {
    seen: (iss: string, jti: string) => seen.get(iss, jti) as unknown as SeenRow | undefined,
    putSeen: (row: SeenRow) => void putSeen.run(row.iss, row.jti, row.digest, row.seq, row.until),
    dropSeen: (before: number) => void dropSeen.run(before),
    approvals: (handoff: string) =>
      approvals.all(handoff).map((row) => JSON.parse(String(row['row'])) as ApprovalGiven),
    putApproval: (approval: ApprovalGiven) =>
      void putApproval.run(approval.handoff, JSON.stringify(approval)),
    archive(message: string) {
      const row = archive.get(message)
      return row && { keyId: String(row['key_id']), bytes: row['bytes'] as Uint8Array }
    },
    putArchive(message: string, sealed: { keyId: string; bytes: Uint8Array } | undefined) {
      if (sealed) putArchive.run(message, sealed.keyId, sealed.bytes)
      else dropArchive.run(message)
    },
    parked(seq: number) {
      const row = parked.get(seq)
      return row && { digest: String(row['digest']), at: Number(row['at']) }
    },
    putParked: (seq: number, digest: string, at: number) => void putParked.run(seq, digest, at),
    dropParked: (before: number) => void dropParked.run(before),
    generation: (caseRef: string) => Number(generation.get(caseRef)?.['generation'] ?? 0),
    putGeneration: (caseRef: string, n: number) => void putGeneration.run(caseRef, n),
  }
}
