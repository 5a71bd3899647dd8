import { fail } from '#core/failure.ts'
import type { Inbound } from '#core/handoff/outcome.ts'
import { LIMITS } from '#core/limits.ts'
import type { EventLog } from '#core/ports/event-log.ts'
import type { Fold } from '#core/ports/fold.ts'
import { chainSteps, hashOf, outcomesChain } from './chain.ts'
import type { RecordCodecs } from './codec.ts'

/**
 * The input that `schakel redrive` puts into inbound again: the original bytes of a parked one. A redrive that was parked
 * itself leads back to the first. Throws `OPS_NOT_FOUND` when that outcome parked nothing.
 */
export async function readParked(
  log: EventLog,
  codecs: RecordCodecs,
  partition: number,
  seq: number,
): Promise<Inbound> {
  for await (const { record } of chainSteps(log, outcomesChain(codecs), partition)) {
    if (record.seq !== seq) continue
    if (record.answer.kind !== 'parked' || !record.in) break
    const [entry] = await log.read('inbound', partition, record.in.position, 1)
    const inbound = entry && codecs.inbound.decode(entry)
    if (!inbound) break
    return { ...inbound, redriveOf: inbound.redriveOf ?? seq }
  }
  return fail('OPS_NOT_FOUND', undefined, `nothing is parked at ${partition}-${seq}`)
}

/**
 * When this input counts as received: the log's append time, or for a redrive the parked outcome's `at`. A `redriveOf`
 * counts only if that outcome parked exactly these bytes within the last 7 days: nobody backdates a message.
 */
export function receivedAt(
  fold: Fold,
  codecs: RecordCodecs,
  inbound: Inbound,
  appendedAt: number,
  now: number,
): number {
  if (inbound.redriveOf === null) return appendedAt
  const parked = fold.parked(inbound.redriveOf)
  if (!parked || now - parked.at > LIMITS.redriveMs) return appendedAt
  const original = hashOf(codecs.inbound.encode({ ...inbound, redriveOf: null }).value)
  return Buffer.from(original).toString('base64url') === parked.digest ? parked.at : appendedAt
}
