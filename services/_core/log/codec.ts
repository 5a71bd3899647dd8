import type { ControlRecord, Cut, Inbound, Outcome } from '#core/handoff/outcome.ts'
import type { LogEntry } from '#core/ports/event-log.ts'

/** Bytes of one kind of record. `decode` gives undefined for anything that is not exactly such a record: void to the reader. */
export interface RecordCodec<T> {
  encode(record: T): LogEntry
  decode(entry: LogEntry): T | undefined
}

export interface RecordCodecs {
  readonly inbound: RecordCodec<Inbound>
  readonly outcome: RecordCodec<Outcome>
  readonly control: RecordCodec<ControlRecord>
  readonly cut: RecordCodec<Cut>
}
