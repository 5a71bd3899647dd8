import type { DeskKinds } from './desk.ts'
import type { Sent } from './link.ts'
import type { Identity, JudicialRecord } from './person.ts'

/** A question of Justis, as Justid has it while it runs. */
export interface Asked {
  readonly type: string
  readonly data: Readonly<Record<string, unknown>>
  readonly evidence: string
  /** ms */
  readonly at: number
}

/** The same question, sent on to one body abroad. */
export interface SentOn {
  /** Question of Justis it comes from. */
  readonly asked: string
  /** `ms-de/register`, `uk-ca/register`, `ecris-tcn/centraal`. */
  readonly body: string
  readonly requestRef: string
  readonly sent: Sent
  /** How far it is: what came back is not kept, only that it came. */
  readonly outcome: string | null
  /** What the body wants to know about the identity. */
  readonly identityWanted: string | null
}

/** A question that reached a body abroad which Justid carries: waits for what that body says. */
export interface Carried {
  readonly to: string
  readonly type: string
  readonly requestRef: string
  readonly personRef: string
  readonly identity: Identity
  readonly nationalities: readonly string[]
  /** Terms as the label tells them: `answer-by:…`. */
  readonly obligations: readonly string[]
  /** How often what its body said was not permitted. */
  readonly tries: number
}

/** A question to the Dutch judicial documentation. */
export interface JdQuery {
  readonly queryRef: string
  readonly personRef: string
  readonly identity: Identity
  /** ms */
  readonly at: number
  /** How often its answer was not permitted. */
  readonly tries: number
}

export interface AuthorityKinds extends DeskKinds {
  /** By hand-off; in its own folder. */
  asked: Asked
  /** By hand-off to the body, or by reference when none left; in the folder of the question. */
  sentOn: SentOn
  /** By hand-off. */
  carried: Carried
  /** By hand-off; types this desk has no work for: what and from whom, never what it says. */
  other: { readonly what: string; readonly from: string; readonly at: number }
}

export interface RegisterKinds extends DeskKinds {
  query: JdQuery
  /** By reference, in the folder of the person as `identityKey` names it. */
  record: JudicialRecord
}
