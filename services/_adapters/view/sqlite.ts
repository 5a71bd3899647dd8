/** The read side of all partitions in one SQLite file, kept up by tailing outcomes; can be thrown away and made again. */
import type { DatabaseSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'
import { openDatabase } from '#adapters/sqlite/open-database.ts'
import type { DecisionRecord } from '#core/decision/decision-record.ts'
import { asFailure, fail } from '#core/failure.ts'
import { openDecisions } from '#core/handoff/archive.ts'
import type { Outcome } from '#core/handoff/outcome.ts'
import type { HandoffId } from '#core/ids.ts'
import { LIMITS } from '#core/limits.ts'
import { outcomesChain, readChain } from '#core/log/chain.ts'
import type { RecordCodecs } from '#core/log/codec.ts'
import { checkHead } from '#core/log/open-log.ts'
import type { EventLog } from '#core/ports/event-log.ts'
import type { FoldHead, HandoffRow } from '#core/ports/fold.ts'
import type { KeyStore } from '#core/ports/key-store.ts'
import type { MessageStatus, SenderChange, View, ViewCursor } from '#core/ports/view.ts'
import { applyToView } from './apply-to-view.ts'
import { type DutyViews, dutyViews } from './duties.ts'
import { type Rounds, readingRounds } from './rounds.ts'
import { toChange, toRow, VIEW_SCHEMA, viewTables } from './tables.ts'

/** What is written wakes; this is for a wake that was lost. Far below `LIMITS.viewAgeMs`. */
const IDLE_MS = 3_000
/** After a log that did not answer. */
const AGAIN_MS = 250

const partitions = Array.from({ length: LIMITS.partitions }, (_, partition) => partition)

export interface ViewPorts {
  readonly log: EventLog
  readonly codecs: RecordCodecs
  readonly keys: Pick<KeyStore, 'get'>
  readonly path: string
  /** ms that only rise; default: of this process. */
  readonly elapsed?: () => number
}

export interface OpenDeadline {
  readonly state: 'held' | 'sealed'
  readonly deadline: number
}

export interface FollowedView extends View, DutyViews {
  /** Folds everything that is in the log now. */
  catchUp(): Promise<void>
  /** How many log positions of outcomes it has not read yet, all partitions together. */
  behind(): Promise<number>
  /** ms since the partition that was longest not read to its end was; the log not answering, or this view hanging, shows here. */
  age(): number
  /** Held hand-offs, soonest deadline first. */
  held(limit: number): readonly HandoffRow[]
  /** Open hand-offs whose deadline is before `until` (ms), soonest first. */
  openDeadlines(until: number, limit: number): readonly OpenDeadline[]
  /** Where it stands, for a reader that goes on from there; partitions it has not met are left out. */
  foldHeads(): readonly (FoldHead | undefined)[]
  /** Follows the log until abort, also across times when it does not answer; rejects with `OPS_LOG` when it is another one. */
  run(signal: AbortSignal): Promise<void>
  close(): void
}

export function openSqliteView(ports: ViewPorts): FollowedView {
  const database = openDatabase(ports.path, { synchronous: 'NORMAL', schema: VIEW_SCHEMA })
  const follower = follow(ports, database)
  return {
    ...queries(database),
    ...dutyViews(database),
    ...contents(ports, database),
    ...follower,
    close() {
      if (database.isOpen) database.close()
    },
  }
}

/** False when the log did not answer; whatever else a reading fails with is thrown on. */
async function answered(reading: Promise<void>): Promise<boolean> {
  try {
    await reading
    return true
  } catch (error) {
    if (asFailure(error).code !== 'OPS_LOG_UNAVAILABLE') throw error
    return false
  }
}

/** Each partition by itself: what is written to one is read at once, and the others are not looked at for it. */
async function runOne(log: EventLog, rounds: Rounds, partition: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    // Asked before reading, so that nothing is missed in between.
    const changed = log.changed(['outcomes'], IDLE_MS, signal, partition)
    if (await answered(rounds.one(partition))) await changed
    else await delay(AGAIN_MS, undefined, { signal }).catch(() => {})
  }
}

