/** From POST of a message to the published checkpoint that its decision can be proved under: one at a time, whole Schakel in one process. */
import { openTileFolder } from '#adapters/tiles/folder.ts'
import { type HandoffId, handoffPlace, parseHandoffId } from '#core/ids.ts'
import { parseCheckpoint } from '#core/ledger/checkpoint.ts'
import { ledgerChain, readChain } from '#core/log/chain.ts'
import type { FoldHead } from '#core/ports/fold.ts'
import { clientOf, post } from './bench-client.ts'
import { tip } from './bench-messages.ts'
import { type BenchWorld, openBenchWorld } from './bench-world.ts'
import { type Measured, type Progress, quantile, rounded, spread } from './figure.ts'
import { serve } from './serve.ts'

const WARM_UP = 3
const WAIT_SECONDS = 30
const LOOK_MS = 2

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Resolves when the checkpoint on disk covers the outcome: from then on `schakel prove` makes its bundle. */
function checkpoints({ store }: BenchWorld) {
  const chain = ledgerChain(store.codecs)
  const tiles = openTileFolder(store.paths.ledger)
  let head: FoldHead | undefined
  const sizeOf = async (partition: number, seq: number): Promise<number> => {
    for (;;) {
      const page = await readChain(store.log, chain, 0, head)
      for (const { record } of page.steps) if ((record.upto[partition] ?? 0) >= seq) return record.size
      head = page.head ?? head
      if (page.atEnd) await pause(LOOK_MS)
    }
  }
  return async (handoff: HandoffId): Promise<void> => {
    const { partition, seq } = handoffPlace(handoff)
    const size = await sizeOf(partition, seq)
    for (;;) {
      const bytes = await tiles.read('checkpoint')
      const published = bytes && parseCheckpoint(Buffer.from(bytes).toString('utf8'))
      if (published && published.size >= size) return
      await pause(LOOK_MS)
    }
  }
}

export async function measureProofs(count: number, progress: Progress): Promise<Measured[]> {
  const world = await openBenchWorld()
  const served = await serve(world.data, ['exchange', 'ledger', 'courier', 'gateway'])
  const sender = await clientOf(world, served.gateway, 'ecpat')
  const provable = checkpoints(world)
  const times: number[] = []
  try {
    for (let n = -WARM_UP; n < count; n += 1) {
      const inbound = await world.make(tip())
      const started = performance.now()
      const answer = await post(sender, inbound, WAIT_SECONDS)
      const { handoffs } = JSON.parse(answer) as { handoffs: { handoff: string }[] }
      await provable(parseHandoffId(handoffs[0]?.handoff, '/handoffs/0'))
      if (n >= 0) times.push(performance.now() - started)
      if (n > 0 && n % 50 === 0) progress(`${n} proofs`)
    }
  } finally {
    sender.close()
    await served.stop()
    await world.close()
  }
  return [
    {
      name: 'time_to_proof_ms_p99',
      value: rounded(quantile(times, 0.99)),
      unit: 'ms',
      of: 'POST to the published checkpoint that covers the decision',
      per: 'message',
      note: `p50 ${rounded(quantile(times, 0.5))} ms; ${spread(times, 'ms')}`,
    },
  ]
}
