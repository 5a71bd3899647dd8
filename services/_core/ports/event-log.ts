export type Topic = 'inbound' | 'outcomes' | 'control' | 'ledger'

export interface LogEntry {
  readonly headers: Readonly<Record<string, string>>
  readonly value: Uint8Array
}

/** `position`: dense or sparse, rising, opaque to everything but this port. `at`: the log's own append time, ms. */
export interface LogRecord extends LogEntry {
  readonly position: number
  readonly at: number
}

/**
 * - `appended`: for sure, as one block, with nothing between `head` and it. `first` is the position of its first record.
 * - `conflict`: somebody else wrote in between. It does NOT mean that nothing was written (on Kafka the block lies there, void).
 * - `unknown`: no answer to be trusted; the block may be there, may land later, or never. Read to the end and look.
 */
export type AppendResult =
  | { readonly kind: 'appended'; readonly first: number; readonly at: number }
  | { readonly kind: 'conflict' }
  | { readonly kind: 'unknown' }

/**
 * The log (design §3). Durability: what `append` or `put` acknowledged survives kill -9 of everything.
 * Order: per (topic, partition). Retry: the caller's; no implementation resends by itself. Throws `OPS_LOG_UNAVAILABLE`.
 */
export interface EventLog {
  /** Records from `from` (inclusive) on, at most `most`, `LIMITS.readRecordsMax` and `readBytesMax`; empty at the end. */
  read(topic: Topic, partition: number, from: number, most?: number): Promise<readonly LogRecord[]>
  /** Writes all entries as one block after `head` (the next position, i.e. `end()`), or says why not. Chained topics only. */
  append(topic: Topic, partition: number, head: number, entries: readonly LogEntry[]): Promise<AppendResult>
  /** Plain append for `inbound`: durable on return; any doubt throws `OPS_LOG_UNAVAILABLE` (the record may be there). */
  put(partition: number, entry: LogEntry): Promise<{ readonly position: number; readonly at: number }>
  /** The position that the next record will get. */
  end(topic: Topic, partition: number): Promise<number>
  /**
   * Resolves when a record may have been added to any of `topics` since the call, after `timeoutMs`, or on abort. With `partition`
   * an adapter may leave out the other partitions of inbound and outcomes; it may always resolve too often.
   */
  changed(topics: readonly Topic[], timeoutMs: number, signal: AbortSignal, partition?: number): Promise<void>
  close(): Promise<void>
}