function follow(ports: ViewPorts, database: DatabaseSync) {
  const tables = viewTables(database)
  const chain = outcomesChain(ports.codecs)
  const heads = new Map(tables.heads())
  const waiting = new Set<() => void>()
  const checked = new Set<number>()
  const elapsed = ports.elapsed ?? (() => performance.now())
  const atEnd = partitions.map(elapsed)

  const store = (
    partition: number,
    steps: readonly { record: Outcome; position: number }[],
    head: FoldHead,
  ) => {
    database.exec('BEGIN IMMEDIATE')
    try {
      for (const { record, position } of steps) applyToView(tables, partition, record, position)
      tables.putHead(partition, head)
      database.exec('COMMIT')
    } catch (error) {
      database.exec('ROLLBACK')
      throw error
    }
    heads.set(partition, head)
  }
  const followOne = async (partition: number) => {
    const start = heads.get(partition)
    if (start && !checked.has(partition)) await checkHead(ports.log, chain, partition, start)
    checked.add(partition)
    for (;;) {
      const page = await readChain(ports.log, chain, partition, heads.get(partition))
      if (!page.head) fail('OPS_LOG', undefined, `outcomes/${partition} has no genesis`)
      if (page.atEnd) {
        atEnd[partition] = elapsed()
        return
      }
      store(partition, page.steps, page.head)
      if (page.steps.length > 0) for (const wake of [...waiting]) wake()
    }
  }
  const rounds = readingRounds(followOne)
  const head = (): ViewCursor => Array.from({ length: LIMITS.partitions }, (_, p) => heads.get(p)?.seq ?? 0)
  return {
    catchUp: rounds.all,
    head,
    foldHeads: () => Array.from({ length: LIMITS.partitions }, (_, partition) => heads.get(partition)),
    async behind() {
      let count = 0
      for (let partition = 0; partition < LIMITS.partitions; partition += 1)
        count += (await ports.log.end('outcomes', partition)) - (heads.get(partition)?.position ?? 0)
      return count
    },
    age: () => elapsed() - Math.min(...atEnd),
    async run(signal: AbortSignal) {
      const stop = new AbortController()
      const both = AbortSignal.any([signal, stop.signal])
      try {
        await Promise.all(partitions.map((partition) => runOne(ports.log, rounds, partition, both)))
      } finally {
        stop.abort()
      }
    },
    changed: (after: ViewCursor, timeoutMs: number, signal: AbortSignal) =>
      new Promise<ViewCursor>((resolve) => {
        const now = head()
        if (signal.aborted || now.some((seq, partition) => seq !== after[partition])) return resolve(now)
        const done = () => {
          clearTimeout(limit)
          signal.removeEventListener('abort', done)
          waiting.delete(done)
          resolve(head())
        }
        const limit = setTimeout(done, timeoutMs)
        signal.addEventListener('abort', done, { once: true })
        waiting.add(done)
      }),
  }
}

