/** Which processes make one Schakel on one machine, and their ports. */
import type { ProcessSpec } from './supervise.ts'

const MOST = 8

export interface PlanOptions {
  readonly data: string
  readonly exchanges: number
  readonly gateways: number
  /** Port of the first gateway; the next ones follow it. */
  readonly gatewayPort: number
  readonly consolePort: number
}

export interface ProcessPlan {
  readonly specs: readonly ProcessSpec[]
  /** Base URLs of the gateways. */
  readonly gateways: readonly string[]
  readonly console: string
}

const names = (count: number): readonly string[] =>
  Array.from({ length: Math.min(Math.max(count, 1), MOST) }, (_, index) => String.fromCharCode(97 + index))

/** Ledger and exchanges first, so that gateways find a log that is answered. */
export function planProcesses(options: PlanOptions): ProcessPlan {
  const { data, gatewayPort, consolePort } = options
  const one = (service: string, more: readonly string[] = [], instance?: string): ProcessSpec => ({
    name: instance === undefined ? service : `${service}-${instance}`,
    args: [
      'up',
      service,
      '--data',
      data,
      '--log',
      'json',
      ...(instance ? ['--instance', instance] : []),
      ...more,
    ],
  })
  const ports = names(options.gateways).map((instance, index) => ({ instance, port: gatewayPort + index }))
  return {
    specs: [
      one('ledger'),
      ...names(options.exchanges).map((instance) => one('exchange', [], instance)),
      one('courier'),
      one('keeper'),
      ...ports.map(({ instance, port }) => one('gateway', ['--port', String(port)], instance)),
      one('console', ['--console-port', String(consolePort)]),
    ],
    gateways: ports.map(({ port }) => `https://127.0.0.1:${port}`),
    console: `http://127.0.0.1:${consolePort}`,
  }
}
