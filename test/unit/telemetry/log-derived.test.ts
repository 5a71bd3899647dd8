/** What is derived from a log: metrics, spans, processing records. */
import { InMemorySpanExporter } from '@opentelemetry/sdk-trace'
import { afterEach, describe, expect, it } from 'vitest'
import { followLogMetrics, leavesLag } from '#adapters/telemetry/log-metrics.ts'
import { logSpans } from '#adapters/telemetry/log-spans.ts'
import { createMetrics } from '#adapters/telemetry/metrics.ts'
import { startTracing } from '#adapters/telemetry/tracing.ts'
import { watchLog } from '#adapters/telemetry/watch-log.ts'
import { type FollowedView, openSqliteView } from '#adapters/view/sqlite.ts'
import { exportLdv, type LdvPorts } from '#services/cli/ldv/export-lines.ts'
import type { LdvLine } from '#services/cli/ldv/log-line.ts'
import { type Draft, goodStory, handMadeStore, id, PARTITION } from '../../support/hand-made-store.ts'

const NOW = Date.UTC(2026, 11, 1)
const CASE = 'ab'.repeat(16)
const ALL = { from: 0, to: NOW }
const opened: FollowedView[] = []
afterEach(() => {
  for (const view of opened.splice(0)) view.close()
})

async function store(story: readonly Draft[] = goodStory()) {
  const made = await handMadeStore(story)
  const view = openSqliteView({ ...made, path: ':memory:' })
  opened.push(view)
  await view.catchUp()
  return { ...made, view }
}

async function ldv(story: readonly Draft[], change: Partial<LdvPorts> = {}, range = ALL) {
  const { log, codecs, keys, view } = await store(story)
  const lines: LdvLine[] = []
  const caseOf: LdvPorts['caseOf'] = (handoff) => view.handoff(handoff)?.caseRef
  const report = await exportLdv(
    { log, codecs, keys, caseOf, ...change },
    range,
    (line) => void lines.push(line),
  )
  return { report, lines }
}

describe('ldv export', () => {
  it('a decision without its record is a gap', async () => {
    const story = goodStory()
    const [, sealed] = story
    if (!sealed) throw new Error('story')
    sealed.late = (outcome) => ({ ...outcome, decisions: null })
    const { report } = await ldv(story)
    expect(report.gaps).toEqual([{ partition: PARTITION, seq: 3, leaves: 1, records: null }])
    expect(report.lines).toBe(report.decisions - 1)
  })

  it('one leaf more than there are records is a gap', async () => {
    const story = goodStory()
    const [, sealed] = story
    if (!sealed) throw new Error('story')
    sealed.late = (outcome) => ({ ...outcome, leaves: [...outcome.leaves, ...outcome.leaves] })
    const { report } = await ldv(story)
    expect(report.gaps).toEqual([{ partition: PARTITION, seq: 3, leaves: 2, records: 1 }])
  })

  it('records whose key is gone are a gap, not silence', async () => {
    const { report, lines } = await ldv(goodStory(), { keys: { get: async () => undefined } })
    expect([lines.length, report.gaps.length > 0, report.decisions > 0]).toEqual([0, true, true])
  })

  it('has a line for each decision, with activity, article and no reference to the case in clear', async () => {
    const { report, lines } = await ldv(goodStory())
    expect(report.gaps).toEqual([])
    expect(lines.length).toBe(report.decisions)
    expect(lines.length).toBeGreaterThan(5)
    const line = lines.find((one) => one.attributes['dpl.schakel.record'] === `${PARTITION}-3-0`)
    expect(line).toMatchObject({ status: 'Ok', name: 'Verstrekking toegestaan' })
    expect(line?.attributes).toMatchObject({
      'dpl.core.processing_activity_id': expect.stringMatching(/\/kmar-alert\/wpg-15$/),
      'dpl.schakel.articles': 'Wpg 15',
    })
    for (const one of lines) {
      expect(one.trace_id).toMatch(/^[0-9a-f]{32}$/)
      expect(Object.keys(one.attributes).filter((name) => !name.startsWith('dpl.'))).toEqual([])
    }
    expect(JSON.stringify(lines)).not.toContain(CASE)
    const subjects = lines.flatMap((one) => one.attributes['dpl.core.data_subject_id'] ?? [])
    expect(new Set(subjects).size).toBe(1)
  })

  it('a period is from its first moment until before its last', async () => {
    const { lines } = await ldv(goodStory())
    const first = Math.min(...lines.map((line) => line.start_time))
    expect((await ldv(goodStory(), {}, { from: 0, to: first })).lines).toEqual([])
    expect((await ldv(goodStory(), {}, { from: first, to: first + 1 })).lines.length).toBe(1)
  })
})

