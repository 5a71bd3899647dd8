import { asFailure, fail } from '#core/failure.ts'
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

/** What is shown to partners is not what is in the log any more: another gateway may know better. Throws `OPS_LOG_UNAVAILABLE`. */
export function refuseStale(view: GatewayPorts['view']): void {
  if ((view.age?.() ?? 0) > LIMITS.viewAgeMs)
    fail('OPS_LOG_UNAVAILABLE', undefined, 'the view does not follow')
}

/**
 * Ready = the log answers, the view follows it (each partition read to its end at most 15 s ago) and has read nearly all of it, and
 * control was read to its end at most 10 s ago.
 */
export async function readiness(ports: Pick<GatewayPorts, 'log' | 'view' | 'control' | 'clock'>) {
  const log = await check(() => ports.log.end('inbound', 0))
  const view = await check(async () => {
    refuseStale(ports.view)
    const behind = (await ports.view.behind?.()) ?? 0
    if (behind > LIMITS.readyBehindMax) fail('OPS_LOG_UNAVAILABLE', undefined, 'the view is behind')
  })
  const age = ports.clock.now() - ports.control.current().readAt
  const control = age <= LIMITS.controlAgeMs ? 'ok' : 'OPS_CONTROL'
  const ready = log === 'ok' && view === 'ok' && control === 'ok'
  return { ready, body: { status: ready ? 'ok' : 'unavailable', log, view, control } }
}
