import type { RegisterRow } from '#core/decision/epoch.ts'
import type { Term } from './term.ts'

/**
 * answer: a message is answered; act: something is done; review: something is looked at again; all three are missed at their end.
 * validity: something holds until then, and is over. erase: the exchange destroys its own copy.
 */
export const DUTY_KINDS = ['answer', 'act', 'review', 'validity', 'erase'] as const
export type DutyKind = (typeof DUTY_KINDS)[number]

export const DUTY_OWNERS = ['sender', 'recipient', 'exchange'] as const
export type DutyOwner = (typeof DUTY_OWNERS)[number]

/**
 * How a later message touches the duty: it names the hand-off (`inReplyTo`, `supersedes`), is of its case (`case`), or is the
 * recipient's acknowledgement of it.
 */
export const RELATIONS = ['inReplyTo', 'supersedes', 'case', 'acknowledged'] as const
export type Relation = (typeof RELATIONS)[number]

/** Path into the message (`data.outcome`, `terms.purpose`) → values of which it must have one. */
export type When = ReadonlyMap<string, readonly string[]>

export interface Follow {
  readonly relation: Relation
  /** Empty for `acknowledged`. */
  readonly types: readonly string[]
  readonly when: When
}

/** One row of contracts/register/duties.json. */
export interface DutyRule extends RegisterRow {
  readonly duty: string
  readonly kind: DutyKind
  readonly owner: DutyOwner
  /** Which hand-offs begin it, when they are sealed (erase: when they are made); roles of sender and recipient, null = any. */
  readonly starts: {
    readonly types: readonly string[]
    readonly from: readonly string[] | null
    readonly to: readonly string[] | null
    readonly when: When
  }
  /** `sealed`, or a path to a time in the message; without that time no duty begins. */
  readonly clock: string
  /** null: the clock is the end itself. */
  readonly term: Term | null
  /** `sender`, `recipient` (of the hand-off that began it) or a country. */
  readonly calendar: string
  readonly rolls: boolean
  /** How long before the end its owner is reminded; null = never. */
  readonly remind: Term | null
  readonly metBy: Follow | null
  /** The clock stands while this is awaited of the other side. */
  readonly awaits: (Follow & { readonly state: string }) | null
  /** The whole term again from here. */
  readonly restartedBy: Follow | null
  readonly endedBy: Follow | null
  readonly article: string
  readonly nl: string
  readonly en: string
}

/** Whether this duty ends by being met or missed; else it is over at its time. */
export const canBeMissed = (kind: DutyKind): boolean =>
  kind === 'answer' || kind === 'act' || kind === 'review'
