import type { ControlFollower } from '#adapters/control/follow.ts'
import type { FailureCode } from '#core/failure.ts'
import type { Evaluator } from '#core/handoff/evaluator.ts'
import type { RecordCodecs } from '#core/log/codec.ts'
import type { Clock } from '#core/ports/clock.ts'
import type { EventLog } from '#core/ports/event-log.ts'
import type { Fold } from '#core/ports/fold.ts'
import type { KeyStore } from '#core/ports/key-store.ts'
import type { Poison } from '#core/ports/poison.ts'
import type { Random } from '#core/ports/random.ts'

/**
 * What an operator should hear of. `paused`: tried again with backoff; `bug`: `n` is the input, if one threw; `share`: the
 * partitions that this instance works on from now.
 */
export type ExchangeEvent =
  | { readonly kind: 'share'; readonly partitions: readonly number[] }
  | { readonly kind: 'paused'; readonly partition: number; readonly code: FailureCode }
  | { readonly kind: 'resumed'; readonly partition: number }
  | { readonly kind: 'parked'; readonly partition: number; readonly n: number; readonly code: FailureCode }
  | { readonly kind: 'bug'; readonly partition: number; readonly n: number | null; readonly error: Error }

export type ControlReader = Pick<ControlFollower, 'read' | 'resolve' | 'state' | 'readAt'>

export interface ExchangePorts {
  readonly log: EventLog
  readonly codecs: RecordCodecs
  readonly keys: KeyStore
  readonly control: ControlReader
  readonly clock: Clock
  readonly random: Random
  readonly evaluator: Evaluator
  /** Opens the fold of a partition; the exchange closes it. */
  readonly fold: (partition: number) => Fold
  readonly poison: Poison
  readonly report: (event: ExchangeEvent) => void
}
