/** `sender.ts <data> <gateway> <messages> <in flight>`: signs and seals first, says `ready`, and on `go` sends it all. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Inbound } from '#core/handoff/outcome.ts'
import { SchakelError } from '#sdk/sdk-error.ts'
import { clientOf, post } from '../bench-client.ts'
import { alert, tip } from '../bench-messages.ts'
import { worldOn } from '../bench-world.ts'

export type FromSender =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly answeredMs: readonly number[]; readonly refusedForRate: number }

const WAIT_SECONDS = 30
const RATE_PAUSE_MS = 50

const [data = '', gateway = '', messages = '', inFlight = ''] = process.argv.slice(2)
const world = await worldOn(data)
// Two partners: each may send 200 a second.
const senders = [
  { client: await clientOf(world, gateway, 'ecpat'), draft: tip },
  { client: await clientOf(world, gateway, 'tbkk'), draft: alert },
]
const ready: { readonly client: (typeof senders)[number]['client']; readonly inbound: Inbound }[] = []
for (let n = 0; n < Number(messages); n += 1) {
  const sender = senders[n % senders.length]
  if (sender) ready.push({ client: sender.client, inbound: await world.make(sender.draft()) })
}

async function sendAll(): Promise<FromSender> {
  const answeredMs: number[] = []
  let refusedForRate = 0
  let next = 0
  const started = performance.now()
  const lane = async () => {
    for (;;) {
      const one = ready[next]
      if (!one) return
      next += 1
      for (;;) {
        try {
          const answer = await post(one.client, one.inbound, WAIT_SECONDS)
          if (!answer.includes('"decided"')) throw new Error(`not what was to be measured: ${answer}`)
          break
        } catch (error) {
          if (!(error instanceof SchakelError) || error.status !== 429) throw error
          refusedForRate += 1
          await delay(RATE_PAUSE_MS)
        }
      }
      answeredMs.push(performance.now() - started)
    }
  }
  await Promise.all(Array.from({ length: Number(inFlight) }, lane))
  return { kind: 'done', answeredMs, refusedForRate }
}

const tell = (message: FromSender) => process.send?.(message)
process.once('message', () => {
  void sendAll().then(tell, (error: unknown) => {
    process.stderr.write(`sender: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exit(1)
  })
})
process.once('disconnect', () => process.exit(0))
tell({ kind: 'ready' })
