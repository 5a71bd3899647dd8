export interface PersonName {
  readonly surname: string
  /** Empty when not known. */
  readonly given: string
}

/** Somebody, as far as screening looks: a passenger, or who a list is about. Names in any script. */
export interface Person {
  /** The name, then aliases and other spellings. */
  readonly names: readonly PersonName[]
  /** `YYYY`, `YYYY-MM` or `YYYY-MM-DD`. */
  readonly birthDate?: string
  readonly gender?: 'female' | 'male' | 'other' | 'unknown'
  /** ISO 3166-1; compared only when both are of the same length. */
  readonly nationality?: string
  /** Numbers of travel documents. */
  readonly documents: readonly string[]
}

/** One entry of an alert list or watch list. */
export interface Listed extends Person {
  /** What the list calls it; the answer names nothing else. */
  readonly reference: string
}

/** Why somebody is a candidate. Codes, for a person to weigh. */
export type MatchReason =
  | 'document-number'
  | 'name-same'
  | 'name-similar'
  | 'name-other-order'
  | 'name-partly-missing'
  | 'birth-date-same'
  | 'birth-date-day-month-swapped'
  | 'birth-date-near'
  | 'birth-date-partly-known'
  | 'birth-date-unknown'
  | 'birth-date-differs'
  | 'gender-differs'
  | 'nationality-same'
  | 'nationality-differs'

/** Never a decision: a question to a human, who confirms or rejects (PNR-wet 8; Wpg 7a). */
export interface Candidate {
  readonly reference: string
  /** Bits of evidence that both are one person; see `score-match.ts`. */
  readonly score: number
  readonly reasons: readonly MatchReason[]
}
