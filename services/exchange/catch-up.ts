import { fail } from '#core/failure.ts'
import { applyOutcome } from '#core/handoff/apply-outcome.ts'
import { outcomesChain, readChain } from '#core/log/chain.ts'
import { checkHead } from '#core/log/open-log.ts'
import type { Fold, FoldHead } from '#core/ports/fold.ts'
import type { ExchangePorts } from './ports.ts'
import { settleKeys } from './settle-keys.ts'

type Ports = Pick<ExchangePorts, 'log' | 'codecs' | 'keys'>

/**
 * Folds what the log holds beyond this fold's head, to the end. Effects, keys and cursor of a page move together. Returns the
 * head; a log without its genesis throws `OPS_LOG`.
 */
export async function catchUp(ports: Ports, fold: Fold, partition: number): Promise<FoldHead> {
  const chain = outcomesChain(ports.codecs)
  for (;;) {
    const page = await readChain(ports.log, chain, partition, fold.head())
    if (!page.head) return fail('OPS_LOG', undefined, `outcomes/${partition} has no genesis`)
    if (page.atEnd) return page.head
    fold.begin()
    try {
      for (const { record } of page.steps) {
        applyOutcome(fold, partition, record)
        await settleKeys(ports.keys, partition, record)
      }
      fold.setHead(page.head)
      fold.commit()
    } catch (error) {
      fold.rollback()
      throw error
    }
  }
}

/** Once after opening a fold, kept or copied: its head must lie on the chain of this log, else `OPS_LOG`. */
export async function checkFold(ports: Ports, fold: Fold, partition: number): Promise<void> {
  const head = fold.head()
  if (head) await checkHead(ports.log, outcomesChain(ports.codecs), partition, head)
}
