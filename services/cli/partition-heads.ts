import { readFoldHead } from '#adapters/fold/read-head.ts'
import { LIMITS } from '#core/limits.ts'
import { readToEnd } from '#core/log/append-chained.ts'
import { outcomesChain } from '#core/log/chain.ts'
import { checkHead } from '#core/log/open-log.ts'
import type { FoldHead } from '#core/ports/fold.ts'
import type { Store } from './open-store.ts'

type HeadStore = Pick<Store, 'paths' | 'log' | 'codecs'>

/** Where the exchange's own fold stands, if it lies on the chain: only what is newer need be read. */
async function startingPoint(store: HeadStore, partition: number): Promise<FoldHead | undefined> {
  const head = readFoldHead(store.paths.fold(partition))
  if (head) await checkHead(store.log, outcomesChain(store.codecs), partition, head)
  return head
}

/** Heads of all partitions of `outcomes`, followed through the log; each call reads only what is new. */
export function followHeads(store: HeadStore): () => Promise<readonly FoldHead[]> {
  const heads: (FoldHead | undefined)[] = []
  return async () => {
    const now: FoldHead[] = []
    for (let partition = 0; partition < LIMITS.partitions; partition += 1) {
      const from = heads[partition] ?? (await startingPoint(store, partition))
      const head = await readToEnd(store.log, outcomesChain(store.codecs), partition, from)
      heads[partition] = head
      now.push(head)
    }
    return now
  }
}
