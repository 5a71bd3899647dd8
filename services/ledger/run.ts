import { asFailure } from '#core/failure.ts'
import { LIMITS } from '#core/limits.ts'
import type { LedgerPorts } from './ports.ts'
import { followCuts, openSequencer, publish, type Sequencer, writeCut } from './sequencer.ts'

const LEAVES_A_CUT = 16_384
const IDLE_MS = 1_000
const AGAIN = new Set(['OPS_LOG_UNAVAILABLE', 'OPS_KEY_STORE', 'OPS_REGISTRY'])

/** One round: what others cut, what is new, a cut if there is work; true when more waits already. */
async function round(ports: LedgerPorts, sequencer: Sequencer): Promise<boolean> {
  await followCuts(ports, sequencer)
  await sequencer.tail.read(LEAVES_A_CUT)
  const more = sequencer.tail.waiting() >= LEAVES_A_CUT
  if (sequencer.tail.waiting() > 0) await writeCut(ports, sequencer)
  await publish(ports, sequencer)
  return more
}

async function sequence(ports: LedgerPorts, signal: AbortSignal): Promise<void> {
  const sequencer = await openSequencer(ports)
  while (!signal.aborted) {
    const changed = ports.log.changed(['outcomes', 'ledger'], IDLE_MS, signal)
    const started = ports.clock.now()
    const size = sequencer.builder.size()
    const more = await round(ports, sequencer)
    // At most one cut each interval, so that a busy log gives few large ones; an idle one answers at once.
    if (more) continue
    if (sequencer.builder.size() > size) {
      await ports.clock.sleep(Math.max(0, LIMITS.cutIntervalMs - (ports.clock.now() - started)), signal)
    }
    await changed
  }
  // What came until the end is cut before the end, as far as one cut takes it.
  await round(ports, sequencer)
}

/**
 * The sequencer (design §6). Resolves on abort, after a last cut. What passes (`OPS_LOG_UNAVAILABLE` …) is reported and tried again from what
 * is durable; a log or tiles that are missing, shorter or another reject (`OPS_LOG`, `OPS_LEDGER`, `OPS_KEY`): stop.
 */
export async function run(ports: LedgerPorts, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await sequence(ports, signal)
    } catch (error) {
      const failure = asFailure(error)
      if (!AGAIN.has(failure.code)) throw failure
      ports.report({ kind: 'paused', failure })
      await ports.clock.sleep(IDLE_MS, signal)
    }
  }
}
