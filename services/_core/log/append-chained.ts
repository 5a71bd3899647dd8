import { fail } from '#core/failure.ts'
import type { EventLog } from '#core/ports/event-log.ts'
import type { FoldHead } from '#core/ports/fold.ts'
import { type Chain, type Chained, extendChain, hashOf, readChain, sameBytes } from './chain.ts'

const ATTEMPTS = 64

/** Reads to the end; without a genesis there is no chain to write to: `OPS_LOG`. */
export async function readToEnd<T extends Chained>(
  log: EventLog,
  chain: Chain<T>,
  partition: number,
  head: FoldHead | undefined,
  each?: (record: T, head: FoldHead) => void,
): Promise<FoldHead> {
  let now = head
  for (;;) {
    const page = await readChain(log, chain, partition, now)
    for (const step of page.steps) each?.(step.record, step.head)
    now = page.head
    if (page.atEnd) return now ?? fail('OPS_LOG', undefined, `${chain.topic} has no genesis`)
  }
}

/**
 * A writer of single chained records (control, cuts). Reads to the end, builds on the head it met, appends after it. On
 * any answer but `appended` it reads on and looks whether its own record is in the chain, and else builds again: it
 * never sends the same bytes twice. `build` gives undefined when there is nothing to write any more. `OPS_LOG_UNAVAILABLE`
 * after 64 lost races.
 */
export async function appendChained<T extends Chained>(
  log: EventLog,
  chain: Chain<T>,
  partition: number,
  start: FoldHead | undefined,
  build: (head: FoldHead) => T | undefined,
  seen?: (record: T, head: FoldHead) => void,
): Promise<{ readonly record: T; readonly head: FoldHead } | undefined> {
  let head = await readToEnd(log, chain, partition, start, seen)
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const record = build(head)
    if (!record) return undefined
    const entry = chain.codec.encode(record)
    const written = extendChain(chain, head, entry, head.position + 1)
    if (!written) return fail('BUG_INVARIANT', undefined, `own record would be void in ${chain.topic}`)
    const answer = await log.append(chain.topic, partition, head.position, [entry])
    if (answer.kind === 'appended') {
      const after = { ...written.head, position: answer.first + 1 }
      seen?.(written.record, after)
      return { record: written.record, head: after }
    }
    const hash = hashOf(entry.value)
    let mine: FoldHead | undefined
    head = await readToEnd(log, chain, partition, head, (each, after) => {
      if (sameBytes(after.hash, hash)) mine = after
      seen?.(each, after)
    })
    if (mine) return { record: written.record, head: mine }
  }
  return fail('OPS_LOG_UNAVAILABLE', undefined, `${chain.topic}: too many lost races`)
}
