import type { Verified } from '#core/message/content.ts'
import type { HandoffRow } from '#core/ports/fold.ts'
import { openArchive } from './archive.ts'
import type { Doorway } from './doorway.ts'
import type { EvaluationContext } from './evaluator.ts'

/**
 * The message of a held hand-off, verified again from its archive copy: the chain of stages is re-made by parsing.
 * Undefined when its content was erased.
 */
export async function reopenHeld(
  row: HandoffRow,
  context: EvaluationContext,
  doorway: Doorway,
): Promise<{ verified: Verified; index: number } | undefined> {
  const archive = context.fold.archive(row.message)
  if (!archive) return undefined
  const place = { partition: row.partition, seq: row.seq }
  const sdJwt = await openArchive(context.keys, archive, place)
  if (sdJwt === undefined) return undefined
  const verified = await doorway.verifyArchived(sdJwt, row.at, context)
  const index = verified.terms.findIndex(({ terms }) => terms.to === row.to)
  return index < 0 ? undefined : { verified, index }
}
