import { asFailure } from '#core/failure.ts'
import { LIMITS } from '#core/limits.ts'
import type { GatewayPorts } from './ports.ts'

async function check(probe: () => unknown): Promise<string> {
  try {
    await probe()
    return 'ok'
  } catch (error) {
    return asFailure(error).code
  }
}

/** Ready = the log answers, the view reads, and control was read to its end at most 10 s ago. */
export async function readiness(ports: Pick<GatewayPorts, 'log' | 'view' | 'control' | 'clock'>) {
  const log = await check(() => ports.log.end('inbound', 0))
  const view = await check(() => ports.view.head())
  const age = ports.clock.now() - ports.control.current().readAt
  const control = age <= LIMITS.controlAgeMs ? 'ok' : 'OPS_CONTROL'
  const ready = log === 'ok' && view === 'ok' && control === 'ok'
  return { ready, body: { status: ready ? 'ok' : 'unavailable', log, view, control } }
}
