import { handoffPlace, isHandoffId } from '#core/ids.ts'
import { LIMITS } from '#core/limits.ts'
import { murmur2 } from './murmur2.ts'

/** Partition of a subject (design §3): a hand-off id keeps its own; anything else murmur2 & 0x7fffffff mod 16. */
export function partitionOf(subject: string): number {
  if (isHandoffId(subject)) return handoffPlace(subject).partition
  return (murmur2(Buffer.from(subject, 'utf8')) & 0x7fffffff) % LIMITS.partitions
}
