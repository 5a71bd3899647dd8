import type { Clock } from '#core/ports/clock.ts'
import type { Random } from '#core/ports/random.ts'
import { SchakelError } from './sdk-error.ts'

export interface RetryPolicy {
  /** Tries in all, the first included. */
  readonly attempts: number
  readonly baseMs: number
  readonly capMs: number
}

export const RETRY: RetryPolicy = { attempts: 5, baseMs: 200, capMs: 5_000 }

/** Milliseconds before try `tried + 1`: exponential with full jitter, never sooner than the exchange asked for, never beyond the cap. */
export function backoff(
  policy: RetryPolicy,
  tried: number,
  chance: number,
  retryAfter: number | null,
): number {
  const ceiling = Math.min(policy.capMs, policy.baseMs * 2 ** (tried - 1))
  return Math.min(policy.capMs, Math.max(retryAfter ?? 0, Math.floor(ceiling * chance)))
}

/** A number from 0 up to 1. */
export function chanceOf(random: Pick<Random, 'bytes'>): number {
  return Buffer.from(random.bytes(4)).readUInt32BE() / 2 ** 32
}

/** Runs `task` until it succeeds, fails for good, or the tries are used up; then throws its last error. */
export async function withRetry<T>(
  ports: { readonly clock: Clock; readonly random: Pick<Random, 'bytes'> },
  policy: RetryPolicy,
  task: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await task()
    } catch (error) {
      const isFinal = !(error instanceof SchakelError) || !error.retryable
      if (isFinal || tried >= policy.attempts || signal?.aborted) throw error
      await ports.clock.sleep(backoff(policy, tried, chanceOf(ports.random), error.retryAfter), signal)
    }
  }
}
