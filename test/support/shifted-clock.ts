import type { Clock } from '#core/ports/clock.ts'

/** The clock of the machine, as far ahead of it as a test says; whoever sleeps wakes when its time has come on either. */
export class ShiftedClock implements Clock {
  #ahead = 0
  /** How each looks whether its time has come → the ms that it asked for. */
  readonly #sleepers = new Map<() => void, number>()

  now = (): number => Date.now() + this.#ahead

  /** To that moment at least; never back. */
  advanceTo(time: number): void {
    this.#ahead += Math.max(0, time - this.now())
    for (const look of [...this.#sleepers.keys()]) look()
  }

  /** Whether somebody is asleep who asked for exactly so long: who waits for a moment of its own asks for odd times. */
  sleeps = (ms: number): boolean => [...this.#sleepers.values()].includes(ms)

  sleep = (ms: number, signal?: AbortSignal): Promise<void> => {
    const until = this.now() + ms
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve()
      const done = () => {
        clearTimeout(timer)
        this.#sleepers.delete(look)
        signal?.removeEventListener('abort', done)
        resolve()
      }
      const look = () => {
        if (this.now() >= until) done()
      }
      const timer = setTimeout(done, Math.min(ms, 2 ** 31 - 1))
      this.#sleepers.set(look, ms)
      signal?.addEventListener('abort', done, { once: true })
    })
  }
}
