import type { MetricName } from '#adapters/telemetry/metric-table.ts'

/** A metric of the table, or a series that its histogram makes. */
type Series = MetricName | `${MetricName}_bucket` | `${MetricName}_count`
type Panel = readonly [title: string, unit: string, expr: string, legend?: string]

interface Dashboard {
  readonly name: string
  readonly title: string
  readonly panels: readonly Panel[]
}

const SOURCE = { type: 'prometheus', uid: 'schakel' } as const
const WIDTH = 12
const HEIGHT = 8

/** Everybody who follows the log counts the same: the highest is the truth, a sum would count it again for each reader. */
const highest = (series: Series, by = ''): string => (by ? `max by (${by}) (${series})` : `max(${series})`)
/** Counters of followers: per second, of the reader that has seen most. */
const pace = (series: Series, by: string): string => `max by (${by}) (rate(${series}[5m]))`
const quantile = (q: number, series: Series): string =>
  `histogram_quantile(${q}, sum by (le) (rate(${series}[5m])))`

const OVERVIEW: Dashboard = {
  name: 'overview',
  title: 'Schakel: overview',
  panels: [
    ['Processes that are not ready', 'none', 'count(schakel_ready == 0) or vector(0)'],
    ['Accepted (202)', 'reqps', 'sum(rate(schakel_accepted_total[5m]))'],
    [
      'Inputs that nobody answered yet',
      'none',
      `sum(${highest('schakel_inbound_lag_records', 'partition')})`,
    ],
    ['Hand-offs by state', 'none', highest('schakel_handoffs', 'state'), '{{state}}'],
    ['Input to outcome, p99', 's', quantile(0.99, 'schakel_answer_seconds_bucket')],
    ['Outcome to release, p99', 's', quantile(0.99, 'schakel_release_seconds_bucket')],
    ['Outcome to acknowledgement, p50', 's', quantile(0.5, 'schakel_delivery_seconds_bucket')],
    ['Accepting, p99', 's', quantile(0.99, 'schakel_accept_seconds_bucket')],
    [
      'Failures by code',
      'ops',
      'sum by (service, code) (rate(schakel_failures_total[5m]))',
      '{{service}} {{code}}',
    ],
    ['Event loop delay, p99', 's', highest('schakel_event_loop_lag_seconds', 'instance'), '{{instance}}'],
    ['Memory', 'bytes', highest('schakel_memory_bytes', 'instance, area'), '{{instance}} {{area}}'],
    ['Processor', 'none', 'rate(schakel_cpu_seconds_total[5m])', '{{instance}}'],
  ],
}

const VERDICTS: Dashboard = {
  name: 'verdicts',
  title: 'Schakel: verdicts',
  panels: [
    [
      'Verdicts by first reason',
      'ops',
      pace('schakel_verdicts_total', 'verdict, code'),
      '{{verdict}} {{code}}',
    ],
    ['Every reason against', 'ops', pace('schakel_reasons_total', 'verdict, code'), '{{verdict}} {{code}}'],
    ['Rules that failed', 'none', 'max(increase(schakel_reasons_total{code="RULE_ERROR"}[1h])) or vector(0)'],
    ['Answers by kind', 'ops', pace('schakel_answers_total', 'answer'), '{{answer}}'],
    ['Parked, last hour', 'none', 'max by (code) (increase(schakel_parked_total[1h]))', '{{code}}'],
    ['Epoch in force', 'none', highest('schakel_epoch_in_force', 'partition'), '{{partition}}'],
  ],
}

const LEDGER: Dashboard = {
  name: 'ledger',
  title: 'Schakel: ledger',
  panels: [
    ['Leaves without a published checkpoint', 'none', highest('schakel_ledger_lag_leaves')],
    ['Age of the last checkpoint', 's', 'min(schakel_checkpoint_age_seconds)'],
    [
      'Failures of ledger, keys and log',
      'ops',
      'sum by (code) (rate(schakel_failures_total{code=~"OPS_LEDGER|OPS_KEY.*|OPS_LOG.*"}[5m]))',
      '{{code}}',
    ],
    ['Spans dropped', 'ops', 'sum(rate(schakel_spans_dropped_total[5m]))'],
  ],
}

const KAFKA: Dashboard = {
  name: 'kafka',
  title: 'Schakel: Kafka, as the services see it',
  panels: [
    ['Lag by partition', 'none', highest('schakel_inbound_lag_records', 'partition'), '{{partition}}'],
    [
      'Void records',
      'ops',
      pace('schakel_void_records_total', 'topic, partition'),
      '{{topic}} {{partition}}',
    ],
    [
      'Partitions that an exchange works on',
      'none',
      'sum by (instance) (schakel_partition_owned)',
      '{{instance}}',
    ],
    ['Owners of each partition', 'none', 'sum by (partition) (schakel_partition_owned)', '{{partition}}'],
    ['Partitions that wait', 'none', 'sum by (instance) (schakel_partition_paused)', '{{instance}}'],
    [
      'Failures of the log',
      'ops',
      'sum by (service, code) (rate(schakel_failures_total{code=~"OPS_LOG.*|OPS_KAFKA"}[5m]))',
      '{{service}} {{code}}',
    ],
  ],
}

const DEADLINES: Dashboard = {
  name: 'deadlines',
  title: 'Schakel: deadlines',
  panels: [
    ['Until the next hold expires', 's', 'min(schakel_hold_deadline_next_seconds)'],
    ['Holds by age (at most)', 'none', highest('schakel_holds_age_seconds', 'le'), '{{le}} s'],
    ['Expired, last 24 hours', 'none', 'max(increase(schakel_deadlines_missed_total[24h]))'],
    ['Duties by kind and state', 'none', highest('schakel_duties', 'kind, state'), '{{kind}} {{state}}'],
    [
      'Duties missed, last 24 hours',
      'none',
      'max by (kind) (increase(schakel_duty_changes_total{change="missed"}[24h]))',
      '{{kind}}',
    ],
    ['Held now', 'none', 'max(schakel_handoffs{state="held"}) or vector(0)'],
  ],
}

function panel([title, unit, expr, legend]: Panel, index: number) {
  return {
    id: index + 1,
    type: 'timeseries',
    title,
    datasource: SOURCE,
    gridPos: { x: (index % 2) * WIDTH, y: Math.floor(index / 2) * HEIGHT, w: WIDTH, h: HEIGHT },
    fieldConfig: { defaults: { unit, min: unit === 's' ? null : 0 }, overrides: [] },
    options: { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi' } },
    targets: [{ refId: 'A', datasource: SOURCE, expr, legendFormat: legend ?? title }],
  }
}

/** Dashboards for Grafana, as it imports them. */
export function dashboards(): readonly { readonly name: string; readonly json: object }[] {
  return [OVERVIEW, VERDICTS, LEDGER, KAFKA, DEADLINES].map(({ name, title, panels }) => ({
    name,
    json: {
      uid: `schakel-${name}`,
      title,
      tags: ['schakel'],
      schemaVersion: 39,
      version: 1,
      editable: false,
      refresh: '30s',
      time: { from: 'now-6h', to: 'now' },
      timezone: 'browser',
      templating: { list: [] },
      annotations: { list: [] },
      panels: panels.map(panel),
    },
  }))
}
