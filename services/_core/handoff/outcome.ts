import type { DutyKind, DutyOwner } from '#core/duty/duty-rule.ts'
import type { CaseRef, Digest, EndpointUrn, HandoffId, MessageId, TypeName } from '#core/ids.ts'

export type OpenState = 'held' | 'sealed'
export type EndState = 'delivered' | 'refused' | 'expired' | 'recalled'
export type HandoffState = OpenState | EndState

/** How an input was answered; `tick` has no input. `commanded`: released, erased, redriven. */
export type AnswerKind = 'decided' | 'repeat' | 'refused' | 'parked' | 'tick' | 'commanded'

export interface Answer {
  readonly kind: AnswerKind
  /** Failure code for `refused` and `parked`. */
  readonly code: string | null
  readonly pointer: string | null
  /** For `repeat`: seq of the outcome that answered first. */
  readonly repeatOf: number | null
}

/** What is seen of a verified message (design §3, a repeat). */
export interface Seen {
  readonly iss: EndpointUrn
  readonly jti: MessageId
  /** SHA-256 of the issuer-signed part. */
  readonly digest: Digest
  /** Remembered until this `at`, ms. */
  readonly until: number
}

/** A new hand-off. `sealed`: the outer layer's bytes (design §4, Sealing), present iff `state` is sealed. */
export interface NewHandoff {
  readonly kind: 'handoff'
  readonly handoff: HandoffId
  readonly caseRef: CaseRef | MessageId
  readonly message: MessageId
  readonly from: EndpointUrn
  readonly to: EndpointUrn
  readonly type: TypeName
  readonly state: 'held' | 'sealed' | 'refused'
  /** Set for open states; ms. */
  readonly deadline: number | null
  readonly sealed: Uint8Array | null
  readonly sdHash: Digest | null
  /** For `approval.requested`: the held hand-off and guard it asks about. */
  readonly asks: { readonly handoff: HandoffId; readonly guard: string } | null
  /** The content key that opens the archive copy of its message. */
  readonly contentKey: string | null
  /** Thumbprint of the sender's signing certificate: revoking it recalls the hand-off. */
  readonly certificate: string
}

/** A change of one hand-off's state. `sealed` etc. only on held → sealed. */
export interface StateChange {
  readonly kind: 'state'
  readonly handoff: HandoffId
  readonly state: HandoffState
  readonly cause: 'approval' | 'sweep' | 'acknowledged' | 'deadline' | 'superseded' | 'suspended' | 'erased'
  readonly deadline: number | null
  readonly sealed: Uint8Array | null
  readonly sdHash: Digest | null
}

/** An approval or refusal that came in for a held hand-off, competent or not: the fact it becomes is derived at each asking. */
export interface ApprovalGiven {
  readonly kind: 'approval'
  readonly handoff: HandoffId
  readonly guard: string
  readonly granted: boolean
  readonly by: EndpointUrn
  readonly role: string
  /** Keyed digest of the person who approved; the person is in the archive copy only. */
  readonly actorDigest: string
  readonly digest: Digest
  readonly until: number
}

/** First release by the courier. */
export interface Released {
  readonly kind: 'released'
  readonly handoff: HandoffId
}

/** An acknowledgement that came after the end: a fact without effect. */
export interface LateAcknowledgement {
  readonly kind: 'late-ack'
  readonly handoff: HandoffId
}

/** Content destroyed: every hand-off that these content keys served reads `erased` from here on. */
export interface Erased {
  readonly kind: 'erased'
  readonly handoff: HandoffId
  readonly scope: 'message' | 'case'
  readonly keys: readonly string[]
}

/**
 * What became of a duty. missed: its end passed; late: met after that; awaiting: its clock stands until the other side has done
 * what is awaited; ended: it was over, at its time or before; withdrawn: its hand-off ended without having been received.
 */
export type DutyChangeKind =
  | 'started'
  | 'reminded'
  | 'met'
  | 'late'
  | 'missed'
  | 'awaiting'
  | 'restarted'
  | 'ended'
  | 'withdrawn'

