import { fail } from '#core/failure.ts'
import { LIMITS } from '#core/limits.ts'
import type { Clock } from '#core/ports/clock.ts'

/**
 * Keeps a writer with a wrong clock from writing (design §3, Clock): one that is a minute ahead would expire half of all
 * holds. It compares with the last `at` and with the log's own append time.
 */
export class ClockGuard {
  readonly #clock: Clock
  #comparedAt: number | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Now, unless it lies more than 2 s behind the last `at`: then `OPS_CLOCK`. */
  now(lastAt: number): number {
    const now = this.#clock.now()
    if (now < lastAt - LIMITS.clockSkewMs) fail('OPS_CLOCK', undefined, 'behind the last outcome')
    return now
  }

  /** True before the first append, after a bad comparison, and when the last good one is too old to go by. */
  needsProbe(): boolean {
    if (this.#comparedAt === undefined) return true
    const age = this.#clock.now() - this.#comparedAt
    return age < 0 || age > LIMITS.clockComparedMs
  }

  /**
   * `at`: the log's append time, answered between `before` and now. It must lie within 2 s of both, so that a slow answer proves
   * nothing. If it does not, nothing more is written until a probe fits.
   */
  compare(before: number, at: number): boolean {
    const after = this.#clock.now()
    const fits = Math.max(Math.abs(at - before), Math.abs(at - after)) <= LIMITS.clockSkewMs
    this.#comparedAt = fits ? after : undefined
    return fits
  }
}
