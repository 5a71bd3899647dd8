import type { Store } from './open-store.ts'

const WAIT_MS = 30_000
const STEP_MS = 250

/** Follows the log until `done` says so; false after half a minute or when interrupted. */
export async function waitUntil(
  store: Pick<Store, 'view' | 'log' | 'clock'>,
  done: () => boolean | Promise<boolean>,
  signal: AbortSignal,
): Promise<boolean> {
  const until = store.clock.now() + WAIT_MS
  for (;;) {
    await store.view.catchUp()
    if (await done()) return true
    if (signal.aborted || store.clock.now() >= until) return false
    await store.log.changed(['outcomes'], STEP_MS, signal)
  }
}
