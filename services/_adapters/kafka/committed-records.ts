import type { AbortedTransaction, RawRecord } from './kafkajs-cluster.ts'
import type { FetchedPage } from './simple-client.ts'
import { withoutAborted } from './without-aborted.ts'

/** What a reader of committed records may see of a fetch, from `from` on, and where it reads on: behind markers and aborted records. */
export function committedRecords(
  messages: readonly RawRecord[],
  abortedTransactions: readonly AbortedTransaction[],
  from: number,
): FetchedPage {
  const visible = withoutAborted({ messages, abortedTransactions })
  // A batch comes whole, also when its first records lie before the place asked for.
  const last = Math.max(from - 1, ...messages.map(({ offset }) => Number(offset)))
  const records = visible
    .filter(({ isControlRecord, offset }) => !isControlRecord && Number(offset) >= from)
    .map(({ offset, headers, value }) => ({ offset: Number(offset), headers, value }))
  return { records, next: last + 1 }
}
