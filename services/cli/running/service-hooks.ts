/** What services report, as metrics, log lines and spans; each hook returns at once and never throws. */
import { traceOfHandoff, traceOfMessage } from '#adapters/telemetry/log-spans.ts'
import type { Logger } from '#adapters/telemetry/logger.ts'
import type { Metrics } from '#adapters/telemetry/metrics.ts'
import type { Tracing } from '#adapters/telemetry/tracing.ts'
import { asFailure, Failure } from '#core/failure.ts'
import type { HandoffId } from '#core/ids.ts'
import { LIMITS } from '#core/limits.ts'
import { spanIdOf } from '#core/message/trace-context.ts'
import type { CourierPorts } from '#services/courier/ports.ts'
import type { ExchangeEvent } from '#services/exchange/ports.ts'
import type { GatewayObserver } from '#services/gateway/ports.ts'
import type { LedgerEvent } from '#services/ledger/ports.ts'

export interface HookPorts {
  readonly logId: string
  readonly metrics: Metrics
  readonly tracing: Tracing
  readonly logger: Logger
  readonly traceparent?: (handoff: HandoffId) => string
}

export interface ServiceHooks {
  /** `report` of gateway, courier and console. */
  report(service: string): (failure: Failure, about: string) => void
  /** `report` of the exchange. */
  exchange(event: ExchangeEvent): void
  /** `report` of the ledger. */
  ledger(event: LedgerEvent): void
  /** `observe` of the gateway. */
  readonly gateway: GatewayObserver
  /** `observe` and `traceparent` of the courier. */
  readonly courier: Pick<CourierPorts, 'observe' | 'traceparent'>
}

const PARTITIONS = Array.from({ length: LIMITS.partitions }, (_, partition) => partition)

function reportExchange({ metrics, logger }: HookPorts, event: ExchangeEvent): void {
  switch (event.kind) {
    case 'share':
      for (const partition of PARTITIONS)
        metrics.set('schakel_partition_owned', event.partitions.includes(partition) ? 1 : 0, { partition })
      logger.say('share', { partitions: event.partitions })
      break
    case 'paused':
      metrics.add('schakel_failures_total', { service: 'exchange', code: event.code })
      metrics.set('schakel_partition_paused', 1, { partition: event.partition })
      logger.failure('paused', new Failure(event.code), '', { partition: event.partition })
      break
    case 'resumed':
      metrics.set('schakel_partition_paused', 0, { partition: event.partition })
      logger.say('resumed', { partition: event.partition })
      break
    case 'parked':
      metrics.add('schakel_failures_total', { service: 'exchange', code: event.code })
      logger.failure('parked', new Failure(event.code), '', { partition: event.partition, n: event.n })
      break
    case 'bug': {
      const failure = asFailure(event.error)
      metrics.add('schakel_failures_total', { service: 'exchange', code: failure.code })
      const { partition, n } = event
      logger.failure('bug', failure, '', { partition, ...(n === null ? {} : { n }) })
      break
    }
  }
}

function watchGateway({ logId, metrics, tracing }: HookPorts): GatewayObserver {
  return {
    traceIgnored: () => metrics.add('schakel_traceparent_ignored_total'),
    accepted({ source, id, partition, start, end, link }) {
      metrics.add('schakel_accepted_total')
      metrics.observe('schakel_accept_seconds', Math.max(0, (end - start) / 1_000))
      const traceId = traceOfMessage(logId, source, id)
      if (!traceId) return
      tracing.span({
        name: 'gateway.accept',
        context: { traceId, spanId: spanIdOf(traceId, 'gateway.accept') },
        links: link ? [link] : [],
        start,
        end,
        attributes: { partition },
      })
    },
  }
}

function watchCourier({ logId, tracing, traceparent }: HookPorts): ServiceHooks['courier'] {
  return {
    ...(traceparent ? { traceparent } : {}),
    observe({ row, start, end, taken }) {
      const traceId = traceOfHandoff(logId, row)
      tracing.span({
        name: 'courier.push',
        context: { traceId, spanId: spanIdOf(traceId, 'courier.push', `${row.handoff} ${start}`) },
        parent: spanIdOf(traceId, 'courier.release', row.handoff),
        start,
        end,
        failed: !taken,
        attributes: { partition: row.partition, type: row.type },
      })
    },
  }
}

export function serviceHooks(ports: HookPorts): ServiceHooks {
  const { metrics, logger } = ports
  const report = (service: string) => (failure: Failure, about: string) => {
    metrics.add('schakel_failures_total', { service, code: failure.code })
    logger.failure(failure.family === 'BUG' ? 'bug' : 'failure', failure, about)
  }
  return {
    report,
    exchange: (event) => reportExchange(ports, event),
    ledger(event) {
      if (event.kind === 'checkpoint') {
        logger.say('checkpoint', { count: event.size })
        return
      }
      metrics.add('schakel_failures_total', { service: 'ledger', code: event.failure.code })
      logger.failure('paused', event.failure)
    },
    gateway: watchGateway(ports),
    courier: watchCourier(ports),
  }
}
