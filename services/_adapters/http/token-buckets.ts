import type { Clock } from '#core/ports/clock.ts'

/** One bucket per key: `perSecond` tokens a second, `burst` at most. Full buckets are forgotten, so keys cannot pile up. */
export class TokenBuckets {
  readonly #clock: Clock
  readonly #perSecond: number
  readonly #burst: number
  readonly #levels = new Map<string, { tokens: number; at: number }>()
  #swept = 0

  constructor(clock: Clock, perSecond: number, burst = perSecond) {
    this.#clock = clock
    this.#perSecond = perSecond
    this.#burst = burst
  }

  /** Takes a token; false when there is none. */
  take(key: string): boolean {
    const now = this.#clock.now()
    this.#sweep(now)
    const level = this.#levels.get(key) ?? { tokens: this.#burst, at: now }
    const elapsed = Math.max(0, now - level.at)
    const tokens = Math.min(this.#burst, level.tokens + (elapsed * this.#perSecond) / 1000)
    const taken = tokens >= 1
    this.#levels.set(key, { tokens: taken ? tokens - 1 : tokens, at: now })
    return taken
  }

  #sweep(now: number): void {
    const fullAfter = (this.#burst / this.#perSecond) * 1000
    if (now - this.#swept < fullAfter) return
    this.#swept = now
    for (const [key, level] of this.#levels) if (now - level.at >= fullAfter) this.#levels.delete(key)
  }
}
