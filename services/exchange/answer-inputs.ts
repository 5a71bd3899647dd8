import { asFailure, type Failure } from '#core/failure.ts'
import type { Evaluation, Input } from '#core/handoff/evaluator.ts'
import type { Inbound } from '#core/handoff/outcome.ts'
import { LIMITS } from '#core/limits.ts'
import { hashOf } from '#core/log/chain.ts'
import { receivedAt } from '#core/log/redrive.ts'
import type { LogRecord } from '#core/ports/event-log.ts'
import { type Batch, BatchFull, bareEvaluation } from './batch.ts'
import type { PoisonGuard } from './poison-guard.ts'
import type { ExchangePorts } from './ports.ts'
import { tickDue } from './tick.ts'

/** An input that made the evaluator throw; nothing of its block is written. */
export class InputFailed extends Error {
  readonly n: number
  readonly failure: Failure
  constructor(n: number, failure: Failure) {
    super(failure.code)
    this.n = n
    this.failure = failure
  }
}

/**
 * Answers `records`, the next inputs in order, until the block is full, its time to work is spent, or none is left. Before each one due
 * deadlines tick.
 */
export async function answerInputs(
  ports: ExchangePorts,
  batch: Batch,
  records: readonly LogRecord[],
  poison: PoisonGuard,
): Promise<void> {
  const first = batch.head.inputs + 1
  const count = poison.together(first, Math.min(records.length, LIMITS.batchInputsMax))
  if (count === 0) return
  await poison.marked(first, first + count - 1, async () => {
    for (const record of records.slice(0, count)) {
      if (!(await tickDue(ports, batch))) return
      if (!(await answerOne(ports, batch, record, poison)) || batch.spent) return
    }
  })
}

async function answerOne(
  ports: ExchangePorts,
  batch: Batch,
  record: LogRecord,
  poison: PoisonGuard,
): Promise<boolean> {
  const n = batch.head.inputs + 1
  const digest = hashOf(record.value)
  const chosen = { in: { n, position: record.position, digest }, epoch: batch.head.epoch, sweep: null }
  try {
    const evaluation = poison.isPoison(n)
      ? parked(ports, record)
      : await evaluate(ports, batch, record, digest)
    batch.add(evaluation, chosen)
    return true
  } catch (error) {
    if (error instanceof BatchFull) return false
    throw new InputFailed(n, asFailure(error))
  }
}

/** Names whom it came from, if that much can be read, so that its sender can see it. */
function parked(ports: ExchangePorts, record: LogRecord): Evaluation {
  const bare = bareEvaluation({ kind: 'parked', code: 'BUG_PARKED', pointer: null, repeatOf: null })
  try {
    const inbound = ports.codecs.inbound.decode(record)
    return { ...bare, submitter: inbound?.submitter ?? null, outerId: inbound?.attributes['id'] ?? null }
  } catch {
    return bare
  }
}

async function evaluate(
  ports: ExchangePorts,
  batch: Batch,
  record: LogRecord,
  digest: Uint8Array,
): Promise<Evaluation> {
  const inbound = ports.codecs.inbound.decode(record) ?? unreadable(record)
  const input: Input = {
    inbound,
    position: record.position,
    receivedAt: receivedAt(batch.fold, ports.codecs, inbound, record.at, batch.at),
    digest,
  }
  const epoch = await ports.control.resolve(batch.head.epoch)
  return await ports.evaluator.input(input, batch.context(epoch))
}

/** Inbound is a plain append: what no gateway of ours wrote is answered too, as a message that nobody handed in. */
function unreadable(record: LogRecord): Inbound {
  return { kind: 'message', attributes: {}, submitter: null, redriveOf: null, body: record.value }
}
