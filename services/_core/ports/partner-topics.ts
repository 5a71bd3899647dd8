import type { Oin } from '#core/ids.ts'

/** `in`: `p.<oin>.in`, written by the partner. `out`: `p.<oin>.out`, written by courier and gateway, read by the partner. */
export type PartnerTopic = 'in' | 'out'

/** A record as it lies there: a partner writes what it likes. Headers in their order, repeats included. */
export interface PartnerRecord {
  readonly position: number
  readonly headers: readonly (readonly [name: string, value: Uint8Array])[]
  readonly value: Uint8Array | null
}

/** `next`: where the next read starts, behind everything read, what was left out (aborted transactions) included. */
export interface PartnerPage {
  readonly records: readonly PartnerRecord[]
  readonly next: number
}

export interface PartnerEntry {
  /** Repeats the event's id. */
  readonly key: string
  readonly headers: Readonly<Record<string, string>>
  readonly value: Uint8Array
}

/** How far somebody has come, and what else it noted (at most 4,000 characters). */
export interface PartnerMemory {
  readonly position: number
  readonly note: string
}

/**
 * The topics of partners with a client of their own (design §3): one partition each, so that a partner's records have one
 * order. The topic's ACL is the identity: only the partner with that OIN writes its `in`. Every method throws `OPS_LOG_UNAVAILABLE`.
 */
export interface PartnerTopics {
  /** Committed records from `from` on, a page of them, none at the end; from the oldest kept when `from` is older, or ahead of the end. */
  read(oin: Oin, topic: PartnerTopic, from: number): Promise<PartnerPage>
  /** One record to `out`, durable on return; any doubt throws, and the record may be there. Never sends again by itself. */
  append(oin: Oin, entry: PartnerEntry): Promise<{ readonly position: number }>
  /** What was remembered last, by whichever instance; undefined when nothing was, or it was forgotten (7 days without news). */
  remembered(oin: Oin, topic: PartnerTopic): Promise<PartnerMemory | undefined>
  remember(oin: Oin, topic: PartnerTopic, memory: PartnerMemory): Promise<void>
  /** Resolves when `in` may have a record at or after `from`, after `timeoutMs`, or on abort; may resolve too often. */
  changed(oin: Oin, from: number, timeoutMs: number, signal: AbortSignal): Promise<void>
  close(): Promise<void>
}
