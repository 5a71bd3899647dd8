/** Who somebody is, as the message types have it. Dates `YYYY-MM-DD`, countries ISO 3166-1 alpha-2. */
export interface Identity {
  readonly surname: string
  readonly givenNames: string
  readonly birthDate: string
  readonly birthPlace: string | null
  readonly birthCountry: string | null
  readonly formerNames: string | null
}

export const PROFILES = ['CHILDREN_PAID', 'CHILDREN_VOLUNTARY', 'OTHER'] as const
export type Profile = (typeof PROFILES)[number]

export interface Consent {
  readonly ref: string
  /** RFC 3339 */
  readonly givenAt: string
  readonly withdrawnAt: string | null
}

/** Data of `vog.application`. */
export interface Application {
  readonly applicationRef: string
  readonly personRef: string
  readonly identity: Identity
  readonly nationalities: readonly string[]
  readonly vogProfile: Profile
  readonly position: string
  /** null: asked and refused. */
  readonly consent: Consent | null
  readonly riskDeclared: string | null
  readonly receivedAt: string
}

export interface Offence {
  readonly code: string
  readonly national: string | null
  readonly completion: string
  readonly participation: string
  readonly exempt: boolean
  readonly committedOn: string | null
}

export interface Sanction {
  readonly code: string
  readonly national: string | null
  readonly until: string | null
}

/** A conviction as another state tells it. */
export interface Conviction {
  readonly ref: string
  readonly state: string
  readonly court: string
  readonly convictedOn: string
  readonly finalOn: string | null
  readonly offences: readonly Offence[]
  readonly sanctions: readonly Sanction[]
}

/** One row of an extract from the judicial documentation. */
export interface JudicialRecord {
  readonly ref: string
  readonly origin: 'NL_JUDGMENT' | 'EU_CONVICTION' | 'TRANSFERRED_SENTENCE'
  readonly decidedOn: string
  readonly article: string
  readonly disposal: string
}

/** Seconds are what the exchange keeps of a time. */
export const secondsOf = (ms: number): string => new Date(ms).toISOString().replace(/\.[0-9]{3}Z$/, 'Z')

const DAY = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Amsterdam', dateStyle: 'short' })

/** The day it is in the Netherlands, `YYYY-MM-DD`. */
export const dutchDay = (ms: number): string => DAY.format(ms)