describe('metrics of a log', () => {
  it('count verdicts, refusals, deadlines, voids, lag and epoch', async () => {
    const { log, codecs, keys, view } = await store()
    const metrics = createMetrics()
    const end = await log.end('outcomes', PARTITION)
    await log.append('outcomes', PARTITION, end, [{ headers: {}, value: Buffer.from('a late copy') }])
    await log.put(PARTITION, { headers: {}, value: Buffer.from('not answered yet') })
    const clock = { now: () => NOW, sleep: async () => {} }
    const published = async () => ({ upto: Array(16).fill(0), size: 1, at: NOW - 5_000 })
    followLogMetrics({ log, codecs, keys, view, clock, published }, metrics)
    const text = await metrics.text()
    metrics.close()
    for (const line of [
      'schakel_verdicts_total{verdict="permit-redacted",code="none"} 1',
      'schakel_verdicts_total{verdict="hold",code="APPROVAL_PENDING"} 1',
      'schakel_deadlines_missed_total 1',
      `schakel_void_records_total{topic="outcomes",partition="${PARTITION}"} 1`,
      `schakel_epoch_in_force{partition="${PARTITION}"} 1`,
      `schakel_inbound_lag_records{partition="${PARTITION}"} 1`,
      'schakel_checkpoint_age_seconds 5',
      'schakel_handoffs{state="delivered"} 1',
      'schakel_answers_total{answer="refused"} 1',
    ])
      expect(text).toContain(line)
    expect(text).not.toMatch(/^schakel_duty_next_seconds /m)
    expect(text).toMatch(/schakel_ledger_lag_leaves [1-9]/)
    expect(text).toMatch(/schakel_release_seconds_count [1-9]/)
    expect(text).not.toContain(id(3))
    expect(text).not.toContain(CASE)
  })

  it('without keys still count, and say that they could not look', async () => {
    const { log, codecs, view } = await store()
    const metrics = createMetrics()
    const clock = { now: () => NOW, sleep: async () => {} }
    followLogMetrics({ log, codecs, view, clock, published: async () => undefined }, metrics)
    const text = await metrics.text()
    metrics.close()
    expect(text).toContain('schakel_verdicts_total{verdict="permit",code="sealed"} 1')
  })

  it('leaves are in the lag until a checkpoint covers their outcome', () => {
    const lag = leavesLag()
    const outcome = (seq: number, count: number) =>
      ({ seq, leaves: Array(count).fill(new Uint8Array()) }) as never
    lag.saw(1, outcome(4, 2))
    lag.saw(1, outcome(5, 3))
    expect([lag.beyond([]), lag.beyond([0, 4]), lag.beyond([0, 5]), lag.beyond([])]).toEqual([5, 3, 0, 0])
  })
})

describe('spans of a log', () => {
  it('release and acknowledgement hang below the message that made the hand-off', async () => {
    const { log, codecs, keys, view } = await store()
    const exporter = new InMemorySpanExporter()
    const tracing = startTracing({ service: 'courier', exporter, dropped: () => {} })
    const clock = { now: () => NOW, sleep: async () => {} }
    const metrics = createMetrics()
    const spans = logSpans({ logId: 'log', log, codecs, view, tracing })
    const ports = { log, codecs, keys, view, clock, published: async () => undefined, also: [spans] }
    await followLogMetrics(ports, metrics).poll()
    metrics.close()
    await tracing.flush()
    const found = exporter.getFinishedSpans()
    const release = found.find((span) => span.name === 'courier.release')
    const acknowledged = found.find((span) => span.name === 'recipient.acknowledge')
    expect(acknowledged?.spanContext().traceId).toBe(release?.spanContext().traceId)
    expect(acknowledged?.parentSpanContext?.spanId).toBe(release?.spanContext().spanId)
    await tracing.close()
  })
})

describe('whoever looks at the log from outside', () => {
  it('is told of no outcome twice, whatever it fails at', async () => {
    const { log, codecs } = await store()
    const seen: string[] = []
    const watch = watchLog({ log, codecs }, [
      {
        outcome: ({ partition, step }) => {
          seen.push(`${partition}/${step.record.seq}`)
          throw new Error('may not read that')
        },
      },
    ])
    for (let polls = 0; polls < 60; polls += 1) await watch.poll().catch(() => undefined)
    expect(seen.length).toBeGreaterThan(16)
    expect(new Set(seen).size).toBe(seen.length)
  })

  it('asks for no partition in which the view found nothing further', async () => {
    const { log, codecs, view } = await store()
    const asked: string[] = []
    const counted = {
      read: (...args: Parameters<typeof log.read>) => {
        asked.push(args[0])
        return log.read(...args)
      },
      end: log.end.bind(log),
    }
    await watchLog({ log: counted, codecs, from: view.foldHeads(), known: view.foldHeads }, []).poll()
    expect(asked.filter((topic) => topic === 'outcomes')).toEqual([])
    await watchLog({ log: counted, codecs, known: view.foldHeads }, []).poll()
    expect(asked.filter((topic) => topic === 'outcomes').length).toBeGreaterThanOrEqual(16)
  })
})
