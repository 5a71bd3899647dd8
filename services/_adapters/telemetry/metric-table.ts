/** Every metric, once: name with unit, meaning, labels (bounded sets only), and when to ring. `docs/metrics.md` is this table. */

export type MetricKind = 'counter' | 'gauge' | 'histogram'

export interface MetricRow {
  readonly kind: MetricKind
  readonly help: string
  readonly labels: readonly string[]
  /** Upper bounds of a histogram, in its unit. */
  readonly buckets?: readonly number[]
  /** PromQL that is true when somebody must look; null = for dashboards only. */
  readonly alert: string | null
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60] as const
/** Minutes to days: what a hold lives. */
export const HOLD_BUCKETS_SECONDS = [
  60,
  600,
  3_600,
  6 * 3_600,
  86_400,
  2 * 86_400,
  4 * 86_400,
  7 * 86_400,
] as const

function metric(
  kind: MetricKind,
  help: string,
  labels: readonly string[] = [],
  alert: string | null = null,
  buckets?: readonly number[],
): MetricRow {
  return { kind, help, labels, alert, ...(buckets ? { buckets } : {}) }
}

export const METRICS = {
  // From the log: the same whoever reads it; scraped from each process that follows it, so take max, not sum.
  schakel_inbound_lag_records: metric(
    'gauge',
    'Inputs in inbound that no outcome answers yet',
    ['partition'],
    'max by (partition) (schakel_inbound_lag_records) > 1000',
  ),
  schakel_answers_total: metric('counter', 'Outcomes by kind of answer, since this process began to read', [
    'answer',
  ]),
  schakel_verdicts_total: metric(
    'counter',
    'Verdicts and refused messages; code is the first reason, none for a permit, sealed when the record cannot be read here',
    ['verdict', 'code'],
  ),
  schakel_reasons_total: metric(
    'counter',
    'Every reason of every verdict that is no permit',
    ['verdict', 'code'],
    'increase(schakel_reasons_total{code="RULE_ERROR"}[5m]) > 0',
  ),
  schakel_handoffs: metric('gauge', 'Hand-offs by state', ['state']),
  schakel_holds_age_seconds: metric(
    'gauge',
    'Open holds that are at most this old; +Inf is all of them',
    ['le'],
    null,
  ),
  schakel_hold_deadline_next_seconds: metric(
    'gauge',
    'Until the next hold expires; negative when it should have; absent when nothing is held',
    [],
    'min(schakel_hold_deadline_next_seconds) < -60',
  ),
  schakel_deadlines_missed_total: metric(
    'counter',
    'Hand-offs that expired',
    [],
    'increase(schakel_deadlines_missed_total[1h]) > 0',
  ),
  schakel_duties: metric('gauge', 'Duties of which something may still become, by kind and state', [
    'kind',
    'state',
  ]),
  schakel_duty_changes_total: metric(
    'counter',
    'What became of duties: started, reminded, met, late, missed …',
    ['kind', 'change'],
    'sum by (kind) (increase(schakel_duty_changes_total{change="missed"}[1h])) > 0',
  ),
  schakel_duty_next_seconds: metric(
    'gauge',
    'Until something must next become of a duty; negative when it should have; absent when nothing is due',
    [],
    'min(schakel_duty_next_seconds) < -60',
  ),
  schakel_parked_total: metric(
    'counter',
    'Inputs that were set aside after failing three times',
    ['code'],
    'increase(schakel_parked_total[1h]) > 0',
  ),
  schakel_void_records_total: metric(
    'counter',
    'Records that do not extend their chain: late copies and lost races; a steady rise is a second owner',
    ['topic', 'partition'],
    'sum by (topic, partition) (rate(schakel_void_records_total[10m])) > 1',
  ),
  schakel_epoch_in_force: metric(
    'gauge',
    'Control epoch under which a partition judges',
    ['partition'],
    'max(schakel_epoch_in_force) - min(schakel_epoch_in_force) > 0',
  ),
  schakel_ledger_lag_leaves: metric(
    'gauge',
    'Leaves of outcomes that no published checkpoint covers',
    [],
    'min_over_time(schakel_ledger_lag_leaves[1m]) > 0',
  ),
  schakel_checkpoint_age_seconds: metric(
    'gauge',
    'Since the last checkpoint was published; a quiet log makes it old without harm',
    [],
    'schakel_checkpoint_age_seconds > 60 and schakel_ledger_lag_leaves > 0',
  ),
  schakel_answer_seconds: metric(
    'histogram',
    'From append of an input to append of its outcome; sampled, one a partition a reading',
    [],
    'histogram_quantile(0.99, rate(schakel_answer_seconds_bucket[5m])) > 1',
    SECONDS,
  ),
  schakel_release_seconds: metric(
    'histogram',
    'From outcome to release by the courier',
    [],
    'histogram_quantile(0.99, rate(schakel_release_seconds_bucket[5m])) > 1',
    SECONDS,
  ),
  schakel_delivery_seconds: metric('histogram', 'From outcome to acknowledgement', [], null, SECONDS),
  // From the process itself.
  schakel_failures_total: metric(
    'counter',
    'Failures that are ours, as services report them',
    ['service', 'code'],
    'increase(schakel_failures_total{code=~"BUG_.*|OPS_LOG|OPS_LEDGER|OPS_KEY"}[5m]) > 0',
  ),
  schakel_partition_paused: metric(
    'gauge',
    '1 while an exchange waits before it goes on with a partition',
    ['partition'],
    'min_over_time(schakel_partition_paused[1m]) > 0',
  ),
  schakel_partition_owned: metric('gauge', '1 for each partition that this exchange works on', ['partition']),
  schakel_accepted_total: metric('counter', 'Messages that this gateway answered 202', []),
  schakel_accept_seconds: metric(
    'histogram',
    'From body read to durable append',
    [],
    'histogram_quantile(0.99, rate(schakel_accept_seconds_bucket[5m])) > 1',
    SECONDS,
  ),
  schakel_traceparent_ignored_total: metric('counter', 'Trace contexts of senders that were not well formed'),
  schakel_spans_dropped_total: metric('counter', 'Spans that found the queue full or nobody to take them'),
  schakel_ready: metric(
    'gauge',
    '1 while the process is ready',
    ['service'],
    'min_over_time(schakel_ready[1m]) < 1',
  ),
  schakel_view_age_seconds: metric(
    'gauge',
    'Since every partition of outcomes was read to its end by this process; beyond 15 it is not ready',
    [],
    'schakel_view_age_seconds > 15',
  ),
  schakel_event_loop_lag_seconds: metric(
    'gauge',
    '99th percentile of event loop delay since the last reading',
    [],
    'schakel_event_loop_lag_seconds > 0.5',
  ),
  schakel_memory_bytes: metric('gauge', 'Resident memory and used heap', ['area']),
  schakel_cpu_seconds_total: metric('counter', 'Processor time, user and system'),
} as const satisfies Record<string, MetricRow>

export type MetricName = keyof typeof METRICS
