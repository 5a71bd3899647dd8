/** A partner's line to the gateway: posts what was sealed before, and sees arrivals in its event stream. No SDK time is measured. */
import type { Inbound } from '#core/handoff/outcome.ts'
import { oinOf } from '#core/ids.ts'
import { parseEventStream } from '#sdk/event-stream.ts'
import { GatewayClient } from '#sdk/gateway-client.ts'
import { EXCHANGE } from '#services/cli/init.ts'
import type { BenchWorld } from './bench-world.ts'

export async function clientOf(world: BenchWorld, gateway: string, partner: string): Promise<GatewayClient> {
  return new GatewayClient(gateway, await world.identity(partner), oinOf(EXCHANGE), 'en')
}

/** Waits for the outcome up to `wait` seconds; 0: returns when the message is durable (202). The answer's body. */
export async function post(client: GatewayClient, inbound: Inbound, wait = 0): Promise<string> {
  const outer = Object.entries(inbound.attributes).map(([name, value]) => [`ce-${name}`, value] as const)
  const headers = {
    ...Object.fromEntries(outer),
    'ce-specversion': '1.0',
    'content-type': 'application/jose',
    ...(wait > 0 ? { prefer: `wait=${wait}` } : {}),
  }
  const body = Buffer.from(inbound.body).toString('latin1')
  const call = { method: 'POST', path: '/v1/messages', headers, body, timeoutMs: 60_000 } as const
  return (await client.call(call)).text
}

export interface Arrivals {
  /** `performance.now()` at the next hand-off in the stream. */
  next(): Promise<number>
  close(): void
}

/** Follows one endpoint's event stream from now on. */
export function arrivalsOf(client: GatewayClient, endpoint: string): Arrivals {
  const stop = new AbortController()
  const seen: number[] = []
  const waiting: ((at: number) => void)[] = []
  const path = `/v1/stream?after=now&endpoint=${endpoint}`
  const bytes = client.stream({ path, headers: { accept: 'text/event-stream' }, signal: stop.signal })
  const follow = async () => {
    for await (const event of parseEventStream(bytes)) {
      if (event.event !== 'handoff') continue
      const at = performance.now()
      const waiter = waiting.shift()
      if (waiter) waiter(at)
      else seen.push(at)
    }
  }
  void follow().catch(() => undefined)
  return {
    next: () =>
      new Promise((resolve, reject) => {
        const at = seen.shift()
        if (at !== undefined) return resolve(at)
        const limit = setTimeout(() => reject(new Error('nothing arrived within a minute')), 60_000)
        waiting.push((arrived) => {
          clearTimeout(limit)
          resolve(arrived)
        })
      }),
    close: () => stop.abort(),
  }
}
