import type { MessageStatus } from '#sdk/gateway-answers.ts'

/** A hand-off to this endpoint. Its content lies here sealed to the partner's own key, and is opened when somebody reads it. */
export interface ReceivedRow {
  readonly handoff: string
  readonly type: string
  readonly from: string
  /** ms */
  readonly at: number
  readonly handling: string
  readonly obligations: readonly string[]
  /** When the exchange stops waiting for an acknowledgement, ms. */
  readonly deadline: number | null
  /** ms; null = not yet. */
  readonly acknowledged: number | null
  /** A request to approve another hand-off. */
  readonly approval: {
    readonly handOff: string
    readonly guard: string
    readonly ask: string
    readonly until: number
  } | null
  /** null: removed by somebody here. */
  readonly sealed: string | null
  /** Its label, for later messages. */
  readonly evidence: string
  readonly keepUntil: number
}

/** A message this endpoint sent: what became of it, without its data. */
export interface SentRow {
  readonly message: string
  readonly type: string
  readonly at: number
  /** Who prepared it. */
  readonly actor: string
  readonly status: MessageStatus
}

/** What an approver answered here. */
export interface AnswerRow {
  /** The hand-off that asked. */
  readonly request: string
  readonly handOff: string
  readonly guard: string
  readonly granted: boolean
  readonly actor: string
  readonly role: string
  readonly reason: string
  readonly at: number
}

/** What did not hold when it came: never shown, told to the desk of the exchange. */
export interface RefusedRow {
  readonly handoff: string
  readonly code: string
  readonly at: number
}

/** What a desk remembers. Lists: newest first. */
export interface DeskStore {
  cursor(): string | undefined
  /** All of it and the cursor, or nothing. A hand-off that is known stays as it is. */
  receive(rows: readonly ReceivedRow[], refused: readonly RefusedRow[], cursor: string): void
  received(limit: number): readonly ReceivedRow[]
  receivedOne(handoff: string): ReceivedRow | undefined
  acknowledge(handoff: string, at: number): void
  /** Removes the content; that it came is kept. */
  removeContent(handoff: string): void
  refused(limit: number): readonly RefusedRow[]
  /** Also replaces what was known of it. */
  putSent(row: SentRow): void
  sent(limit: number): readonly SentRow[]
  sentOne(message: string): SentRow | undefined
  /** Oldest first: those whose end is not known. */
  sentOpen(limit: number): readonly SentRow[]
  /** The message one of whose hand-offs this is. */
  sentWith(handoff: string): SentRow | undefined
  answer(row: AnswerRow): void
  answers(limit: number): readonly AnswerRow[]
  answerTo(request: string): AnswerRow | undefined
  /** Forgets what is over its term: what was received at its own, all else after `kept` ms. */
  purge(now: number, kept: number): void
  close(): void
}
