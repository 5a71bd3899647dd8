/** One partition of one instance: catch up, decide, append, and only then move the fold (design §3). */
import { asFailure, type Failure, fail } from '#core/failure.ts'
import { LIMITS } from '#core/limits.ts'
import { outcomesChain } from '#core/log/chain.ts'
import type { LogRecord } from '#core/ports/event-log.ts'
import type { Fold, FoldHead } from '#core/ports/fold.ts'
import { answerInputs, InputFailed } from './answer-inputs.ts'
import { Batch, BatchFull } from './batch.ts'
import { catchUp, checkFold } from './catch-up.ts'
import { ClockGuard } from './clock-guard.ts'
import { PoisonGuard } from './poison-guard.ts'
import type { ExchangePorts } from './ports.ts'
import { settleKeys } from './settle-keys.ts'
import { tickDue, tickEpochs, tickSweep } from './tick.ts'
import { Turns } from './turns.ts'

/** `worked`: come again at once. `idle`: nothing to do before `until` (ms, or never) unless the log changes. */
export type Pass = { readonly kind: 'worked' } | { readonly kind: 'idle'; readonly until: number | undefined }

/** A sweep that threw waits this long: inputs go on meanwhile. */
const SWEEP_AGAIN_MS = 5_000

/** Inputs read for each that the last block answered: its evaluations may have been unusually slow. */
const READ_AHEAD = 32
/** At most two blocks' worth: how many go into one block is the block's own rule. */
const PAGE_MAX = 2 * LIMITS.batchInputsMax

/** Commands are hundreds of bytes; no sealed message is so small. */
const SHORT_BYTES = 1_500

const WRITE_TO_WORK = 4

const PROBE = { headers: {}, value: new Uint8Array([0]) } as const

export class Worker {
  readonly #ports: ExchangePorts
  readonly #partition: number
  readonly #fold: Fold
  readonly #clock: ClockGuard
  readonly #poison: PoisonGuard
  readonly #turns: Turns
  #opened = false
  /** Inputs to read: about what the next block can answer. With a long queue, reading it all for each block costs more than answering. */
  #page: number = PAGE_MAX
  #sweepAgainAt = 0
  /** What the last block took after it was made, ms. */
  #wroteMs = 0

  constructor(ports: ExchangePorts, partition: number, fold: Fold, turns: Turns = new Turns()) {
    this.#ports = ports
    this.#partition = partition
    this.#fold = fold
    this.#clock = new ClockGuard(ports.clock)
    this.#poison = new PoisonGuard(ports.poison.of(partition))
    this.#turns = turns
  }

