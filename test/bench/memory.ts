/** Resident memory of one embedded process (exchange, ledger, courier, view) after so many hand-offs. */
import { broadFeedback } from './bench-messages.ts'
import { openBenchWorld, putInbound } from './bench-world.ts'
import { type Measured, type Progress, rounded } from './figure.ts'
import { serve } from './serve.ts'

const HANDOFFS_EACH = 8
/** Messages put in ahead of those answered: work enough for every partition, no more. */
const AHEAD = 48
const PAGE = 16
const TELL_EVERY = 5_000
const SETTLE_MS = 2_000

const named = (handoffs: number): string =>
  handoffs % 1000 === 0 ? `rss_mb_after_${handoffs / 1000}k` : `rss_mb_after_${handoffs}`

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Feedback to eight endpoints, two permitted and six refused: real and cheap. This process writes it; only the other one is measured. */
export async function measureMemory(after: readonly number[], progress: Progress): Promise<Measured[]> {
  const world = await openBenchWorld()
  const served = await serve(world.data, ['exchange', 'ledger', 'courier'])
  const figures: Measured[] = []
  const started = performance.now()
  const first = await served.state()
  try {
    let put = 0
    let told = 0
    for (const handoffs of after) {
      for (;;) {
        const state = await served.state()
        if (state.handoffs >= handoffs && state.unreleased === 0) break
        const behind = put - state.handoffs / HANDOFFS_EACH
        const left = Math.ceil(handoffs / HANDOFFS_EACH) - put
        if (left <= 0 || behind >= AHEAD) await pause(50)
        else for (let n = 0; n < Math.min(PAGE, left); n += 1, put += 1) await putBroad(world)
        if (state.handoffs >= told + TELL_EVERY) {
          told = state.handoffs
          progress(`${state.handoffs} hand-offs, ${megabytes(state.rss)} MB`)
        }
      }
      await pause(SETTLE_MS)
      const { rss } = await served.state()
      const seconds = rounded((performance.now() - started) / 1000)
      progress(`${handoffs} hand-offs after ${seconds} s: ${megabytes(rss)} MB`)
      figures.push({
        name: named(handoffs),
        value: megabytes(rss),
        unit: 'MB',
        note: `after ${seconds} s; ${megabytes(first.rss)} MB at the start`,
      })
    }
    return figures
  } finally {
    await served.stop()
    await world.close()
  }
}

async function putBroad(world: Parameters<typeof putInbound>[0]): Promise<void> {
  await putInbound(world, await world.make(broadFeedback()))
}

const megabytes = (bytes: number): number => Math.round(bytes / 1024 / 1024)
