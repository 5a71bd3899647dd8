import type { EndpointUrn } from '#core/ids.ts'

/** What the gateway answers (OpenAPI at `/v1/openapi.json`); times are RFC 3339 in UTC. */

export interface MessageStatus {
  readonly id: string
  /** `accepted`: durable, not yet answered. */
  readonly state: 'accepted' | 'decided' | 'refused' | 'parked'
  readonly at: string | null
  readonly error: {
    readonly code: string
    readonly title: string
    readonly pointer: string | null
    readonly next: string
  } | null
  readonly handoffs: readonly HandoffForSender[]
}

export interface ReasonForSender {
  readonly code: string
  readonly rule: string | null
  readonly article: string | null
  readonly verified: boolean
  readonly needs: string | null
  readonly nl: string
  readonly en: string
}

export interface VerdictForSender {
  readonly kind: 'permit' | 'permit-redacted' | 'hold' | 'deny'
  readonly reasons: readonly ReasonForSender[]
  readonly basis: readonly { readonly rule: string; readonly article: string; readonly verified: boolean }[]
  readonly shown: readonly string[]
  readonly withheld: readonly {
    readonly member: string
    readonly reason: string
    readonly nl: string
    readonly en: string
  }[]
  readonly obligations: readonly string[]
}

export type HandoffStateName = 'held' | 'sealed' | 'delivered' | 'refused' | 'expired' | 'recalled'

export interface HandoffForSender {
  readonly role: 'sender'
  readonly handoff: string
  readonly message: string
  readonly from: string
  readonly to: string
  readonly type: string
  readonly state: HandoffStateName
  readonly content: 'present' | 'erased'
  readonly released: boolean
  readonly at: string
  readonly deadline: string | null
  readonly sdHash: string | null
  /** The latest. */
  readonly verdict: VerdictForSender | null
  readonly history: readonly { readonly state: string; readonly cause: string; readonly at: string }[]
}

export interface HandoffForRecipient {
  readonly role: 'recipient'
  readonly handoff: string
  readonly from: string
  readonly to: string
  readonly type: string
  readonly state: HandoffStateName
  readonly at: string
  readonly deadline: string | null
  readonly obligations: readonly string[]
}

/** A deadline of a hand-off: one's own, or by when one is owed an answer. */
export interface Duty {
  readonly duty: string
  readonly kind: 'answer' | 'act' | 'review' | 'validity' | 'erase'
  readonly owner: 'sender' | 'recipient'
  /** `missed` is no end: it may still be met, late. */
  readonly state: 'open' | 'awaiting' | 'missed' | 'met' | 'late' | 'ended' | 'withdrawn'
  readonly awaits: string | null
  /** The first moment that is too late; null while the clock stands. */
  readonly due: string | null
  readonly remindAt: string | null
  readonly reminded: boolean
  readonly since: string
  readonly article: string | null
  readonly verified: boolean
  readonly nl: string
  readonly en: string
}

export interface InboxItem {
  readonly handoff: string
  readonly type: string
  readonly to: EndpointUrn
  readonly at: string
  readonly cursor: string
  readonly jwe: string
}

export interface InboxPage {
  readonly items: readonly InboxItem[]
  readonly next: string
  readonly more: boolean
}

export interface PublishedKey {
  readonly kid: string
  readonly jwk: Readonly<Record<string, string>>
  readonly from: string
  readonly until: string
}

export interface PublishedKeys {
  readonly exchange: string
  readonly epoch: number
  readonly intake: readonly PublishedKey[]
  readonly label: readonly PublishedKey[]
  /** OINs: a body without a key of its own, and who signs for it. */
  readonly carriers: readonly { readonly body: string; readonly carrier: string }[]
}

/** A message type in force, without the shape of its fields. */
export interface PublishedType {
  readonly name: string
  readonly vct: string
  readonly version: number
  readonly toExchange: boolean
  readonly answeredBy: string | null
  readonly sunset: string | null
}

/** A code of a register in words; `Approval`: the question of a guard, and the roles of persons that may answer it. */
export interface PublishedCode {
  readonly entity: string
  readonly code: string
  readonly nl: string
  readonly en: string
  readonly roles?: readonly string[]
}

/** What a permit and an instrument in force let go: guards may still refuse, hold or take away more. */
export interface PublishedRoute {
  readonly type: string
  readonly from: string
  readonly to: string
  readonly purpose: string
  readonly basis: string
  readonly rule: string
  readonly article: string
  readonly verified: boolean
  /** Data fields that may be shown at most; `*` = all. */
  readonly shows: readonly string[]
  readonly obligations: readonly string[]
}

/** An endpoint at the other end of a route. */
export interface PublishedParty {
  readonly urn: string
  readonly name: string
  readonly endpoint: string
  readonly country: string
}

export interface PublishedRoutes {
  readonly routes: readonly PublishedRoute[]
  readonly parties: readonly PublishedParty[]
}
