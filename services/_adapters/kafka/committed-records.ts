import type { AbortedTransaction, RawRecord } from './kafkajs-cluster.ts'
import type { FetchedPage, FetchedRecord } from './simple-client.ts'

/**
 * What a reader of committed records may see of a fetch. kafkajs' own filter shows aborted records when the transactions of two
 * producers overlap (kafka.md §4 a): here every aborted range that has begun is open until its own producer's marker.
 */
export function committedRecords(
  messages: readonly RawRecord[],
  abortedTransactions: readonly AbortedTransaction[],
  from: number,
): FetchedPage {
  const begins = abortedTransactions
    .map(({ producerId, firstOffset }) => ({ producerId, first: Number(firstOffset) }))
    .toSorted((a, b) => a.first - b.first)
  const open = new Set<string>()
  const records: FetchedRecord[] = []
  let begun = 0
  let next = from
  for (const message of messages) {
    const offset = Number(message.offset)
    const { producerId, inTransaction } = message.batchContext
    for (let one = begins[begun]; one && one.first <= offset; one = begins[begun]) {
      open.add(one.producerId)
      begun += 1
    }
    // A batch comes whole, also when its first records lie before the place asked for.
    if (offset >= from) next = offset + 1
    if (message.isControlRecord) open.delete(producerId)
    else if (offset >= from && !(inTransaction && open.has(producerId)))
      records.push({ offset, headers: message.headers, value: message.value })
  }
  return { records, next }
}
