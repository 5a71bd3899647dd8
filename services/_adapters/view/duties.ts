/** Duties of all partitions on the read side. */
import type { DatabaseSync } from 'node:sqlite'
import { changeDuty, newDuty } from '#core/duty/duty-row.ts'
import { fail } from '#core/failure.ts'
import type { Outcome } from '#core/handoff/outcome.ts'
import type { DutyRow, DutyState } from '#core/ports/fold.ts'
import type { ViewTables } from './tables.ts'

export const DUTY_SCHEMA = `
CREATE TABLE IF NOT EXISTS duties (handoff TEXT, duty TEXT, kind TEXT NOT NULL, state TEXT NOT NULL, due_at INTEGER NOT NULL,
  next INTEGER, by TEXT, row TEXT NOT NULL, PRIMARY KEY (handoff, duty)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS duties_due ON duties (state, due_at, handoff, duty);
CREATE INDEX IF NOT EXISTS duties_next ON duties (next) WHERE next IS NOT NULL;
CREATE INDEX IF NOT EXISTS duties_by ON duties (by, handoff, duty) WHERE by IS NOT NULL`

export interface DutyQuery {
  readonly states: readonly DutyState[]
  /** ms; only those whose end is before it. */
  readonly before?: number | undefined
  readonly limit: number
}

export interface DutyCount {
  readonly kind: string
  readonly state: DutyState
  readonly count: number
}

export interface DutyViews {
  /** By name of the duty. */
  dutiesOf(handoff: string): readonly DutyRow[]
  /** What this hand-off met, restarted or ended. */
  dutiesBy(handoff: string): readonly DutyRow[]
  /** Soonest end first. */
  duties(query: DutyQuery): readonly DutyRow[]
  dutyCounts(): readonly DutyCount[]
  /** When something must next become of a duty, ms. */
  nextDuty(): number | undefined
}

const toDuty = (row: Readonly<Record<string, unknown>>): DutyRow => JSON.parse(String(row['row'])) as DutyRow

export function dutyViews(database: DatabaseSync): DutyViews {
  const of = database.prepare('SELECT row FROM duties WHERE handoff = ? ORDER BY duty')
  const by = database.prepare('SELECT row FROM duties WHERE by = ? ORDER BY handoff, duty')
  const some =
    database.prepare(`SELECT row FROM duties WHERE state IN (SELECT value FROM json_each(?)) AND due_at < ?
    ORDER BY due_at, handoff, duty LIMIT ?`)
  const counts = database.prepare('SELECT kind, state, count(*) AS n FROM duties GROUP BY kind, state')
  const next = database.prepare('SELECT min(next) AS next FROM duties WHERE next IS NOT NULL')
  return {
    dutiesOf: (handoff) => of.all(handoff).map(toDuty),
    dutiesBy: (handoff) => by.all(handoff).map(toDuty),
    duties: ({ states, before = Number.MAX_SAFE_INTEGER, limit }) =>
      some.all(JSON.stringify(states), before, limit).map(toDuty),
    dutyCounts: () =>
      counts.all().map((row) => ({
        kind: String(row['kind']),
        state: String(row['state']) as DutyState,
        count: Number(row['n']),
      })),
    nextDuty() {
      const found = next.get()?.['next']
      return typeof found === 'number' ? found : undefined
    },
  }
}

export function dutyTables(database: DatabaseSync) {
  const one = database.prepare('SELECT row FROM duties WHERE handoff = ? AND duty = ?')
  const put =
    database.prepare(`INSERT OR REPLACE INTO duties (handoff, duty, kind, state, due_at, next, by, row)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)`)
  return {
    duty(handoff: string, duty: string) {
      const row = one.get(handoff, duty)
      return row && toDuty(row)
    },
    putDuty(row: DutyRow) {
      const { handoff, duty, kind, state, dueAt, next, by } = row
      put.run(handoff, duty, kind, state, dueAt, next, by, JSON.stringify(row))
    },
  }
}

/** After the effects of the outcome: a duty begins with a hand-off that is there. */
export function applyDuties(tables: ViewTables, partition: number, outcome: Outcome, position: number): void {
  for (const change of outcome.duties) {
    const { handoff, duty } = change
    tables.putTouch(handoff, partition, outcome.seq, position)
    const row = tables.handoff(handoff) ?? fail('BUG_INVARIANT', undefined, 'a duty of no hand-off')
    const known = tables.duty(handoff, duty)
    const started = change.change === 'started'
    if (started === (known !== undefined)) fail('BUG_INVARIANT', undefined, 'a duty began twice or never')
    tables.putDuty(known ? changeDuty(known, change, outcome) : newDuty(row, change, outcome))
  }
}
