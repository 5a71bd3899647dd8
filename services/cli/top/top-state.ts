/** What `schakel top` shows, gathered from the log, the view and the management ports; `--json` prints it as it is. */

import { leavesLag } from '#adapters/telemetry/log-metrics.ts'
import { verdictsOf } from '#adapters/telemetry/verdict-counts.ts'
import { type LogWatch, type Seen, watchLog } from '#adapters/telemetry/watch-log.ts'
import type { Store } from '../open-store.ts'
import { readPublished } from '../running/read-published.ts'
import type { ServiceUp } from './find-services.ts'

export interface VerdictRow {
  readonly verdict: string
  readonly code: string
  /** In the last minute, ten minutes, hour, and since reading began. */
  readonly minute: number
  readonly ten: number
  readonly hour: number
  readonly all: number
}

export interface ParkedPlace {
  readonly partition: number
  readonly seq: number
  readonly code: string
  readonly at: number
}

export interface HourOfVerdicts {
  /** ms */
  readonly from: number
  readonly verdicts: Readonly<Record<string, number>>
}

export interface TopState {
  readonly at: number
  readonly services: readonly ServiceUp[]
  readonly epoch: { readonly newest: number; readonly inForce: readonly number[] }
  /** null: whoever looks may not read what was handed in. */
  readonly lag: readonly number[] | null
  readonly voids: readonly number[]
  readonly verdicts: readonly VerdictRow[]
  readonly handoffs: Readonly<Record<string, number>>
  readonly holds: {
    readonly hour: number
    readonly day: number
    readonly week: number
    readonly older: number
    readonly next: readonly { readonly handoff: string; readonly type: string; readonly deadline: number }[]
  }
  readonly parked: number
  /** The newest that were set aside, newest first. */
  readonly parkedAt: readonly ParkedPlace[]
  readonly expired: number
  /** Verdicts of each hour of the last day, oldest first. */
  readonly hours: readonly HourOfVerdicts[]
  readonly ledger: { readonly size: number; readonly lag: number; readonly ageMs: number | null }
  /** ms from which verdicts are counted; null = from the beginning of the log. */
  readonly since: number | null
}

const MINUTE = 60_000
const HOUR = 3_600_000
const DAY = 24 * HOUR
/** Longer logs are not read again for a look; counting starts now. */
const READ_MAX = 200_000
const HELD_READ = 10_000
const NEXT = 3
const HOURS_SHOWN = 24
const PARKED_SHOWN = 50

interface Tally {
  readonly counted: Map<string, { total: number; times: number[] }>
  readonly voids: number[]
  readonly parkedAt: ParkedPlace[]
  readonly hours: Map<number, Record<string, number>>
  parked: number
  expired: number
}

function countHour({ hours }: Tally, verdict: string, at: number): void {
  const from = at - (at % HOUR)
  const hour = hours.get(from) ?? {}
  hour[verdict] = (hour[verdict] ?? 0) + 1
  hours.set(from, hour)
  for (const old of hours.size > 2 * HOURS_SHOWN ? [...hours.keys()] : [])
    if (old < from - HOURS_SHOWN * HOUR) hours.delete(old)
}

function count(tally: Tally, { step, decisions, partition }: Seen): void {
  const outcome = step.record
  for (const { verdict, code } of verdictsOf(outcome, decisions)) {
    const key = `${verdict} ${code}`
    const row = tally.counted.get(key) ?? { total: 0, times: [] }
    row.total += 1
    row.times.push(outcome.at)
    tally.counted.set(key, row)
    countHour(tally, verdict, outcome.at)
    if (verdict === 'parked') {
      tally.parked += 1
      tally.parkedAt.unshift({ partition, seq: outcome.seq, code, at: outcome.at })
      tally.parkedAt.length = Math.min(tally.parkedAt.length, PARKED_SHOWN)
    }
  }
  for (const effect of outcome.effects)
    if (effect.kind === 'state' && effect.state === 'expired') tally.expired += 1
}

/** Every hour of the last day, empty ones included. */
function hoursOf({ hours }: Tally, now: number): readonly HourOfVerdicts[] {
  const last = now - (now % HOUR)
  return Array.from({ length: HOURS_SHOWN }, (_, index) => {
    const from = last - (HOURS_SHOWN - 1 - index) * HOUR
    return { from, verdicts: { ...hours.get(from) } }
  })
}

function verdictRows(tally: Tally, now: number): readonly VerdictRow[] {
  const rows: VerdictRow[] = []
  for (const [key, row] of tally.counted) {
    row.times = row.times.filter((at) => at > now - HOUR)
    const [verdict = '', code = ''] = key.split(' ')
    const within = (ms: number) => row.times.filter((at) => at > now - ms).length
    rows.push({
      verdict,
      code,
      minute: within(MINUTE),
      ten: within(10 * MINUTE),
      hour: row.times.length,
      all: row.total,
    })
  }
  return rows.sort(
    (a, b) => b.minute - a.minute || b.ten - a.ten || b.all - a.all || (a.code < b.code ? -1 : 1),
  )
}

function holdsOf(store: Store, now: number): TopState['holds'] {
  const held = store.view.held(HELD_READ)
  const younger = (ms: number) => held.filter((row) => now - row.at <= ms).length
  const [hour, day, week] = [younger(HOUR), younger(DAY), younger(7 * DAY)]
  const next = held
    .slice(0, NEXT)
    .map(({ handoff, type, deadline }) => ({ handoff, type, deadline: deadline ?? now }))
  return { hour, day: day - hour, week: week - day, older: held.length - week, next }
}

export interface Top {
  /** Reads on and says how things are. */
  look(services: readonly ServiceUp[]): Promise<TopState>
}

/** The store's view must be caught up: a log too long to read for a look is followed from where it stands. */
export function openTop(store: Store): Top {
  const long = store.view.head().reduce((sum, seq) => sum + seq, 0) > READ_MAX
  const tally: Tally = {
    counted: new Map(),
    voids: store.view.head().map(() => 0),
    parkedAt: [],
    hours: new Map(),
    parked: 0,
    expired: 0,
  }
  const leaves = leavesLag()
  const { log, codecs, keys } = store
  const watch: LogWatch = watchLog({ log, codecs, keys, ...(long ? { from: store.view.foldHeads() } : {}) }, [
    {
      outcome(seen) {
        count(tally, seen)
        leaves.saw(seen.partition, seen.step.record)
      },
      voids(topic, partition, found) {
        if (topic === 'outcomes') tally.voids[partition] = (tally.voids[partition] ?? 0) + found
      },
    },
  ])
  const since = long ? store.clock.now() : null
  return {
    async look(services) {
      await watch.poll()
      await store.view.catchUp()
      const now = store.clock.now()
      const published = await readPublished(store.paths.ledger)
      return {
        at: now,
        services,
        epoch: { newest: watch.epoch(), inForce: watch.heads().map((head) => head?.epoch ?? 0) },
        lag: store.readsInbound ? await watch.lag() : null,
        voids: [...tally.voids],
        verdicts: verdictRows(tally, now),
        handoffs: store.view.counts(),
        holds: holdsOf(store, now),
        parked: tally.parked,
        parkedAt: [...tally.parkedAt],
        hours: hoursOf(tally, now),
        expired: tally.expired,
        ledger: {
          size: published?.size ?? 0,
          lag: leaves.beyond(published?.upto ?? []),
          ageMs: published ? Math.max(0, now - published.at) : null,
        },
        since,
      }
    },
  }
}
