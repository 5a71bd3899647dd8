import type { Certificate, Endpoint, MessageType } from '#core/decision/epoch.ts'
import type { FactValue, Mark } from '#core/decision/verdict.ts'
import type { CaseRef, Digest, EndpointUrn, HandoffId, MessageId, TypeName, Vct } from '#core/ids.ts'

/** One of the eight terms (design §4). Times are ms in memory, seconds (NumericDate) in the JWT. */
export interface Terms {
  readonly to: EndpointUrn
  readonly purpose: string
  readonly basis: string
  readonly ground: string
  readonly validUntil: number | null
}

export interface PreparedBy {
  readonly actor: string
  readonly role: string
  readonly automated: boolean
}

export interface ToExchange {
  readonly subject: CaseRef | HandoffId | MessageId
  readonly inReplyTo: HandoffId | null
  readonly supersedes: HandoffId | null
  /** Compact KB-JWTs: labels of hand-offs this sender got. */
  readonly evidence: readonly string[]
  /** `own`, or digests (SHA-256, base64url) of the parents among `evidence`. */
  readonly origin: 'own' | readonly Digest[]
  readonly preparedBy: PreparedBy
  readonly freeTextReviewed: { readonly actor: string } | null
  readonly reviewAt: number | null
  readonly withheldBySender: readonly string[]
}

/** Context members; `wpgClass` for the whole message, `fieldClass` per field. null = absent, disclosed as null. */
export interface MessageContext {
  readonly occurredAt: number | null
  readonly regime: string
  readonly wpgClass: string | null
  readonly fieldClass: Readonly<Record<string, string>> | null
  readonly handling: string
  readonly evaluation: string | null
  readonly personCategory: string | null
  readonly factOrOpinion: string | null
  readonly retainUntil: number | null
}

export const CONTEXT_MEMBERS = [
  'occurredAt',
  'regime',
  'wpgClass',
  'fieldClass',
  'handling',
  'evaluation',
  'personCategory',
  'factOrOpinion',
  'retainUntil',
] as const

/** The always visible part. */
export interface Visible {
  readonly iss: EndpointUrn
  readonly aud: EndpointUrn
  readonly jti: MessageId
  readonly iat: number
  readonly submitBy: number
  readonly vct: Vct
}

/** One disclosure as it travelled: the exact encoded string matters, a digest is over it. */
export interface Disclosure {
  readonly encoded: string
  readonly digest: Digest
  /** null for array elements. */
  readonly name: string | null
  readonly value: unknown
}

/** A label of ours, opened: facts about an earlier hand-off that reached this sender. */
export interface OpenedEvidence {
  readonly compact: string
  readonly digest: Digest
  readonly handoff: HandoffId
  readonly iat: number
  readonly sdHash: Digest
  readonly type: TypeName
  readonly from: EndpointUrn
  readonly handling: string
  readonly facts: Readonly<Record<string, FactValue>>
  readonly marks: readonly Mark[]
  readonly purposeLimit: readonly string[] | null
}

declare const opened: unique symbol
declare const signed: unique symbol
declare const verified: unique symbol

/** After the intake seal: an SD-JWT nobody has verified yet. Made only by `message/open.ts`. */
export interface Opened {
  readonly [opened]: true
  /** The compact SD-JWT, exactly as sealed by the sender. */
  readonly sdJwt: string
}

/**
 * A message whose signature holds and whose signer is the partner it says. Made only by `message/verify-signature.ts`; its
 * claims, disclosures and data are not checked yet.
 */
export interface Signed {
  readonly [signed]: true
  readonly visible: Visible
  readonly sender: Endpoint
  readonly certificate: Certificate
  readonly payload: Readonly<Record<string, unknown>>
  /** Encoded disclosures as received. */
  readonly encoded: readonly string[]
  readonly issuerJwt: string
  readonly issuerDigest: Digest
}

/**
 * A message whose sender, shape and data hold. Made only by `message/verify.ts`; what is not here was not checked:
 * nothing in it has been decided on.
 */
export interface Verified {
  readonly [verified]: true
  readonly visible: Visible
  readonly type: MessageType
  readonly sender: Endpoint
  readonly certificate: Certificate
  readonly terms: readonly { readonly terms: Terms; readonly disclosure: Disclosure }[]
  readonly toExchange: ToExchange
  readonly context: MessageContext
  /** Full data in the shape of the type's Avro schema; withheld nullable fields are null. */
  readonly data: Readonly<Record<string, unknown>>
  readonly evidence: readonly OpenedEvidence[]
  /** kid of the exchange's label key that the sender's `cnf` names: it alone may sign the labels of this message. */
  readonly labelKid: string
  /** Issuer-signed JWT (three parts). */
  readonly issuerJwt: string
  /** SHA-256 of its signing input (header and payload, not the signature), base64url. */
  readonly issuerDigest: Digest
  /** For presentation: member name (data field, `field/<i>` for perItem elements, `context/<name>`, `terms/<i>`) → disclosure. */
  readonly disclosures: ReadonlyMap<string, Disclosure>
}

/** Claims of a label (KB-JWT), design §4. */
export interface LabelClaims {
  readonly aud: EndpointUrn
  readonly nonce: HandoffId
  /** ms */
  readonly iat: number
  readonly sdHash: Digest
  readonly obligations: readonly string[]
  readonly label: RecipientLabel
  /** For `approval.requested` only. */
  readonly approval: {
    readonly handOff: HandoffId
    readonly guard: string
    readonly ask: string
    readonly until: number
  } | null
}

export interface RecipientLabel {
  readonly type: TypeName
  readonly handling: string
  readonly purposeLimit: readonly string[] | null
  readonly noOnward: boolean
  readonly evaluation: string | null
  readonly retainUntil: number | null
}

/** The part of a label that only the exchange can read. */
export interface SealedFacts {
  readonly from: EndpointUrn
  readonly facts: Readonly<Record<string, FactValue>>
  readonly marks: readonly Mark[]
}

/** How Opened and Verified are made; imported by `message/open.ts` and `message/verify.ts` only (test/rooms checks). */
export const asOpened = (sdJwt: string): Opened => ({ sdJwt }) as unknown as Opened
export const asSigned = (value: Omit<Signed, typeof signed>): Signed => value as Signed
export const asVerified = (value: Omit<Verified, typeof verified>): Verified => value as Verified
