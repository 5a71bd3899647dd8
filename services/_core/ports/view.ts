import type { DecisionRecord } from '#core/decision/decision-record.ts'
import type { AnswerKind } from '#core/handoff/outcome.ts'
import type { HandoffId } from '#core/ids.ts'
import type { DutyRow, HandoffRow } from './fold.ts'

/** What became of one submitted message, for its submitter. */
export interface MessageStatus {
  readonly submitter: string
  readonly outerId: string
  readonly partition: number
  readonly seq: number
  readonly at: number
  readonly answer: AnswerKind
  readonly code: string | null
  readonly pointer: string | null
  readonly handoffs: readonly HandoffId[]
}

/** Cursor of an inbox or feed: last seen outcome seq per partition, 16 numbers. */
export type ViewCursor = readonly number[]

/** What a sender is told: the answer to a message it handed in (`status`), or a later change of a hand-off of its own. */
export interface SenderChange {
  readonly partition: number
  /** Of the outcome that answered or changed. */
  readonly seq: number
  readonly at: number
  /** The message's outer id, or the hand-off's. */
  readonly about: string
  readonly status: MessageStatus | null
}

/** Read side of all partitions, kept up by tailing outcomes; used by gateway, courier, console and CLI. Eventually current. */
export interface View {
  handoff(id: HandoffId): HandoffRow | undefined
  /** By mTLS identity and outer id; the first non-repeat answer wins. */
  message(submitter: string, outerId: string): MessageStatus | undefined
  /** The answer to the input at this position of `inbound`, one of the last thousands; a repeat's hand-offs are those of the first. */
  answerTo(partition: number, position: number): MessageStatus | undefined
  /** Released, still readable hand-offs to this OIN after the cursor, in (partition, releasedSeq) order. */
  inbox(oin: string, after: ViewCursor, limit: number): readonly HandoffRow[]
  /** What happened after the cursor to messages that this OIN handed in and to hand-offs it sent, in (partition, seq) order. */
  changes(oin: string, after: ViewCursor, limit: number): readonly SenderChange[]
  /** Sealed hand-offs not yet released, for the courier. */
  unreleased(limit: number): readonly HandoffRow[]
  /** Newest first; for console and CLI. */
  recent(limit: number, before?: number): readonly HandoffRow[]
  counts(): Readonly<Record<string, number>>
  /** Decision records of a hand-off, oldest first, opened with the accountability key; [] once that key's term is over. */
  decisions(id: HandoffId): Promise<readonly DecisionRecord[]>
  /** By name of the duty. */
  dutiesOf(handoff: string): readonly DutyRow[]
  /** The outer-sealed bytes of a sealed hand-off, from the log. */
  sealed(id: HandoffId): Promise<Uint8Array | undefined>
  head(): ViewCursor
  /** Resolves with the new head when outcomes were folded since `after`, or after the time-out, or on abort. */
  changed(after: ViewCursor, timeoutMs: number, signal: AbortSignal): Promise<ViewCursor>
}
