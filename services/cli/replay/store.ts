import type { Epoch } from '#core/decision/epoch.ts'
import type { RecordCodecs } from '#core/log/codec.ts'
import type { EventLog } from '#core/ports/event-log.ts'
import type { KeyStore } from '#core/ports/key-store.ts'

/** Epochs by number: control as it was, or as it would be under proposed rules. */
export interface EpochSource {
  resolve(epoch: number): Promise<Epoch>
}

/** All that replay needs: the log, living keys, control. */
export interface ReplayStore {
  readonly log: EventLog
  readonly codecs: RecordCodecs
  readonly keys: KeyStore
  readonly control: EpochSource
}
