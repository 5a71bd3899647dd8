/**
 * The exchange of one data directory on some partitions, in a process of its own: `exchange-share.ts <data> <p,p,…>`. Says when it is
 * ready, begins when told, and says when every input that was there is answered.
 */
import { openSqliteFold } from '#adapters/fold/sqlite.ts'
import { openSqlitePoison } from '#adapters/poison/sqlite.ts'
import { createEvaluator } from '#core/handoff/evaluate.ts'
import type { Fold } from '#core/ports/fold.ts'
import { openStore } from '#services/cli/open-store.ts'
import { run } from '#services/exchange/run.ts'

const [data = '', list = ''] = process.argv.slice(2)
const partitions = list.split(',').map(Number)
const store = await openStore(data)
await store.control.resolve(store.control.state().latest)
const { log, codecs, keys, control, clock, random, paths } = store
const stop = new AbortController()
let left = 0

/** Counts down as blocks are folded for good: then everything of them is durable. */
function watched(fold: Fold): Fold {
  return {
    ...fold,
    commit() {
      const before = answered.get(fold) ?? 0
      fold.commit()
      const now = fold.head()?.inputs ?? 0
      answered.set(fold, now)
      left -= now - before
      if (left === 0) process.send?.('done')
    },
  }
}
const answered = new Map<Fold, number>()

process.once('message', () => void begin())
process.once('disconnect', () => stop.abort())
process.send?.('ready')

async function begin(): Promise<void> {
  const poison = openSqlitePoison(paths.poison)
  for (const partition of partitions) left += await log.end('inbound', partition)
  for (const partition of partitions) {
    const fold = openSqliteFold(paths.fold(partition))
    left -= fold.head()?.inputs ?? 0
    fold.close()
  }
  const evaluator = createEvaluator()
  const fold = (partition: number): Fold => {
    const opened = openSqliteFold(paths.fold(partition))
    answered.set(opened, opened.head()?.inputs ?? 0)
    return watched(opened)
  }
  const report = (event: { readonly kind: string }) => process.stderr.write(`exchange: ${event.kind}\n`)
  await run(
    { log, codecs, keys, control, clock, random, evaluator, fold, poison, report },
    stop.signal,
    partitions,
  )
  poison.close()
  await store.close()
}
