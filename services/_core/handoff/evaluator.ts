import type { Epoch } from '#core/decision/epoch.ts'
import type { DutyRow, Fold, HandoffRow } from '#core/ports/fold.ts'
import type { KeyKind, KeyRow } from '#core/ports/key-store.ts'
import type { Random } from '#core/ports/random.ts'
import type { Answer, DutyChange, Effect, Inbound, Sealed, Seen } from './outcome.ts'

/** Keys for one evaluation. `ensure` returns a shared key (case, month, day), made if need be; it is durable before the outcome is. */
export interface KeyAccess {
  get(id: string): Promise<KeyRow | undefined>
  ensure(id: string, kind: KeyKind, notAfter?: number): Promise<KeyRow>
}

/** What an evaluation may read: `seq` and `at` are those of the outcome it will become. The fold shows this batch's earlier outcomes too. */
export interface EvaluationContext {
  readonly partition: number
  readonly seq: number
  readonly at: number
  readonly epoch: Epoch
  readonly fold: Fold
  readonly keys: KeyAccess
  readonly random: Random
}

/** One input as read: `receivedAt` is the log's append time, or for a redrive the parked outcome's `at`. */
export interface Input {
  readonly inbound: Inbound
  readonly position: number
  readonly receivedAt: number
  readonly digest: Uint8Array
}

/** Everything of an outcome but the chain fields; `keyRows` are made durable before the append. */
export interface Evaluation {
  readonly answer: Answer
  readonly submitter: string | null
  readonly outerId: string | null
  readonly seen: Seen | null
  readonly effects: readonly Effect[]
  readonly duties: readonly DutyChange[]
  readonly archive: Sealed | null
  readonly decisions: Sealed | null
  readonly leaves: readonly Uint8Array[]
  readonly keyRows: readonly KeyRow[]
}

/**
 * The way of a message from input to effects (design §1), without the log. Failures of the message or the peer are answers,
 * not exceptions; it throws `OPS_` (try again) or `BUG_` (counts towards poison) only.
 */
export interface Evaluator {
  input(input: Input, context: EvaluationContext): Promise<Evaluation>
  /** Due deadlines: every row becomes `expired`. */
  expire(rows: readonly HandoffRow[], context: EvaluationContext): Promise<Evaluation>
  /** Due duties: reminded, missed, over, or the copy erased. */
  duties(rows: readonly DutyRow[], context: EvaluationContext): Promise<Evaluation>
  /** A new epoch: held rows are asked again, sealed ones of suspended partners or revoked keys are recalled. */
  sweep(rows: readonly HandoffRow[], context: EvaluationContext): Promise<Evaluation>
}