/** A change of one duty of one hand-off. The row of the register that laid it on is found by `duty` and the time of its start. */
export interface DutyChange {
  readonly handoff: HandoffId
  readonly duty: string
  readonly kind: DutyKind
  readonly owner: DutyOwner
  readonly change: DutyChangeKind
  /** From when on it is missed or over, ms; null while its clock stands and after its end. */
  readonly dueAt: number | null
  readonly remindAt: number | null
  /** What its clock stands for, while it does. */
  readonly awaits: string | null
  /** The hand-off that met, restarted or ended it, or for which it stands. */
  readonly by: HandoffId | null
}

export type Effect = NewHandoff | StateChange | ApprovalGiven | Released | LateAcknowledgement | Erased

/** AES-256-GCM: iv(12) ‖ ciphertext ‖ tag(16) under the key named; AAD = `aad` of its use. */
export interface Sealed {
  readonly keyId: string
  readonly bytes: Uint8Array
}

/**
 * One record of `outcomes` (design §3). `prev` = SHA-256 of the last valid record's value bytes (32 zero bytes for genesis).
 * `at`: writer's clock, ms, never lower than the record before. `in.n` counts inputs of this partition 1, 2, 3 …
 */
export interface Outcome {
  readonly seq: number
  readonly prev: Uint8Array
  readonly at: number
  readonly epoch: number
  readonly genesis: Genesis | null
  readonly in: { readonly n: number; readonly position: number; readonly digest: Uint8Array } | null
  readonly answer: Answer
  /** mTLS identity and outer id of the input, for the sender's status lookup. */
  readonly submitter: string | null
  readonly outerId: string | null
  readonly seen: Seen | null
  readonly effects: readonly Effect[]
  /** In the order in which they follow; a duty changes at most once in an outcome, but for its start. */
  readonly duties: readonly DutyChange[]
  /** Opened SD-JWT (with all disclosures received) under its content key, or the unopened bytes under the month's accountability key. */
  readonly archive: Sealed | null
  /** JSON `DecisionRecord[]`, one per leaf, under the accountability key. */
  readonly decisions: Sealed | null
  /** Ledger leaves, n = index here. */
  readonly leaves: readonly Uint8Array[]
  /** Progress of an epoch's sweep: asked up to this hand-off seq; `done` when nothing is left. */
  readonly sweep: { readonly upto: number; readonly done: boolean } | null
}

export interface Genesis {
  readonly logId: string
  readonly partitions: number
  /** Only control record 2 lists all genesis hashes: `topic/partition` → SHA-256 base64url. */
  readonly all: Readonly<Record<string, string>> | null
}

/** A record of `inbound`: a partner's message, or a command of a service (compact JWS, `schakel-command+jwt`). */
export interface Inbound {
  readonly kind: 'message' | 'command'
  /** CloudEvents attributes as received, without `specversion`. */
  readonly attributes: Readonly<Record<string, string>>
  /** OIN of the mTLS identity that handed it in; null for commands. */
  readonly submitter: string | null
  /** seq of the parked outcome whose original bytes these are (`schakel redrive`); received at that outcome's `at`. */
  readonly redriveOf: number | null
  readonly body: Uint8Array
}

/** A record of `control`: artefacts put or removed by path; the epoch is the state after it. */
export interface ControlRecord {
  readonly seq: number
  readonly prev: Uint8Array
  readonly at: number
  readonly epoch: number
  readonly genesis: Genesis | null
  readonly entries: readonly { readonly path: string; readonly sha256: string | null }[]
  readonly note: string
}

/** A record of `ledger`: per partition the seq up to which outcomes are in the tree. */
export interface Cut {
  readonly seq: number
  readonly prev: Uint8Array
  readonly at: number
  readonly genesis: Genesis | null
  readonly upto: readonly number[]
  readonly size: number
  readonly root: Uint8Array
}
