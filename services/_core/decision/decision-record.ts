import type { DutyChange, HandoffState } from '#core/handoff/outcome.ts'
import type { HandoffId } from '#core/ids.ts'
import type { Question, Verdict } from './verdict.ts'

/** Versions of everything a verdict depended on besides the question, each a SHA-256 (ADL `policies`, `information`, `configuration`). */
export interface Versions {
  readonly rules: string
  readonly registers: string
  readonly agreements: string
  readonly schemas: string
  readonly engine: string
}

/**
 * What is recorded for each leaf (design §5, §6): Logius Authorization Decision Log level 4 (implements draft 0.0.1).
 * `question` and `verdict` are null for changes that decide nothing (released, expired …).
 */
export interface DecisionRecord {
  readonly trace_id: string
  readonly span_id: string
  readonly event_name: 'adl.access_evaluation' | 'schakel.state_change'
  /** ms */
  readonly timestamp: number
  /** null for a message that was refused before any hand-off came of it. */
  readonly handoff: HandoffId | null
  readonly state: HandoffState | 'late-ack' | 'released' | 'approval' | 'erased' | 'message-refused' | 'duty'
  /** Cause of a state change, the failure code of a refused message, or `<change>:<duty>`. */
  readonly cause: string
  readonly question: Question | null
  readonly verdict: Verdict | null
  readonly versions: Versions | null
  readonly epoch: number
  /** For state `duty`: the change, and the instant (ms) that its term was counted from where it was counted. */
  readonly duty?: Omit<DutyChange, 'handoff'> & { readonly since: number | null }
  /** SHA-256 of the issuer-signed message; null where there is none. */
  readonly message: string | null
  readonly sdHash: string | null
  /** Salt of this leaf's commitments, base64url, 32 bytes. */
  readonly salt: string
}
