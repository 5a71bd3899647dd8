import { asFailure, type Failure, type FailureCode } from '#core/failure.ts'
import type { Clock } from '#core/ports/clock.ts'

/** Stores that are down, or on their way up. */
const PASSES: ReadonlySet<FailureCode> = new Set([
  'OPS_LOG_UNAVAILABLE',
  'OPS_KEY_STORE',
  'OPS_REGISTRY',
  'OPS_CONTROL',
])
const FIRST_MS = 250
const MOST_MS = 2_000
/** Then it is said and the process ends: whoever supervises it may know better. */
const PATIENCE_MS = 60_000

export interface Patience {
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly waits: (failure: Failure) => void
}

/**
 * What `open` opens, tried again for a minute while a store does not answer: a service that ends instead starts from nothing a moment
 * later, and all of them at once keep a small machine from ever starting the store. Throws what cannot pass, and the last failure.
 */
export async function openPatiently<T>(open: () => Promise<T>, patience: Patience): Promise<T> {
  const { clock, signal, waits } = patience
  const until = clock.now() + PATIENCE_MS
  for (let wait = FIRST_MS; ; wait = Math.min(2 * wait, MOST_MS)) {
    try {
      return await open()
    } catch (error) {
      const failure = asFailure(error)
      if (!PASSES.has(failure.code) || signal.aborted || clock.now() >= until) throw error
      waits(failure)
      await clock.sleep(wait, signal)
    }
  }
}
