/** One block of outcomes in the making: each is folded at once, inside a transaction that ends with the append. */

import type { Epoch } from '#core/decision/epoch.ts'
import { Failure } from '#core/failure.ts'
import { applyOutcome } from '#core/handoff/apply-outcome.ts'
import type { Evaluation, EvaluationContext } from '#core/handoff/evaluator.ts'
import type { Outcome } from '#core/handoff/outcome.ts'
import { LIMITS } from '#core/limits.ts'
import { hashOf, outcomesChain } from '#core/log/chain.ts'
import type { LogEntry } from '#core/ports/event-log.ts'
import type { Fold, FoldHead } from '#core/ports/fold.ts'
import { BatchKeys } from './batch-keys.ts'
import type { ExchangePorts } from './ports.ts'
import { keysErased } from './settle-keys.ts'

/** Room for what the broker adds around each record. */
const ENTRY_OVERHEAD = 256

/** More than the ids and codes of one effect, or of an outcome without its effects, take. */
const NAMES = 1024

export type Chosen = Pick<Outcome, 'in' | 'epoch' | 'sweep'>

/** Thrown when the block has no room left: what is in it is appended, the rest comes in the next. */
export class BatchFull extends Error {}

/** Thrown when one outcome is larger than 1 MiB. */
export class OutcomeTooLarge extends Failure {
  constructor() {
    super('BUG_INVARIANT', undefined, 'outcome larger than 1 MiB')
  }
}

export class Batch {
  readonly at: number
  readonly keys: BatchKeys
  readonly outcomes: Outcome[] = []
  readonly entries: LogEntry[] = []
  readonly #ports: ExchangePorts
  readonly #partition: number
  readonly #fold: Fold
  readonly #startedAt: number
  readonly #workMs: number
  #head: FoldHead
  #bytes = 0

  /** The fold's transaction is open. `now` is the writer's clock; `at` is never below the record before. `workMs`: when it is spent. */
  constructor(
    ports: ExchangePorts,
    partition: number,
    fold: Fold,
    head: FoldHead,
    now: number,
    workMs: number = LIMITS.batchWorkMs,
  ) {
    this.#ports = ports
    this.#partition = partition
    this.#fold = fold
    this.#head = head
    this.#startedAt = now
    this.#workMs = workMs
    this.at = Math.max(head.at, now)
    this.keys = new BatchKeys(ports.keys, ports.random)
  }

  get head(): FoldHead {
    return this.#head
  }

  get fold(): Fold {
    return this.#fold
  }

  /** Work beyond this is left to the next block. */
  get spent(): boolean {
    return this.#ports.clock.now() - this.#startedAt >= this.#workMs
  }

  context(epoch: Epoch): EvaluationContext {
    return {
      partition: this.#partition,
      seq: this.#head.seq + 1,
      at: this.at,
      epoch,
      fold: this.#fold,
      keys: this.keys,
      random: this.#ports.random,
    }
  }

  /** Makes the outcome of an evaluation that `context()` was given for, folds it, and moves the head. */
  add(evaluation: Evaluation, chosen: Chosen): void {
    const { keyRows, ...answered } = evaluation
    const head = this.#head
    const outcome: Outcome = {
      ...answered,
      ...chosen,
      seq: head.seq + 1,
      prev: head.hash,
      at: this.at,
      genesis: null,
    }
    if (sizeOf(evaluation) > LIMITS.outcomeBytesMax) throw new OutcomeTooLarge()
    const chain = outcomesChain(this.#ports.codecs)
    const progress = chain.progress(head, outcome)
    if (!progress) throw new Failure('BUG_INVARIANT', undefined, 'own outcome would be void')
    const entry = chain.codec.encode(outcome)
    const bytes = this.#bytes + entry.value.length + ENTRY_OVERHEAD
    if (bytes > LIMITS.appendBytesMax) throw new BatchFull()
    applyOutcome(this.#fold, this.#partition, outcome)
    this.#head = { ...head, ...progress, seq: outcome.seq, at: outcome.at, hash: hashOf(entry.value) }
    this.#fold.setHead(this.#head)
    this.#bytes = bytes
    this.outcomes.push(outcome)
    this.entries.push(entry)
    this.keys.add(keyRows)
    this.keys.erase(keysErased(outcome))
  }
}

/** At least what the record will take: bytes as they are, and room for the names around them. */
function sizeOf({ effects, duties, archive, decisions, leaves }: Evaluation): number {
  let size = NAMES * (1 + duties.length) + (archive?.bytes.length ?? 0) + (decisions?.bytes.length ?? 0)
  for (const leaf of leaves) size += leaf.length + 8
  for (const effect of effects) size += NAMES + ('sealed' in effect ? (effect.sealed?.length ?? 0) : 0)
  return size
}

/** A tick or parked answer that nothing was evaluated for. */
export function bareEvaluation(answer: Evaluation['answer']): Evaluation {
  return {
    answer,
    submitter: null,
    outerId: null,
    seen: null,
    effects: [],
    duties: [],
    archive: null,
    decisions: null,
    leaves: [],
    keyRows: [],
  }
}
