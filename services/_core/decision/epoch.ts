import type { KeyObject } from 'node:crypto'
import type { EndpointUrn, HandoffId, Oin, TypeName } from '#core/ids.ts'
import type { CompiledPolicies, PolicySet } from '#core/ports/policy-engine.ts'
import type { Versions } from './decision-record.ts'
import type { FactValue } from './verdict.ts'

/** contracts/partner/<id>.json */
export interface Partner {
  readonly id: string
  readonly oin: Oin
  readonly name: string
  /** Data controller: `korpschef`, `minister-defensie`, … */
  readonly controller: string
  readonly country: string
  /** Technical carrier for a foreign body without a connection (partner id). */
  readonly via: string | null
  readonly suspended: boolean
  readonly algorithms: readonly string[]
  readonly endpoints: readonly Endpoint[]
}

export interface Endpoint {
  readonly urn: EndpointUrn
  readonly oin: Oin
  readonly partner: string
  readonly name: string
  readonly roles: readonly string[]
  /** Task of KMar endpoints: POLICE or VW. */
  readonly task: string | null
  readonly regime: string
  /** kafka: the topics `p.<oin>.in` and `p.<oin>.out` of the partner, or of its carrier. */
  readonly delivery:
    | { readonly kind: 'inbox' }
    | { readonly kind: 'push'; readonly url: string }
    | { readonly kind: 'kafka' }
}

/** contracts/agreement/<id>.json, with its signatures beside it (`<id>.<oin>.jws`, detached by digest). */
export interface Agreement {
  readonly id: string
  readonly kind: 'agreement' | 'statute' | 'internal'
  readonly parties: readonly Oin[]
  readonly from: number
  readonly until: number
  readonly lists: readonly {
    readonly type: TypeName
    readonly from: readonly string[]
    readonly to: readonly string[]
    readonly basis: string
    readonly purposes: readonly string[]
    readonly profile: readonly string[]
  }[]
  readonly originatorConsent: readonly {
    /** The party whose information it is. */
    readonly originator: Oin
    readonly types: readonly string[]
    readonly roles: readonly string[]
    readonly purposes: readonly string[]
  }[]
  /** What this instrument lays on the sender's own information: purposes that limit it, null = none. */
  readonly marks: { readonly limit: readonly string[] | null }
}

export interface RegisterRow {
  readonly from: number
  readonly until: number
  readonly source: string
  readonly verified: boolean
  readonly [column: string]: unknown
}

export interface Register {
  readonly key: string
  readonly rows: readonly RegisterRow[]
}

/** Declaration in contracts/facts.json. origin: C claim, T label, A approval, G instrument, R register, X derived. */
export interface FactDeclaration {
  readonly name: string
  readonly type: string
  readonly origin: 'C' | 'T' | 'A' | 'G' | 'R' | 'X'
  readonly optional: boolean
  readonly emittedBy?: readonly string[]
  readonly assertedBy?: readonly string[]
  /** Data field that must be equal in both messages: evidence about another person or thing does not count. */
  readonly sameAs?: string
  readonly travels?: boolean
  /** C: path into the message (`data.contactPolicy`); X, G, A: name of a function in `fact-functions.ts`; R: register and key path. */
  readonly source?: string
  readonly fn?: string
  readonly register?: string
  readonly key?: string
  /** T: fact field → data path of the emitting message; R: fact field → register column. */
  readonly value?: Readonly<Record<string, string>>
  /** R, under --strict: what an unverified row counts as. */
  readonly worst?: FactValue
  readonly nl: string
  readonly en: string
}

/** What a permit pins (design §5): one type, basis, purpose, sender role and recipient role; and the flags it needs. */
export interface PermitPins {
  readonly type: string
  readonly basis: string
  readonly purpose: string
  readonly from: string
  readonly to: string
  readonly flags: readonly string[]
}

