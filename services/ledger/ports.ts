import type { Failure } from '#core/failure.ts'
import type { RecordCodecs } from '#core/log/codec.ts'
import type { Clock } from '#core/ports/clock.ts'
import type { EventLog } from '#core/ports/event-log.ts'
import type { KeyStore } from '#core/ports/key-store.ts'
import type { TileStore } from '#core/ports/tile-store.ts'

/** `checkpoint`: signed, durable and published. `paused`: an `OPS_` that passes; it starts again from what is durable. */
export type LedgerEvent =
  | { readonly kind: 'checkpoint'; readonly size: number; readonly root: string }
  | { readonly kind: 'paused'; readonly failure: Failure }

export interface LedgerPorts {
  readonly log: EventLog
  readonly codecs: RecordCodecs
  /** Holds `op:ledger`, the Ed25519 key of checkpoints. */
  readonly keys: KeyStore
  readonly tiles: TileStore
  readonly clock: Clock
  report(event: LedgerEvent): void
}
