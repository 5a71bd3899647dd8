import type { Connection } from '#sdk/connect.ts'
import type { Handoff } from '#sdk/open-handoff.ts'

/** One endpoint that listens: everything that reaches it, opened and verified, until the signal aborts. */
export class Reader {
  readonly connection: Connection
  readonly #got: Handoff[] = []
  readonly #waiting = new Set<() => void>()
  readonly #following: Promise<void>

  constructor(connection: Connection, signal: AbortSignal) {
    this.connection = connection
    // A reader that fails has received nothing more: the story sees a hand-off that does not arrive.
    this.#following = this.#follow(signal).catch(() => {})
  }

  async #follow(signal: AbortSignal): Promise<void> {
    for await (const handoff of this.connection.stream(signal)) {
      this.#got.push(handoff)
      for (const wake of this.#waiting) wake()
    }
  }

  /** The first hand-off that fits, there already or within `ms`. */
  arrival(fits: (handoff: Handoff) => boolean, ms: number): Promise<Handoff | undefined> {
    const there = this.#got.find(fits)
    if (there) return Promise.resolve(there)
    return new Promise((resolve) => {
      const done = (found: Handoff | undefined) => {
        clearTimeout(timer)
        this.#waiting.delete(look)
        resolve(found)
      }
      const look = () => {
        const found = this.#got.find(fits)
        if (found) done(found)
      }
      const timer = setTimeout(() => done(undefined), ms)
      this.#waiting.add(look)
    })
  }

  async close(): Promise<void> {
    this.connection.close()
    await this.#following
  }
}