/** Annotations of one policy. */
export interface PolicyMeta {
  readonly id: string
  readonly set: PolicySet
  readonly file: string
  readonly article: string | null
  readonly source: string | null
  readonly verified: boolean
  readonly reason: string | null
  readonly needs: string | null
  readonly tell: boolean
  /** permit: names of members and context that may be shown, the point, Wpg classes (`*` = any), obligations. */
  readonly show: readonly string[]
  readonly point: readonly string[]
  readonly classes: readonly string[]
  readonly oblige: readonly string[]
  readonly hide: readonly string[]
  /** Permits only. */
  readonly pins: PermitPins | null
  /** Message types that its action scope can match. */
  readonly reach: readonly string[]
  /** Guards only: transfer grounds that this policy examines. */
  readonly grounds: readonly string[]
  readonly nl: string
  readonly en: string
}

/** What a message type is, read from its .avsc. */
export interface MessageType {
  readonly name: TypeName
  readonly vct: string
  readonly version: number
  readonly sha256: string
  readonly text: string
  readonly fields: readonly MessageField[]
  /** Cedar action groups it belongs to (`personal`, `asked`, `approvable` …). */
  readonly groups: readonly string[]
  /** true: for the exchange itself, no recipients (approval.given, acknowledged). */
  readonly toExchange: boolean
  /** Type that answers this one. */
  readonly answeredBy: string | null
  /** occurredAt may lie at most this far back, ms. */
  readonly occurredWithin: number
  readonly sunset: number | null
}

export interface MessageField {
  readonly name: string
  readonly category: string
  readonly perItem: boolean
  readonly nullable: boolean
  readonly nl: string
  readonly en: string
}

export interface Certificate {
  /** SHA-256 of the DER, base64url (`x5t#S256`). */
  readonly thumbprint: string
  readonly kid: string
  readonly oin: Oin
  readonly use: 'sign' | 'seal' | 'tls'
  readonly publicKey: KeyObject
  readonly jwk: Readonly<Record<string, unknown>>
  readonly notBefore: number
  readonly notAfter: number
  readonly serial: string
}

/** A public service key with its time of validity, ms. */
export interface ServiceKey {
  readonly kid: string
  readonly publicKey: KeyObject
  readonly jwk: Readonly<Record<string, unknown>>
  readonly from: number
  readonly until: number
}

/** Everything that verifying and deciding read besides the message, resolved from control up to one epoch. Immutable. */
export interface Epoch {
  readonly number: number
  readonly exchange: EndpointUrn
  readonly profile: { readonly strict: boolean }
  readonly partners: ReadonlyMap<Oin, Partner>
  readonly endpoints: ReadonlyMap<EndpointUrn, Endpoint>
  /** Valid signing and sealing certificates by thumbprint; chain and CRL were checked when the epoch was resolved. */
  readonly certificates: ReadonlyMap<string, Certificate>
  /** Thumbprints on a CRL. */
  readonly revoked: ReadonlySet<string>
  /** Bodies that never had a key of their own → the partner that signs for them (`carriers.ts`). */
  readonly carriers: ReadonlyMap<Oin, Oin>
  /** nextUpdate of the CRL, ms: from then on it is stale, and so is null. Absent: an epoch made by hand, which verifies nobody. */
  readonly crlUntil?: number | null
  readonly intakeKeys: readonly ServiceKey[]
  readonly labelKeys: readonly ServiceKey[]
  /** Keys of services that may command (courier: released; operator: erase, redrive). */
  readonly commandKeys: ReadonlyMap<string, ServiceKey>
  readonly withdrawnLabels: ReadonlySet<HandoffId>
  readonly agreements: readonly Agreement[]
  readonly registers: ReadonlyMap<string, Register>
  readonly facts: readonly FactDeclaration[]
  readonly types: ReadonlyMap<TypeName, MessageType>
  readonly policies: ReadonlyMap<string, PolicyMeta>
  readonly compiled: CompiledPolicies
  readonly versions: Versions
}
