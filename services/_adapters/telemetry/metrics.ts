import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { METRICS, type MetricName, type MetricRow } from './metric-table.ts'

type Labels = Readonly<Record<string, string | number>>

/** The metrics of one process, in a registry of its own. Names are those of the table; a label that it does not list throws. */
export interface Metrics {
  add(name: MetricName, labels?: Labels, count?: number): void
  set(name: MetricName, value: number, labels?: Labels): void
  observe(name: MetricName, value: number): void
  /** Forgets a gauge's values: what is gone shows as gone. */
  reset(name: MetricName): void
  /** Called before each reading; one that throws is passed by. */
  beforeReading(refresh: () => void | Promise<void>): void
  /** Prometheus text format 0.0.4. */
  text(): Promise<string>
  readonly contentType: string
  close(): void
}

const NANO = 1e9

export function createMetrics(): Metrics {
  const registry = new Registry()
  const counters = new Map<MetricName, Counter>()
  const gauges = new Map<MetricName, Gauge>()
  const histograms = new Map<MetricName, Histogram>()
  for (const [key, row] of Object.entries(METRICS) as [MetricName, MetricRow][]) {
    const config = { name: key, help: row.help, labelNames: [...row.labels], registers: [registry] }
    if (row.kind === 'counter') counters.set(key, new Counter(config))
    else if (row.kind === 'gauge') gauges.set(key, new Gauge(config))
    else histograms.set(key, new Histogram({ ...config, buckets: [...(row.buckets ?? [])] }))
  }
  const refreshers: (() => void | Promise<void>)[] = []
  const metrics: Metrics = {
    add: (name, labels = {}, count = 1) => counters.get(name)?.inc({ ...labels }, count),
    set: (name, value, labels = {}) => gauges.get(name)?.set({ ...labels }, value),
    observe: (name, value) => histograms.get(name)?.observe(value),
    reset(name) {
      gauges.get(name)?.reset()
      // Without labels the library resets to 0, which would be a value.
      if (METRICS[name].labels.length === 0) gauges.get(name)?.remove()
    },
    beforeReading: (refresh) => void refreshers.push(refresh),
    async text() {
      for (const refresh of refreshers) await (async () => refresh())().catch(() => {})
      return registry.metrics()
    },
    contentType: registry.contentType,
    close: watchProcess((refresh) => refreshers.push(refresh), {
      lag: (seconds) => gauges.get('schakel_event_loop_lag_seconds')?.set(seconds),
      memory: (area, bytes) => gauges.get('schakel_memory_bytes')?.set({ area }, bytes),
      cpu: (seconds) => counters.get('schakel_cpu_seconds_total')?.inc(seconds),
    }),
  }
  return metrics
}

interface ProcessSinks {
  lag(seconds: number): void
  memory(area: string, bytes: number): void
  cpu(seconds: number): void
}

function watchProcess(onReading: (refresh: () => void) => void, sinks: ProcessSinks): () => void {
  const delay = monitorEventLoopDelay({ resolution: 10 })
  delay.enable()
  let cpu = process.cpuUsage()
  onReading(() => {
    const lag = delay.percentile(99)
    sinks.lag(Number.isFinite(lag) ? lag / NANO : 0)
    delay.reset()
    const { rss, heapUsed } = process.memoryUsage()
    sinks.memory('resident', rss)
    sinks.memory('heap', heapUsed)
    const used = process.cpuUsage()
    sinks.cpu((used.user + used.system - cpu.user - cpu.system) / 1e6)
    cpu = used
  })
  return () => delay.disable()
}
