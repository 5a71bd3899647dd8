import { LIMITS } from '#core/limits.ts'
import type { ExchangePorts } from './ports.ts'
import { judgeFailure, Worker } from './worker.ts'

const IDLE_MS = 5_000
const BACKOFF_FIRST_MS = 20
const BACKOFF_MAX_MS = 5_000

/**
 * The exchange: answers every input of `partitions` and keeps their clocks and epochs going, until `signal` aborts. Any number
 * of instances may run on one log. Rejects with `OPS_LOG` when the log is not the one its folds were made from.
 */
export async function run(
  ports: ExchangePorts,
  signal: AbortSignal,
  partitions: readonly number[] = Array.from({ length: LIMITS.partitions }, (_, p) => p),
): Promise<void> {
  const stop = new AbortController()
  const both = AbortSignal.any([signal, stop.signal])
  try {
    await Promise.all(partitions.map((partition) => runPartition(ports, partition, both)))
  } finally {
    stop.abort()
  }
}

/** One partition, until abort. */
export async function runPartition(
  ports: ExchangePorts,
  partition: number,
  signal: AbortSignal,
): Promise<void> {
  const fold = ports.fold(partition)
  try {
    const worker = new Worker(ports, partition, fold)
    let failures = 0
    let woken = true
    while (!signal.aborted) {
      const quiet = new AbortController()
      const either = AbortSignal.any([signal, quiet.signal])
      // Asked before reading: what is written while this pass reads wakes it again.
      const changed = ports.log.changed(['inbound', 'control'], IDLE_MS, either)
      try {
        const pass = await worker.pass(woken)
        if (failures > 0) ports.report({ kind: 'resumed', partition })
        failures = 0
        woken = pass.kind === 'idle'
        if (pass.kind === 'idle') await waitFor(ports, changed, pass.until, either)
      } catch (error) {
        const { failure, fatal } = judgeFailure(error)
        if (fatal) throw failure
        if (failure.family === 'OPS') ports.report({ kind: 'paused', partition, code: failure.code })
        else
          ports.report({
            kind: 'bug',
            partition,
            n: null,
            error: failure.cause instanceof Error ? failure.cause : failure,
          })
        await ports.clock.sleep(backoff(ports, failures), signal)
        failures += 1
      } finally {
        quiet.abort()
      }
    }
  } finally {
    fold.close()
  }
}

async function waitFor(
  ports: ExchangePorts,
  changed: Promise<void>,
  until: number | undefined,
  signal: AbortSignal,
): Promise<void> {
  if (until === undefined) return await changed
  await Promise.race([changed, ports.clock.sleep(Math.max(1, until - ports.clock.now()), signal)])
}

/** Doubling, with jitter between half and all of it. */
function backoff(ports: ExchangePorts, failures: number): number {
  const most = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** Math.min(failures, 20))
  const [chance = 0] = ports.random.bytes(1)
  return Math.ceil(most * (0.5 + chance / 512))
}
