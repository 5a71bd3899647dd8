/** Records of aborted transactions, taken out as the protocol says (KIP-98, FETCH `aborted_transactions`). */

export interface MaybeAborted {
  readonly offset: string
  readonly key: Uint8Array | null
  readonly isControlRecord: boolean
  readonly batchContext: { readonly producerId: string; readonly inTransaction: boolean }
}

export interface AbortedRange {
  readonly producerId: string
  readonly firstOffset: string
}

/**
 * What `read_committed` may show of one FETCH answer, control records included. The ranges come in any order and overlap where
 * several producers aborted; each ends at its producer's marker, and may begin before the first record of the answer.
 */
export function withoutAborted<T extends MaybeAborted>(answer: {
  readonly messages: readonly T[]
  readonly abortedTransactions?: readonly AbortedRange[] | null
}): T[] {
  const ranges = [...(answer.abortedTransactions ?? [])].sort(
    (a, b) => Number(a.firstOffset) - Number(b.firstOffset),
  )
  const aborting = new Set<string>()
  let next = 0
  return answer.messages.filter((message) => {
    const offset = Number(message.offset)
    for (let range = ranges[next]; range && Number(range.firstOffset) <= offset; range = ranges[next]) {
      aborting.add(range.producerId)
      next += 1
    }
    const { producerId, inTransaction } = message.batchContext
    if (message.isControlRecord) {
      aborting.delete(producerId)
      return true
    }
    return !(inTransaction && aborting.has(producerId))
  })
}
