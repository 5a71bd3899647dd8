import { LIMITS } from '#core/limits.ts'
import type { PartitionShare } from '#core/ports/partition-share.ts'
import type { ExchangePorts } from './ports.ts'
import { Turns } from './turns.ts'
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
  const turns = new Turns()
  try {
    await Promise.all(partitions.map((partition) => runPartition(ports, partition, both, turns)))
  } finally {
    stop.abort()
  }
}

/** As `run`, on the partitions that fall to this instance, for as long as they do. */
export async function runShare(
  ports: ExchangePorts,
  share: PartitionShare,
  signal: AbortSignal,
): Promise<void> {
  await share.run(signal, async (partitions, until) => {
    ports.report({ kind: 'share', partitions })
    await run(ports, until, partitions)
  })
}

/** One partition, until abort. `turns`: shared with the other partitions of this process. */
export async function runPartition(
  ports: ExchangePorts,
  partition: number,
  signal: AbortSignal,
  turns: Turns = new Turns(),
): Promise<void> {
  const fold = ports.fold(partition)
  try {
    const worker = new Worker(ports, partition, fold, turns)
    let failures = 0
    let woken = true
    let wake = askToBeWoken(ports, partition, signal)
    while (!signal.aborted) {
      // Asked before reading: what is written while a pass reads wakes the next one.
      if (wake.happened()) {
        wake = askToBeWoken(ports, partition, signal)
        woken = true
      }
      try {
        const pass = await worker.pass(woken)
        if (failures > 0) ports.report({ kind: 'resumed', partition })
        failures = 0
        woken = false
        if (pass.kind === 'idle') await rest(ports, wake.promise, pass.until)
      } catch (error) {
        tell(ports, partition, error)
        await ports.clock.sleep(backoff(ports, failures), signal)
        failures += 1
      }
    }
  } finally {
    fold.close()
  }
}

interface Wake {
  readonly promise: Promise<void>
  happened(): boolean
}

function askToBeWoken(ports: ExchangePorts, partition: number, signal: AbortSignal): Wake {
  let done = false
  const promise = ports.log.changed(['inbound', 'control'], IDLE_MS, signal, partition).then(() => {
    done = true
  })
  return { promise, happened: () => done }
}

/** Until something changed, or `until`. */
async function rest(ports: ExchangePorts, changed: Promise<void>, until: number | undefined): Promise<void> {
  if (until === undefined) return await changed
  const over = new AbortController()
  await Promise.race([changed, ports.clock.sleep(Math.max(1, until - ports.clock.now()), over.signal)])
  // A reason of our own: making the default one costs more than the pass before it.
  over.abort('woken')
}

/** Reports what a pass threw; what ends the service is thrown on. */
function tell(ports: ExchangePorts, partition: number, error: unknown): void {
  const { failure, fatal } = judgeFailure(error)
  if (fatal) throw failure
  if (failure.family === 'OPS') {
    ports.report({ kind: 'paused', partition, code: failure.code })
  } else {
    const cause = failure.cause instanceof Error ? failure.cause : failure
    ports.report({ kind: 'bug', partition, n: null, error: cause })
  }
}

/** Doubling, with jitter between half and all of it. */
function backoff(ports: ExchangePorts, failures: number): number {
  const most = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** Math.min(failures, 20))
  const [chance = 0] = ports.random.bytes(1)
  return Math.ceil(most * (0.5 + chance / 512))
}
