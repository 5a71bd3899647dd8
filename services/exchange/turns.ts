/** Evaluation in one turn of the event loop, ms: then flushes, the gateway and the streams get theirs. */
const TURN_MS = 10

interface Waiting {
  readonly short: boolean
  readonly start: () => void
}

/**
 * Shares the one event loop of a process among its partitions: one begins to evaluate at a time, who waits longest is next, and after
 * `TURN_MS` everything else in the process gets its turn. Without it each of 16 partitions takes its 5 ms in each turn of the loop,
 * and whatever must cross the loop seven times, as an alert does, waits seven times for all of them.
 *
 * What is short (commands of our own: they end what was begun) goes before what is not; it cannot hold up the rest for long, since
 * there is one of it for each hand-off made. Who waits for a store across a turn of the loop holds up nobody.
 */
export class Turns {
  readonly #waiting: Waiting[] = []
  #holder: symbol | undefined
  #turnBegan: number | undefined

  /** Runs `work` when its turn has come. */
  async take<T>(short: boolean, work: () => Promise<T>): Promise<T> {
    if (this.#holder) await new Promise<void>((start) => this.#waiting.push({ short, start }))
    const mine = Symbol('turn')
    this.#holder = mine
    this.#turnBegan ??= performance.now()
    setImmediate(() => {
      this.#turnBegan = undefined
      this.#passOn(mine)
    })
    try {
      return await work()
    } finally {
      this.#passOn(mine)
    }
  }

  #passOn(from: symbol): void {
    if (this.#holder !== from) return
    const first = this.#waiting.findIndex((one) => one.short)
    const [next] = this.#waiting.splice(Math.max(0, first), 1)
    // Whoever is started takes over at once: nobody comes in between.
    this.#holder = next && Symbol('next')
    if (!next) return
    const began = this.#turnBegan
    if (began === undefined || performance.now() - began < TURN_MS) next.start()
    else setImmediate(next.start)
  }
}
