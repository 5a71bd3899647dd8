/** What the exchange does by itself, between inputs: deadlines, epochs, sweeps. Each tick is an outcome without `in`. */
import { fail } from '#core/failure.ts'
import { LIMITS } from '#core/limits.ts'
import type { HandoffRow } from '#core/ports/fold.ts'
import { type Batch, bareEvaluation, OutcomeTooLarge } from './batch.ts'
import type { ExchangePorts } from './ports.ts'

const TICK = { kind: 'tick', code: null, pointer: null, repeatOf: null } as const

/** Expires everything past its deadline at the batch's `at`. True when nothing is left. */
async function tickDeadlines(ports: ExchangePorts, batch: Batch): Promise<boolean> {
  for (;;) {
    const rows = batch.fold.due(batch.at, LIMITS.holdSweepPerTick)
    const first = rows[0]
    if (!first) return true
    if (batch.outcomes.length > 0 && batch.spent) return false
    const { epoch } = batch.head
    const evaluation = await ports.evaluator.expire(rows, batch.context(await ports.control.resolve(epoch)))
    batch.add(evaluation, { in: null, epoch, sweep: null })
    if (batch.fold.due(batch.at, 1)[0]?.handoff === first.handoff) {
      fail('BUG_INVARIANT', undefined, 'a due hand-off did not expire')
    }
  }
}

/** As `tickDeadlines`, for duties: reminded, missed, over, erased. */
async function tickDuties(ports: ExchangePorts, batch: Batch): Promise<boolean> {
  for (;;) {
    const rows = batch.fold.dueDuties(batch.at, LIMITS.dutiesPerTick)
    const first = rows[0]
    if (!first) return true
    if (batch.outcomes.length > 0 && batch.spent) return false
    const { epoch } = batch.head
    const evaluation = await ports.evaluator.duties(rows, batch.context(await ports.control.resolve(epoch)))
    batch.add(evaluation, { in: null, epoch, sweep: null })
    const after = batch.fold.duty(first.handoff, first.duty)
    if (after?.changedSeq !== batch.head.seq) fail('BUG_INVARIANT', undefined, 'a due duty did not change')
  }
}

/**
 * Whatever is due at the batch's `at`; deadlines first, since a hand-off that expires withdraws its duties. True when nothing due
 * is left: only then may an input or a sweep be looked at.
 */
export async function tickDue(ports: ExchangePorts, batch: Batch): Promise<boolean> {
  return (await tickDeadlines(ports, batch)) && (await tickDuties(ports, batch))
}

/** Raises the partition's epoch to control's newest, one tick each; every rise opens a new sweep. */
export async function tickEpochs(ports: ExchangePorts, batch: Batch): Promise<void> {
  const { latest } = ports.control.state()
  while (batch.head.epoch < latest) {
    const epoch = batch.head.epoch + 1
    // Nothing is written under an epoch that this instance cannot read whole.
    await ports.control.resolve(epoch)
    const done = batch.fold.open(0, epoch, 1).length === 0
    batch.add(bareEvaluation(TICK), { in: null, epoch, sweep: { upto: 0, done } })
  }
}

/** One page of the sweep that is open, if any. An outcome too large is cut to fewer rows. */
export async function tickSweep(ports: ExchangePorts, batch: Batch): Promise<void> {
  const { epoch, sweep } = batch.head
  if (sweep.done) return
  for (let limit: number = LIMITS.holdSweepPerTick; ; limit = Math.floor(limit / 2)) {
    const { rows, done } = sweepPage(batch, limit)
    const last = rows.at(-1)
    const evaluation = last
      ? await ports.evaluator.sweep(rows, batch.context(await ports.control.resolve(epoch)))
      : bareEvaluation(TICK)
    try {
      batch.add(evaluation, { in: null, epoch, sweep: { upto: last?.seq ?? sweep.upto, done } })
      return
    } catch (error) {
      if (!(error instanceof OutcomeTooLarge) || limit <= 1) throw error
    }
  }
}

/** Whole messages only: `upto` is a seq, and the hand-offs of one seq must not be split by it. */
function sweepPage(batch: Batch, limit: number): { rows: readonly HandoffRow[]; done: boolean } {
  const { epoch, sweep } = batch.head
  const most = limit + LIMITS.holdSweepPerTick
  const rows = batch.fold.open(sweep.upto, epoch, most)
  const next = rows[limit]
  if (!next) return { rows, done: rows.length < most }
  const whole = rows.filter((row) => row.seq < next.seq)
  const page = whole.length > 0 ? whole : rows.filter((row) => row.seq === next.seq)
  return { rows: page, done: page.length === rows.length && rows.length < most }
}
