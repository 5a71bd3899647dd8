/** Which hand-offs belong to one message. Its id alone does not say: an id is its sender's own, and a recipient knows it. */
import type { Fold, HandoffRow } from '#core/ports/fold.ts'

/** Name under which the fold keeps the archive copy of the message whose outcome had this `seq`. */
export const messageArchive = ({ seq }: Pick<HandoffRow, 'seq'>): string => `message:${seq}`

/** All hand-offs of the message that `row` belongs to, approval requests about it included: those that one outcome made. */
export function ofSameMessage(
  fold: Pick<Fold, 'ofMessage'>,
  row: Pick<HandoffRow, 'message' | 'seq'>,
): readonly HandoffRow[] {
  return fold.ofMessage(row.message).filter((one) => one.seq === row.seq)
}
