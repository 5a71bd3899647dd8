/** What one process shows to the outside: management port, metrics, spans, log. Services get hooks; none of them waits for it. */
import { hkdfSync } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { type Health, type HealthCheck, watchHealth } from '#adapters/telemetry/health.ts'
import { followLogMetrics } from '#adapters/telemetry/log-metrics.ts'
import { logSpans } from '#adapters/telemetry/log-spans.ts'
import { type Logger, openLogger } from '#adapters/telemetry/logger.ts'
import { startManagement } from '#adapters/telemetry/management.ts'
import { createMetrics, type Metrics } from '#adapters/telemetry/metrics.ts'
import { startTracing, type Tracing } from '#adapters/telemetry/tracing.ts'
import { asFailure, fail } from '#core/failure.ts'
import type { HandoffId } from '#core/ids.ts'
import { LIMITS } from '#core/limits.ts'
import { recipientTraceparent } from '#core/message/trace-context.ts'
import type { Store } from '../open-store.ts'
import { readPublished } from './read-published.ts'
import { writeRunFile } from './run-file.ts'
import { type ServiceHooks, serviceHooks } from './service-hooks.ts'

export interface TelemetryOptions {
  readonly data: string
  /** Name of the process: its services, and its instance where there are several. */
  readonly name: string
  readonly services: ReadonlySet<string>
  /** Management port; 0 = any free one. */
  readonly port: number
  /** Default: loopback. */
  readonly host?: string
  /** Base URL of an OTLP/HTTP collector; none: no traces. */
  readonly otlp?: string
  readonly logger?: Logger
}

export interface Telemetry {
  readonly url: string
  readonly metrics: Metrics
  readonly logger: Logger
  readonly health: Health
  readonly tracing: Tracing
  readonly hooks: ServiceHooks
  close(): Promise<void>
}

const POLL_MS = 1_000

/** What each process must have to be ready: the log answers, control is fresh where it is followed, the view has read nearly all. */
function checksOf(store: Store, services: ReadonlySet<string>): Readonly<Record<string, HealthCheck>> {
  const follows = ['gateway', 'courier', 'console'].some((name) => services.has(name))
  const judges = services.has('exchange') || services.has('gateway') || services.has('courier')
  return {
    log: () => store.log.end('outcomes', 0),
    ...(follows
      ? {
          view: async () => {
            if (store.view.age() > LIMITS.viewAgeMs) fail('OPS_LOG_UNAVAILABLE')
            if ((await store.view.behind()) > LIMITS.readyBehindMax) fail('OPS_LOG_UNAVAILABLE')
          },
        }
      : {}),
    ...(judges
      ? {
          control: () => {
            if (store.clock.now() - store.control.current().readAt > LIMITS.controlAgeMs) fail('OPS_CONTROL')
          },
        }
      : {}),
    ...(services.has('ledger') ? { ledger: () => readPublished(store.paths.ledger) } : {}),
  }
}

interface FollowParts {
  readonly metrics: Metrics
  readonly tracing: Tracing
  readonly logger: Logger
  readonly readsInbound: boolean
}

/** Only a process that follows outcomes for its own work tells of the log: the others would read it a second time. */
function followLog(
  store: Store,
  { metrics, tracing, logger, readsInbound }: FollowParts,
  signal: AbortSignal,
): Promise<void> {
  const { log, codecs, keys, view, clock, logId, paths } = store
  const watch = followLogMetrics(
    {
      log,
      codecs,
      keys,
      view,
      clock,
      from: view.foldHeads(),
      known: view.foldHeads,
      readsInbound,
      published: () => readPublished(paths.ledger),
      also: tracing.on ? [logSpans({ logId, log, codecs, view, tracing })] : [],
    },
    metrics,
  )
  const run = async () => {
    while (!signal.aborted) {
      await watch.poll().catch((error: unknown) => logger.failure('failure', asFailure(error), 'view'))
      await delay(POLL_MS, undefined, { signal }).catch(() => {})
    }
    await watch.poll().catch(() => {})
  }
  return run()
}

/** Key of the traces that recipients get: the courier's alone, derived from its signing key. */
async function recipientTraces(store: Store): Promise<(handoff: HandoffId) => string> {
  const row = await store.keys.get('op:courier')
  if (!row) return fail('OPS_KEY', undefined, 'op:courier')
  const key = Buffer.from(hkdfSync('sha256', row.bytes, new Uint8Array(0), 'schakel-recipient-trace', 32))
  return (handoff) => recipientTraceparent(key, handoff)
}

/** Listens on return. `close` after the services have stopped: what they did last is still told. */
export async function openTelemetry(store: Store, options: TelemetryOptions): Promise<Telemetry> {
  const { services, name, otlp } = options
  const metrics = createMetrics()
  const logger = options.logger ?? openLogger(name)
  const dropped = (count: number) => metrics.add('schakel_spans_dropped_total', {}, count)
  const tracing = startTracing({ service: name, dropped, ...(otlp ? { endpoint: otlp } : {}) })
  const health = watchHealth(checksOf(store, services))
  metrics.beforeReading(async () => {
    const { ready } = await health.report()
    for (const service of services) metrics.set('schakel_ready', ready ? 1 : 0, { service })
  })
  const follows = ['console', 'courier', 'gateway'].some((one) => services.has(one))
  if (follows) metrics.beforeReading(() => metrics.set('schakel_view_age_seconds', store.view.age() / 1_000))
  const management = await startManagement({
    port: options.port,
    host: options.host ?? '127.0.0.1',
    metrics,
    health,
  })
  const stopping = new AbortController()
  const { readsInbound } = store
  const parts = { metrics, tracing, logger, readsInbound }
  const following = follows ? followLog(store, parts, stopping.signal) : undefined
  const traceparent = services.has('courier') ? await recipientTraces(store) : undefined
  const hooks = serviceHooks({
    logId: store.logId,
    metrics,
    tracing,
    logger,
    ...(traceparent ? { traceparent } : {}),
  })
  const remove = await writeRunFile(options.data, { name, pid: process.pid, management: management.url })
  logger.say('started', { port: Number(new URL(management.url).port) })
  const close = async () => {
    stopping.abort()
    await following
    await remove()
    await tracing.close()
    await management.close()
    logger.say('stopped')
  }
  return { url: management.url, metrics, logger, health, tracing, hooks, close }
}
