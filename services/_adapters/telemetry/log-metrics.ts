/** Metrics that follow from the log alone: the same from whichever process reads it. */
import type { DutyCount } from '#adapters/view/duties.ts'
import { isAlive } from '#core/duty/duty-row.ts'
import { isOpen } from '#core/handoff/fold-row.ts'
import type { Outcome } from '#core/handoff/outcome.ts'
import type { HandoffId } from '#core/ids.ts'
import type { Clock } from '#core/ports/clock.ts'
import type { HandoffRow } from '#core/ports/fold.ts'
import { HOLD_BUCKETS_SECONDS } from './metric-table.ts'
import type { Metrics } from './metrics.ts'
import { verdictsOf } from './verdict-counts.ts'
import { type LogWatch, type LogWatcher, type Seen, type WatchPorts, watchLog } from './watch-log.ts'

/** What the published checkpoint covers: per partition the outcome seq, and when it was published (ms). */
export interface Published {
  readonly upto: readonly number[]
  readonly size: number
  readonly at: number
}

export interface LogMetricsPorts extends WatchPorts {
  readonly view: {
    handoff(id: HandoffId): HandoffRow | undefined
    counts(): Readonly<Record<string, number>>
    /** Held hand-offs, soonest deadline first. */
    held(limit: number): readonly HandoffRow[]
    dutyCounts(): readonly DutyCount[]
    /** When something must next become of a duty, ms. */
    nextDuty(): number | undefined
  }
  readonly published: () => Promise<Published | undefined>
  readonly clock: Clock
  /** False: `inbound` may not be read here (gateway, courier and console on Kafka, topics.json); default true. */
  readonly readsInbound?: boolean
  /** Who else looks at each outcome: spans. */
  readonly also?: readonly (LogWatcher & {
    published?(upto: readonly number[], size: number, at: number): void
  })[]
}

const HELD_READ = 10_000
const MS = 1_000

/** `poll` each second or so; gauges are read anew at each reading of the metrics. */
export function followLogMetrics(ports: LogMetricsPorts, metrics: Metrics): LogWatch {
  const lag = leavesLag()
  const also = ports.also ?? []
  const sampled = new Set<number>()
  const watch = watchLog(ports, [
    {
      outcome: async (seen) => {
        countOutcome(metrics, seen)
        lag.saw(seen.partition, seen.step.record)
        timeEffects(ports, metrics, seen)
        await timeAnswer(ports, metrics, seen, sampled)
      },
      voids: (topic, partition, count) =>
        metrics.add('schakel_void_records_total', { topic, partition }, count),
    },
    ...also,
  ])
  let size = -1
  const poll = async () => {
    sampled.clear()
    await watch.poll()
    const published = await ports.published()
    if (published && published.size !== size)
      for (const one of also) one.published?.(published.upto, published.size, published.at)
    size = published?.size ?? size
  }
  metrics.beforeReading(async () => {
    await poll()
    const inputs = await watch.lag()
    for (const [partition, count] of inputs.entries())
      metrics.set('schakel_inbound_lag_records', count, { partition })
    for (const [partition, head] of watch.heads().entries())
      if (head) metrics.set('schakel_epoch_in_force', head.epoch, { partition })
    readStates(ports, metrics)
    readDuties(ports, metrics)
    const published = await ports.published()
    metrics.set('schakel_ledger_lag_leaves', lag.beyond(published?.upto ?? []))
    if (published)
      metrics.set('schakel_checkpoint_age_seconds', Math.max(0, (ports.clock.now() - published.at) / MS))
  })
  return { ...watch, poll }
}

