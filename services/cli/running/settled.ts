import { setTimeout as delay } from 'node:timers/promises'
import type { Store } from '../open-store.ts'
import { publishedUpto } from './published-upto.ts'

const SETTLE_MS = 10_000
const STEP_MS = 50

/** Until everything that is in the log now is in a published checkpoint, or ten seconds have gone: false. */
export async function settled(store: Store): Promise<boolean> {
  await store.view.catchUp()
  const head = store.view.head()
  for (let waited = 0; waited < SETTLE_MS; waited += STEP_MS) {
    const upto = await publishedUpto(store)
    if (upto && head.every((seq, partition) => (upto[partition] ?? 0) >= seq)) return true
    await delay(STEP_MS)
  }
  return false
}
