import type { Place, SimpleClient } from '#adapters/kafka/simple-client.ts'

/** How long one poll waits; who comes while one is under way waits for the next, so this is also what it may be late. */
const POLL_MS = 100

/**
 * One poll for all who wait, on a connection of its own: a broker answers the requests of one connection one after the other, and
 * a wait for one partner would hold up every other's. Only while somebody waits.
 */
export class NewsWaiter {
  readonly #client: Pick<SimpleClient, 'poll'>
  readonly #waiting = new Set<{ readonly place: Place; readonly wake: (error?: unknown) => void }>()
  #polling = false

  constructor(client: Pick<SimpleClient, 'poll'>) {
    this.#client = client
  }

  /** Resolves when there is something at or after the place, after `timeoutMs`, or on abort; rejects when that cannot be told. */
  wait(place: Place, timeoutMs: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve()
    return new Promise((resolve, reject) => {
      const wake = (error?: unknown) => {
        clearTimeout(limit)
        signal.removeEventListener('abort', stop)
        this.#waiting.delete(waiter)
        if (error === undefined) resolve()
        else reject(error)
      }
      const stop = () => wake()
      const waiter = { place, wake }
      const limit = setTimeout(stop, timeoutMs)
      signal.addEventListener('abort', stop, { once: true })
      this.#waiting.add(waiter)
      if (!this.#polling) void this.#poll()
    })
  }

  async #poll(): Promise<void> {
    this.#polling = true
    while (this.#waiting.size > 0) {
      const asked = [...this.#waiting]
      try {
        const news = await this.#client.poll(
          asked.map(({ place }) => place),
          POLL_MS,
        )
        for (const { place, wake } of asked) if (news.has(place.topic)) wake()
      } catch (error) {
        for (const { wake } of asked) wake(error)
      }
    }
    this.#polling = false
  }
}