function queries(database: DatabaseSync) {
  const byId = database.prepare('SELECT row FROM handoffs WHERE id = ?')
  const message = database.prepare('SELECT status FROM messages WHERE submitter = ? AND outer_id = ?')
  const answer = database.prepare('SELECT status FROM answers WHERE part = ? AND position = ?')
  const inbox = database.prepare(
    'SELECT row FROM handoffs WHERE readable = 1 AND to_oin = ? AND part = ? AND released_seq > ? ORDER BY released_seq, id LIMIT ?',
  )
  const changes = database.prepare(
    'SELECT seq, about, at, status FROM changes WHERE oin = ? AND part = ? AND seq > ? ORDER BY seq, about LIMIT ?',
  )
  const waiting = database.prepare('SELECT row FROM handoffs WHERE waiting = 1 ORDER BY at, id LIMIT ?')
  const recent = database.prepare(
    'SELECT row FROM handoffs WHERE at < ? ORDER BY at DESC, part DESC, seq DESC, id DESC LIMIT ?',
  )
  const held = database.prepare(
    "SELECT row FROM handoffs WHERE state = 'held' ORDER BY row ->> 'deadline', id LIMIT ?",
  )
  const deadlines = database.prepare(
    "SELECT state, row ->> 'deadline' AS deadline FROM handoffs WHERE state IN ('held', 'sealed') AND row ->> 'deadline' < ? ORDER BY 2 LIMIT ?",
  )
  const counts = database.prepare('SELECT state, count(*) AS n FROM handoffs GROUP BY state')
  return {
    handoff(id: string) {
      const row = byId.get(id)
      return row && toRow(row)
    },
    message(submitter: string, outerId: string) {
      const row = message.get(submitter, outerId)
      return row && (JSON.parse(String(row['status'])) as MessageStatus)
    },
    answerTo(partition: number, position: number) {
      const row = answer.get(partition, position)
      return row && (JSON.parse(String(row['status'])) as MessageStatus)
    },
    inbox(oin: string, after: ViewCursor, limit: number) {
      const rows = []
      for (let partition = 0; partition < LIMITS.partitions && rows.length < limit; partition += 1) {
        rows.push(...inbox.all(oin, partition, after[partition] ?? 0, limit - rows.length).map(toRow))
      }
      return rows
    },
    changes(oin: string, after: ViewCursor, limit: number) {
      const found: SenderChange[] = []
      for (let partition = 0; partition < LIMITS.partitions && found.length < limit; partition += 1)
        for (const row of changes.all(oin, partition, after[partition] ?? 0, limit - found.length))
          found.push(toChange(partition, row))
      return found
    },
    held: (limit: number) => held.all(limit).map(toRow),
    openDeadlines: (until: number, limit: number): readonly OpenDeadline[] =>
      deadlines.all(until, limit).map(({ state, deadline }) => ({
        state: state === 'held' ? 'held' : 'sealed',
        deadline: Number(deadline),
      })),
    unreleased: (limit: number) => waiting.all(limit).map(toRow),
    recent: (limit: number, before: number = Number.MAX_SAFE_INTEGER) => recent.all(before, limit).map(toRow),
    counts: () => Object.fromEntries(counts.all().map((row) => [String(row['state']), Number(row['n'])])),
  }
}

/** What is not in the tables but in the log, found by position. */
function contents(ports: ViewPorts, database: DatabaseSync) {
  const byId = database.prepare('SELECT row FROM handoffs WHERE id = ?')
  const touches = database.prepare(
    'SELECT part, seq, position FROM touches WHERE handoff = ? ORDER BY part, seq',
  )
  const outcomes = async (id: HandoffId, only?: number) => {
    const found: { outcome: Outcome; partition: number }[] = []
    for (const row of touches.all(id)) {
      if (only !== undefined && Number(row['seq']) !== only) continue
      const partition = Number(row['part'])
      const [entry] = await ports.log.read('outcomes', partition, Number(row['position']), 1)
      const outcome = entry && ports.codecs.outcome.decode(entry)
      if (outcome?.seq !== Number(row['seq']))
        return fail('OPS_LOG', undefined, 'outcome is not where it was')
      found.push({ outcome, partition })
    }
    return found
  }
  return {
    async decisions(id: HandoffId): Promise<readonly DecisionRecord[]> {
      const records: DecisionRecord[] = []
      for (const { outcome, partition } of await outcomes(id)) {
        if (!outcome.decisions) continue
        const opened = await openDecisions(ports.keys, outcome.decisions, { partition, seq: outcome.seq })
        if (opened) records.push(...opened.filter((record) => record.handoff === id))
      }
      return records
    },
    async sealed(id: HandoffId): Promise<Uint8Array | undefined> {
      const row = byId.get(id)
      const seq = row && toRow(row).sealedSeq
      if (typeof seq !== 'number') return undefined
      for (const { outcome } of await outcomes(id, seq)) {
        for (const effect of outcome.effects) {
          const mine = (effect.kind === 'handoff' || effect.kind === 'state') && effect.handoff === id
          if (mine && effect.sealed) return effect.sealed
        }
      }
      return fail('OPS_LOG', undefined, 'sealed bytes are not where they were')
    },
  }
}
