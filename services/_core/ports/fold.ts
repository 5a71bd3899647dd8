import type { DutyKind, DutyOwner } from '#core/duty/duty-rule.ts'
import type { ApprovalGiven, HandoffState, Sealed } from '#core/handoff/outcome.ts'
import type { EndpointUrn, HandoffId, MessageId } from '#core/ids.ts'

/** One hand-off as folded from outcomes. */
export interface HandoffRow {
  readonly handoff: HandoffId
  readonly partition: number
  /** seq of the outcome that made it, and of the one that last changed it. */
  readonly seq: number
  readonly changedSeq: number
  readonly caseRef: string
  readonly message: MessageId
  readonly from: EndpointUrn
  readonly to: EndpointUrn
  readonly type: string
  readonly state: HandoffState
  readonly content: 'present' | 'erased'
  readonly epoch: number
  /** ms of the outcome that made it. */
  readonly at: number
  readonly deadline: number | null
  readonly sdHash: string | null
  readonly released: boolean
  /** seq of the `released` outcome; orders the inbox. */
  readonly releasedSeq: number | null
  /** seq of the outcome whose effect carries the sealed bytes. */
  readonly sealedSeq: number | null
  readonly asks: { readonly handoff: HandoffId; readonly guard: string } | null
  readonly contentKey: string | null
  /** Thumbprint of the sender's signing certificate. */
  readonly certificate: string
}

/** `missed` is no end: it may still be met, late. */
export type DutyState = 'open' | 'awaiting' | 'missed' | 'met' | 'late' | 'ended' | 'withdrawn'

/** One duty of one hand-off as folded from outcomes. */
export interface DutyRow {
  readonly handoff: HandoffId
  readonly duty: string
  readonly kind: DutyKind
  readonly owner: DutyOwner
  readonly caseRef: string
  readonly from: EndpointUrn
  readonly to: EndpointUrn
  readonly type: string
  readonly state: DutyState
  /** What its clock stands for; null unless `awaiting`. */
  readonly awaits: string | null
  /** ms of the outcome that began it; with `duty` the row of the register. */
  readonly startedAt: number
  /** The end as last set, ms; kept after the end. */
  readonly dueAt: number
  readonly remindAt: number | null
  readonly reminded: boolean
  /** When it must be looked at next; null when never. */
  readonly next: number | null
  readonly changedSeq: number
  readonly changedAt: number
  readonly by: HandoffId | null
}

export interface SeenRow {
  readonly iss: EndpointUrn
  readonly jti: MessageId
  readonly digest: string
  readonly seq: number
  readonly until: number
}

export interface FoldHead {
  readonly seq: number
  /** SHA-256 of the last valid record's value bytes. */
  readonly hash: Uint8Array
  readonly at: number
  readonly epoch: number
  /** Count of inputs answered, and the position after the last of them. */
  readonly inputs: number
  readonly inPosition: number
  /** Position after the last record read, void ones included: where the next read starts. */
  readonly position: number
  readonly logId: string
  readonly sweep: { readonly upto: number; readonly done: boolean }
}

/**
 * State of one partition of one instance, derived from outcomes and rebuildable from them. `begin … commit | rollback`
 * makes effects and head move together; reads inside see the uncommitted state. One writer.
 */
export interface Fold {
  head(): FoldHead | undefined
  setHead(head: FoldHead): void
  handoff(id: HandoffId): HandoffRow | undefined
  putHandoff(row: HandoffRow): void
  seen(iss: EndpointUrn, jti: MessageId): SeenRow | undefined
  putSeen(row: SeenRow): void
  dropSeen(before: number): void
  approvals(handoff: HandoffId): readonly ApprovalGiven[]
  putApproval(approval: ApprovalGiven): void
  /** By name: the archive copy of a message while one of its hand-offs is held, and what its approvers were shown. */
  archive(name: string): Sealed | undefined
  putArchive(name: string, sealed: Sealed | undefined): void
  /** Open hand-offs whose deadline is ≤ `at`, soonest first. */
  due(at: number, limit: number): readonly HandoffRow[]
  nextDeadline(): number | undefined
  duty(handoff: HandoffId, duty: string): DutyRow | undefined
  putDuty(row: DutyRow): void
  /** Duties whose `next` is ≤ `at`, soonest first. */
  dueDuties(at: number, limit: number): readonly DutyRow[]
  nextDuty(): number | undefined
  /** By name of the duty. */
  dutiesOf(handoff: HandoffId): readonly DutyRow[]
  dutiesOfCase(caseRef: string): readonly DutyRow[]
  /** Open hand-offs with seq > `after` made under an epoch < `epoch`, by (seq, id). */
  open(after: number, epoch: number, limit: number): readonly HandoffRow[]
  /** By message id, which is its sender's own: another partner may have used the same. */
  ofMessage(message: string): readonly HandoffRow[]
  /** All of a case, or the first `limit` by id. */
  ofCase(caseRef: string, limit?: number): readonly HandoffRow[]
  asking(handoff: HandoffId): readonly HandoffRow[]
  /** Parked inputs, for redrive: digest of the input and the parked outcome's `at`. */
  parked(seq: number): { readonly digest: string; readonly at: number } | undefined
  putParked(seq: number, digest: string, at: number): void
  dropParked(before: number): void
  /** Generation of a case's key: how often the whole case was erased. */
  generation(caseRef: string): number
  putGeneration(caseRef: string, generation: number): void
  begin(): void
  commit(): void
  rollback(): void
  close(): void
}
