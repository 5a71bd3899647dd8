import { LIMITS } from './limits.ts'
import { partitionOf } from './log/partition.ts'
import type { Clock } from './ports/clock.ts'
import type { PartitionShare } from './ports/partition-share.ts'

const LOOK_EVERY_MS = 1_000
const ALL = Array.from({ length: LIMITS.partitions }, (_, partition) => partition)

interface Tasks<Key extends string> {
  /** Who should have a task now; asked again every second. */
  readonly wanted: () => readonly Key[]
  /** Runs until its signal aborts, handles its own failures and never rejects. One that ends by itself starts again with the next look. */
  readonly task: (key: Key, signal: AbortSignal) => Promise<void>
  readonly clock: Clock
}

async function keepOn<Key extends string>(tasks: Tasks<Key>, mine: ReadonlySet<number>, signal: AbortSignal) {
  const running = new Map<Key, { readonly stop: AbortController; readonly done: Promise<void> }>()
  const all = new Set<Promise<void>>()
  while (!signal.aborted) {
    const wanted = new Set(tasks.wanted().filter((key) => mine.has(partitionOf(key))))
    for (const [key, { stop }] of running) if (!wanted.has(key)) stop.abort()
    for (const key of wanted) {
      if (running.has(key)) continue
      const stop = new AbortController()
      const done = tasks.task(key, AbortSignal.any([signal, stop.signal])).finally(() => {
        running.delete(key)
        all.delete(done)
      })
      // A key whose task is still ending is taken up again when it has: never two at a time.
      running.set(key, { stop, done })
      all.add(done)
    }
    await tasks.clock.sleep(LOOK_EVERY_MS, signal)
  }
  await Promise.all(all)
}

/**
 * Keeps one task for each key that is wanted, until the signal aborts; with a share, only for keys whose partition (by
 * `partitionOf`) is this instance's. Resolves when every task has ended.
 */
export function keepRunning<Key extends string>(
  tasks: Tasks<Key>,
  share: PartitionShare | undefined,
  signal: AbortSignal,
): Promise<void> {
  const use = (partitions: readonly number[], until: AbortSignal) => keepOn(tasks, new Set(partitions), until)
  return share ? share.run(signal, use) : use(ALL, signal)
}
