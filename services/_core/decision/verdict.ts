import type { EndpointUrn, TypeName } from '#core/ids.ts'

export type VerdictKind = 'permit' | 'permit-redacted' | 'hold' | 'deny'

/** One reason of a hold or deny. `needs`: how it is cured (`approval:<guard>`, `evidence:<type>`, `register:<name>`, `supersede`). */
export interface Reason {
  readonly code: string
  /** Policy id, or `engine` for what the order of §5 itself decides. */
  readonly rule: string
  readonly article: string | null
  readonly verified: boolean
  readonly needs: string | null
  /** false: the sender reads UNDER_REVIEW, the auditor all. */
  readonly tell: boolean
}

export interface WithheldMember {
  readonly member: string
  readonly reason: string
  readonly rule: string
}

/** The basis that permitted. */
export interface Basis {
  readonly rule: string
  readonly article: string
  readonly verified: boolean
}

export interface Verdict {
  readonly kind: VerdictKind
  readonly reasons: readonly Reason[]
  readonly basis: readonly Basis[]
  /** Data members shown (for a hold: what would be shown once cured; for a deny: none), each member (array elements as `passengers/0`) in shown or withheld exactly once. */
  readonly shown: readonly string[]
  readonly withheld: readonly WithheldMember[]
  readonly obligations: readonly string[]
}

/** A data member as the verdict sees it: name, category and class, never its value. */
export interface Member {
  readonly name: string
  /** From the schema: `identity`, `reporter`, `victim`, `source` … */
  readonly category: string
  readonly wpgClass: string | null
  /** true: named in `withheldBySender`, no disclosure was sent. */
  readonly withheldBySender: boolean
}

export type FactValue = string | number | boolean | readonly string[] | { readonly [name: string]: FactValue }

export interface Mark {
  /** OIN of the originator. */
  readonly originator: string
  readonly handling: string
  readonly regimes: readonly string[]
  readonly classes: readonly string[]
  /** Purpose limit; null = none. */
  readonly limit: readonly string[] | null
}

/** May `from` hand this `type` to `to` in this context? Everything the verdict reads besides the epoch; recorded whole (ADL level 4). */
export interface Question {
  readonly type: TypeName
  readonly from: EndpointUrn
  readonly to: EndpointUrn
  readonly terms: {
    readonly purpose: string
    readonly basis: string
    readonly ground: string
    readonly validUntil: number | null
  }
  readonly at: { readonly decided: number; readonly occurred: number | null }
  readonly label: {
    readonly handling: string
    readonly regime: string
    readonly marks: readonly Mark[]
  }
  readonly facts: Readonly<Record<string, FactValue>>
  readonly members: readonly Member[]
}
