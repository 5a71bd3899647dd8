/** A partner's lines to a gateway that may die: sends again until it is taken, and resumes its stream where it ended. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Inbound } from '#core/handoff/outcome.ts'
import { parseEventStream } from '#sdk/event-stream.ts'
import type { GatewayClient } from '#sdk/gateway-client.ts'
import { post } from '../bench-client.ts'

const AGAIN_MS = 25
const GIVE_UP_MS = 180_000

/** Until a gateway says that it is durable. The same bytes each time: a repeat has no effect of its own. */
export async function postUntilTaken(client: GatewayClient, inbound: Inbound): Promise<void> {
  for (const until = performance.now() + GIVE_UP_MS; ; ) {
    try {
      await post(client, inbound)
      return
    } catch (error) {
      if (performance.now() > until) throw error
      await delay(AGAIN_MS)
    }
  }
}

export interface LastingArrivals {
  /** `performance.now()` at the next hand-off. */
  next(): Promise<number>
  close(): void
}

export function lastingArrivals(client: GatewayClient, endpoint: string): LastingArrivals {
  const stop = new AbortController()
  const seen: number[] = []
  const waiting: ((at: number) => void)[] = []
  let cursor = 'now'
  const follow = async () => {
    const path = `/v1/stream?after=${encodeURIComponent(cursor)}&endpoint=${endpoint}`
    const bytes = client.stream({ path, headers: { accept: 'text/event-stream' }, signal: stop.signal })
    for await (const { event, id } of parseEventStream(bytes)) {
      if (id !== '') cursor = id
      if (event !== 'handoff') continue
      const at = performance.now()
      const waiter = waiting.shift()
      if (waiter) waiter(at)
      else seen.push(at)
    }
  }
  const run = async () => {
    while (!stop.signal.aborted) {
      await follow().catch(() => undefined)
      await delay(AGAIN_MS, undefined, { signal: stop.signal }).catch(() => undefined)
    }
  }
  void run()
  return {
    next: () =>
      new Promise((resolve, reject) => {
        const at = seen.shift()
        if (at !== undefined) return resolve(at)
        const limit = setTimeout(() => reject(new Error('nothing arrived in three minutes')), GIVE_UP_MS)
        waiting.push((arrived) => {
          clearTimeout(limit)
          resolve(arrived)
        })
      }),
    close: () => stop.abort(),
  }
}
