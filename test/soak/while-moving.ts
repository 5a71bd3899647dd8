import { setTimeout as delay } from 'node:timers/promises'

export interface Look {
  readonly over: boolean
  /** Grows while what is waited for comes nearer. */
  readonly progress: number
}

const STEP_MS = 1_000
/** Nothing at all moves for so long: it never will. A slow machine is not a failure. */
const PATIENCE_MS = 120_000

/** Until `look` says that it is over; false when its progress stood still for two minutes. What `look` throws is no progress. */
export async function whileMoving(
  look: () => Promise<Look>,
  { stepMs = STEP_MS, patienceMs = PATIENCE_MS } = {},
): Promise<boolean> {
  let progress = Number.NEGATIVE_INFINITY
  let moved = performance.now()
  for (;;) {
    const seen = await look().catch(() => ({ over: false, progress }))
    if (seen.over) return true
    if (seen.progress !== progress) moved = performance.now()
    progress = seen.progress
    if (performance.now() - moved > patienceMs) return false
    await delay(stepMs)
  }
}