  /** One round; `woken`: the log has changed, perhaps control. Throws `OPS_` (again later; the fold is as it was) and `BUG_` of anything that is not an input. */
  async pass(woken: boolean): Promise<Pass> {
    if (!this.#opened) await checkFold(this.#ports, this.#fold, this.#partition)
    this.#opened = true
    const head = await catchUp(this.#ports, this.#fold, this.#partition)
    await this.#readControl(woken)
    const inputs = await this.#ports.log.read('inbound', this.#partition, head.inPosition, this.#page)
    const now = this.#clock.now(head.at)
    const until = this.#nextWork(head, inputs, now)
    if (until !== 'now') return { kind: 'idle', until }
    if (this.#clock.needsProbe()) {
      await this.#probe(head)
      return { kind: 'worked' }
    }
    await this.#write(head, inputs, now)
    return { kind: 'worked' }
  }

  async #readControl(woken: boolean): Promise<void> {
    const age = this.#ports.clock.now() - this.#ports.control.readAt()
    if (woken || age < 0 || age > LIMITS.controlRefreshMs) await this.#ports.control.read()
  }

  #nextWork(head: FoldHead, inputs: readonly LogRecord[], now: number): 'now' | number | undefined {
    const behind = head.epoch < this.#ports.control.state().latest
    const due = sooner(this.#fold.nextDeadline(), this.#fold.nextDuty())
    // Before the first epoch there is no law to judge by: inputs wait.
    const judging = head.epoch > 0 || behind
    if (judging && (behind || inputs.length > 0 || this.#sweeps(head, now))) return 'now'
    if (due !== undefined && due <= Math.max(head.at, now)) return 'now'
    return head.sweep.done ? due : Math.min(due ?? this.#sweepAgainAt, this.#sweepAgainAt)
  }

  #sweeps(head: FoldHead, now: number): boolean {
    return !head.sweep.done && now >= this.#sweepAgainAt
  }

  /** A deliberately void record: its append time tells whether this clock may write. */
  async #probe(head: FoldHead): Promise<void> {
    const before = this.#ports.clock.now()
    const answer = await this.#ports.log.append('outcomes', this.#partition, head.position, [PROBE])
    if (answer.kind !== 'appended') return await this.#doubt()
    if (!this.#clock.compare(before, answer.at)) fail('OPS_CLOCK', undefined, 'off the log’s append time')
  }

  async #write(head: FoldHead, inputs: readonly LogRecord[], readAt: number): Promise<void> {
    this.#fold.begin()
    let now = readAt
    try {
      const batch = await this.#turns.take(this.#isShort(inputs), async () => {
        // What was waited for its turn is no work of this block.
        now = this.#clock.now(head.at)
        const begun = new Batch(this.#ports, this.#partition, this.#fold, head, now, this.#workMs())
        await this.#fill(begun, inputs, now)
        return begun
      })
      if (batch.outcomes.length === 0) return this.#fold.rollback()
      const made = this.#ports.clock.now()
      await this.#ports.keys.put(batch.keys.rows)
      if (!(await batch.keys.stand())) return this.#fold.rollback()
      this.#checkFresh(head)
      const appended = await this.#append(head, batch)
      this.#wroteMs = Math.max(0, this.#ports.clock.now() - made)
      if (appended) return
    } catch (error) {
      this.#fold.rollback()
      if (error instanceof InputFailed) return this.#holdAgainst(error)
      if (error instanceof SweepFailed) return this.#putOffSweep(error.failure, now)
      throw error
    }
    this.#fold.rollback()
    await this.#doubt()
  }

  /**
   * How long the next block may be worked on: a part of what writing it will take. Where stores are slow, one input a block would mean
   * that they do nothing but begin; where they are quick, nobody waits for a block.
   */
  #workMs(): number {
    return Math.min(Math.max(LIMITS.batchWorkMs, this.#wroteMs / WRITE_TO_WORK), LIMITS.batchWorkMaxMs)
  }

  /** A command of our own, next in line: nothing to open, derive, decide or seal. */
  #isShort([next]: readonly LogRecord[]): boolean {
    return next !== undefined && next.value.length < SHORT_BYTES
  }

  async #fill(batch: Batch, inputs: readonly LogRecord[], now: number): Promise<void> {
    try {
      if (!(await tickDue(this.#ports, batch))) return
      await tickEpochs(this.#ports, batch)
      if (this.#sweeps(batch.head, now)) await sweep(this.#ports, batch)
      await answerInputs(this.#ports, batch, inputs, this.#poison)
    } catch (error) {
      if (!(error instanceof BatchFull) && !waits(error, batch)) throw error
    }
  }

  /** Right before each append: what was read of control is ≤ 10 s old, and the clock still fits. */
  #checkFresh(head: FoldHead): void {
    const age = this.#clock.now(head.at) - this.#ports.control.readAt()
    if (age < 0 || age > LIMITS.controlAgeMs) fail('OPS_CONTROL', undefined, 'control was read too long ago')
  }

  /** True: the block is in the chain, its keys are settled and the fold has moved. False: in doubt or lost; the log will tell. */
  async #append(head: FoldHead, batch: Batch): Promise<boolean> {
    const before = this.#ports.clock.now()
    const answer = await this.#ports.log.append('outcomes', this.#partition, head.position, batch.entries)
    if (answer.kind !== 'appended') return false
    this.#clock.compare(before, answer.at)
    for (const outcome of batch.outcomes) await settleKeys(this.#ports.keys, this.#partition, outcome)
    this.#fold.setHead({ ...batch.head, position: answer.first + batch.entries.length })
    this.#fold.commit()
    this.#poison.answered(batch.head.inputs)
    const answered = batch.head.inputs - head.inputs
    this.#page = Math.min(Math.max(answered, 1) * READ_AHEAD, PAGE_MAX)
    for (const { answer: given, in: input } of batch.outcomes) {
      if (given.kind === 'parked' && input) this.#report(input.n)
    }
    return true
  }

  #report(n: number): void {
    this.#ports.report({ kind: 'parked', partition: this.#partition, n, code: 'BUG_PARKED' })
  }

  /** After a lost race the log has grown; one that is shorter than what was read of it is another log. */
  async #doubt(): Promise<void> {
    const head = this.#fold.head()
    const end = await this.#ports.log.end('outcomes', this.#partition)
    if (head && end < head.position) {
      fail('OPS_LOG', undefined, `${outcomesChain(this.#ports.codecs).topic} became shorter`)
    }
  }

  #holdAgainst(error: InputFailed): void {
    const { n, failure } = error
    if (!this.#poison.failed(n, failure)) throw failure
    this.#reportBug(failure, n)
  }

  /** A sweep cannot be parked, and may not stop the line: it is tried again, and its epoch is not in force until it is done. */
  #putOffSweep(failure: Failure, now: number): void {
    this.#sweepAgainAt = now + SWEEP_AGAIN_MS
    this.#reportBug(failure, null)
  }

  #reportBug(failure: Failure, n: number | null): void {
    const error = failure.cause instanceof Error ? failure.cause : failure
    this.#ports.report({ kind: 'bug', partition: this.#partition, n, error })
  }
}

/** An input that must wait for an operator holds up nothing before it: that is written, and the next pass tells. */
function waits(error: unknown, batch: Batch): boolean {
  return error instanceof InputFailed && error.failure.family === 'OPS' && batch.outcomes.length > 0
}

const sooner = (one: number | undefined, other: number | undefined): number | undefined =>
  one === undefined || other === undefined ? (one ?? other) : Math.min(one, other)

/** A sweep that threw what is not `OPS_`. */
class SweepFailed extends Error {
  readonly failure: Failure
  constructor(failure: Failure) {
    super(failure.code)
    this.failure = failure
  }
}

async function sweep(ports: ExchangePorts, batch: Batch): Promise<void> {
  try {
    await tickSweep(ports, batch)
  } catch (error) {
    if (error instanceof BatchFull) throw error
    const failure = asFailure(error)
    throw failure.family === 'OPS' ? failure : new SweepFailed(failure)
  }
}

/** What to do about something a pass threw: an `OPS_` failure and whether it ends the service. */
export function judgeFailure(error: unknown): { readonly failure: Failure; readonly fatal: boolean } {
  const failure = asFailure(error)
  return { failure, fatal: failure.code === 'OPS_LOG' }
}
