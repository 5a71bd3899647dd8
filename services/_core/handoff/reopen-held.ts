import { requireCrlInTime } from '#core/decision/crl-in-time.ts'
import { asFailure } from '#core/failure.ts'
import type { Verified } from '#core/message/content.ts'
import type { HandoffRow } from '#core/ports/fold.ts'
import { openArchive } from './archive.ts'
import type { Doorway } from './doorway.ts'
import type { EvaluationContext } from './evaluator.ts'
import { messageArchive } from './same-message.ts'

/**
 * The message of a held hand-off, verified again from its archive copy: the chain of stages is re-made by parsing.
 * Undefined when its content was erased or does not verify any more.
 */
export async function reopenHeld(
  row: HandoffRow,
  context: EvaluationContext,
  doorway: Doorway,
): Promise<{ verified: Verified; index: number } | undefined> {
  requireCrlInTime(context.epoch, context.at)
  const archive = context.fold.archive(messageArchive(row))
  if (!archive) return undefined
  const place = { partition: row.partition, seq: row.seq }
  const sdJwt = await openArchive(context.keys, archive, place)
  if (sdJwt === undefined) return undefined
  const verified = await verifyAgain(sdJwt, row, context, doorway)
  const index = verified?.terms.findIndex(({ terms }) => terms.to === row.to) ?? -1
  return verified && index >= 0 ? { verified, index } : undefined
}

/** What was verified once may not verify under a later epoch: evidence withdrawn, a certificate or type gone. Then it is not asked again. */
async function verifyAgain(
  sdJwt: string,
  row: HandoffRow,
  context: EvaluationContext,
  doorway: Doorway,
): Promise<Verified | undefined> {
  try {
    return await doorway.verifyArchived(sdJwt, row.at, context)
  } catch (error) {
    const failure = asFailure(error)
    if (failure.family === 'OPS' || failure.family === 'BUG') throw error
    return undefined
  }
}
