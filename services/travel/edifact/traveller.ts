import type { Position } from './refusal.ts'

export type Gender = 'female' | 'male' | 'other' | 'unknown'

export interface TravelDocument {
  /** `P` passport, `I` identity card, `V` visa … as sent. */
  readonly type: string
  readonly number: string
  /** ISO 3166-1 alpha-2 or alpha-3, as sent. */
  readonly issuer?: string
  readonly expires?: string
}

/** One person of a passenger list, crew list or reservation, as the carrier wrote it. */
export interface Traveller {
  readonly surname: string
  /** Given names, empty when none were sent. */
  readonly given: string
  readonly kind: 'passenger' | 'crew' | 'transit-passenger' | 'transit-crew'
  readonly gender?: Gender
  /** `YYYY`, `YYYY-MM` or `YYYY-MM-DD`. */
  readonly birthDate?: string
  readonly nationality?: string
  readonly residence?: string
  readonly birthPlace?: string
  readonly embarks?: string
  readonly disembarks?: string
  readonly clears?: string
  readonly seat?: string
  readonly locator?: string
  readonly documents: readonly TravelDocument[]
  readonly at: Position
}

/** One leg, times local to the airport: `YYYY-MM-DDTHH:MM`, or the day alone. */
export interface Leg {
  readonly flight: string
  readonly carrier: string
  readonly from: string
  readonly to: string
  readonly departs?: string
  readonly arrives?: string
}

/** `T` while it is being read: every member may still be missing. */
export type Open<T> = { -readonly [K in keyof T]: T[K] | undefined }

/** What is set, without the names of what is not: optional properties are exact here. */
export function present<T extends object>(value: Open<T>): T {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T
}
