import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { METRICS, type MetricRow } from '#adapters/telemetry/metric-table.ts'
import { createMetrics, type Metrics } from '#adapters/telemetry/metrics.ts'
import { ROOT } from '../../rooms/source-files.ts'

const LABELS = new Set([
  'partition',
  'answer',
  'verdict',
  'code',
  'state',
  'le',
  'topic',
  'service',
  'area',
  'kind',
  'change',
])
const entries = Object.entries(METRICS) as [string, MetricRow][]

let open: Metrics | undefined
const fresh = () => {
  open = createMetrics()
  return open
}
afterEach(() => open?.close())

describe('the table of metrics', () => {
  it('is docs/metrics.md, both ways', () => {
    const text = readFileSync(join(ROOT, 'docs', 'metrics.md'), 'utf8')
    const rows = [...text.matchAll(/^\| `(schakel_[a-z_]+)` \| (.*) \|$/gm)].map(
      (match) => `${match[1]} | ${match[2]}`,
    )
    const expected = entries.map(([name, row]) => {
      const alert = row.alert === null ? '–' : `\`${row.alert.replaceAll('|', '\\|')}\``
      return `${name} | ${row.kind} | ${row.labels.join(', ') || '–'} | ${row.help} | ${alert}`
    })
    expect(rows).toEqual(expected)
  })

  it.each(entries)(
    '%s: unit in the name, labels of closed sets, alert on metrics that exist',
    (name, row) => {
      expect(row.kind === 'counter').toBe(name.endsWith('_total'))
      if (row.kind === 'histogram') expect(name).toMatch(/_seconds$/)
      expect(row.labels.filter((label) => !LABELS.has(label))).toEqual([])
      const named = [...(row.alert ?? '').matchAll(/schakel_[a-z_]+/g)].map((match) =>
        match[0].replace(/_bucket$/, ''),
      )
      expect(named.filter((one) => !(one in METRICS))).toEqual([])
    },
  )
})

describe('the registry', () => {
  it('refuses a label that the table does not list', () => {
    const metrics = fresh()
    expect(() => metrics.add('schakel_verdicts_total', { verdict: 'deny', partner: 'x' })).toThrow()
  })

  it('tells what it was given, and forgets a gauge that was reset', async () => {
    const metrics = fresh()
    metrics.add('schakel_verdicts_total', { verdict: 'deny', code: 'NO_LEGAL_BASIS' }, 2)
    metrics.set('schakel_hold_deadline_next_seconds', 5)
    expect(await metrics.text()).toContain('schakel_verdicts_total{verdict="deny",code="NO_LEGAL_BASIS"} 2')
    expect(await metrics.text()).toMatch(/^schakel_hold_deadline_next_seconds 5$/m)
    metrics.reset('schakel_hold_deadline_next_seconds')
    expect(await metrics.text()).not.toMatch(/^schakel_hold_deadline_next_seconds /m)
    metrics.set('schakel_hold_deadline_next_seconds', 6)
    expect(await metrics.text()).toMatch(/^schakel_hold_deadline_next_seconds 6$/m)
  })

  it('answers although a source of it fails', async () => {
    const metrics = fresh()
    metrics.beforeReading(() => {
      throw new Error('down')
    })
    metrics.beforeReading(() => Promise.reject(new Error('down')))
    expect(await metrics.text()).toContain('schakel_memory_bytes{area="resident"}')
  })
})