function countOutcome(metrics: Metrics, { step, decisions }: Seen): void {
  const outcome = step.record
  if (outcome.genesis) return
  metrics.add('schakel_answers_total', { answer: outcome.answer.kind })
  for (const { verdict, code, reasons } of verdictsOf(outcome, decisions)) {
    metrics.add('schakel_verdicts_total', { verdict, code })
    for (const reason of reasons) metrics.add('schakel_reasons_total', { verdict, code: reason })
    if (verdict === 'parked') metrics.add('schakel_parked_total', { code })
  }
  const expired = outcome.effects.filter((effect) => effect.kind === 'state' && effect.state === 'expired')
  if (expired.length > 0) metrics.add('schakel_deadlines_missed_total', {}, expired.length)
  for (const { kind, change } of outcome.duties) metrics.add('schakel_duty_changes_total', { kind, change })
}

/** From the outcome that made a hand-off to its release and its acknowledgement, both times those of outcomes. */
function timeEffects(ports: LogMetricsPorts, metrics: Metrics, { step }: Seen): void {
  const outcome = step.record
  for (const effect of outcome.effects) {
    const delivered = effect.kind === 'state' && effect.state === 'delivered'
    if (effect.kind !== 'released' && !delivered) continue
    const row = ports.view.handoff(effect.handoff)
    if (!row) continue
    const seconds = Math.max(0, (outcome.at - row.at) / MS)
    metrics.observe(delivered ? 'schakel_delivery_seconds' : 'schakel_release_seconds', seconds)
  }
}

/** One input a partition a poll: reading every input again would cost as much as answering it. */
async function timeAnswer(ports: LogMetricsPorts, metrics: Metrics, seen: Seen, sampled: Set<number>) {
  const { partition, step } = seen
  const input = step.record.in
  if (!input || sampled.has(partition) || ports.readsInbound === false) return
  sampled.add(partition)
  const [entry] = await ports.log.read('inbound', partition, input.position, 1)
  if (entry?.position === input.position)
    metrics.observe('schakel_answer_seconds', Math.max(0, (step.appendedAt - entry.at) / MS))
}

function readStates(ports: LogMetricsPorts, metrics: Metrics): void {
  metrics.reset('schakel_handoffs')
  for (const [state, count] of Object.entries(ports.view.counts()))
    metrics.set('schakel_handoffs', count, { state })
  const now = ports.clock.now()
  const held = ports.view.held(HELD_READ).filter((row) => isOpen(row.state))
  const ages = held.map((row) => (now - row.at) / MS)
  for (const le of HOLD_BUCKETS_SECONDS)
    metrics.set('schakel_holds_age_seconds', ages.filter((age) => age <= le).length, { le })
  metrics.set('schakel_holds_age_seconds', ages.length, { le: '+Inf' })
  const deadlines = held.flatMap((row) => (row.deadline === null ? [] : [row.deadline]))
  metrics.reset('schakel_hold_deadline_next_seconds')
  if (deadlines.length > 0)
    metrics.set('schakel_hold_deadline_next_seconds', (Math.min(...deadlines) - now) / MS)
  else metrics.reset('schakel_hold_deadline_next_seconds')
}

function readDuties({ view, clock }: LogMetricsPorts, metrics: Metrics): void {
  metrics.reset('schakel_duties')
  for (const { kind, state, count } of view.dutyCounts())
    if (isAlive({ state })) metrics.set('schakel_duties', count, { kind, state })
  metrics.reset('schakel_duty_next_seconds')
  const next = view.nextDuty()
  if (next !== undefined) metrics.set('schakel_duty_next_seconds', (next - clock.now()) / MS)
}

/** Leaves seen beyond what is published; kept only until a checkpoint covers them. */
export function leavesLag() {
  const waiting = new Map<number, { readonly seq: number; readonly leaves: number }[]>()
  return {
    saw(partition: number, { seq, leaves }: Outcome): void {
      if (leaves.length === 0) return
      const list = waiting.get(partition) ?? []
      list.push({ seq, leaves: leaves.length })
      waiting.set(partition, list)
    },
    beyond(upto: readonly number[]): number {
      let count = 0
      for (const [partition, list] of waiting) {
        const left = list.filter(({ seq }) => seq > (upto[partition] ?? 0))
        waiting.set(partition, left)
        for (const { leaves } of left) count += leaves
      }
      return count
    },
  }
}
