import type { Calendar } from '#core/duty/calendar.ts'
import { type Term, termEnd } from '#core/duty/term.ts'
import type { FactFunction } from './fact-functions.ts'

/** Civil time of the Netherlands; no term here counts working days. */
const NETHERLANDS: Calendar = { country: 'NL', offset: 3_600_000, summer: true, holidays: new Set() }

/** End of a term that began when these police data were first processed; absent when the message does not say when that was. */
const sinceFirstProcessed =
  (term: Term): FactFunction =>
  ({ message }) => {
    const at = message?.data['firstProcessedAt']
    return typeof at === 'string' ? termEnd(Date.parse(at), term, NETHERLANDS, false) : undefined
  }

/** Wpg 8: a year of free use, removed within five years. Wpg 9: the purpose is written down within a week. End exclusive. */
export const WPG_TERMS: Readonly<Record<string, FactFunction>> = {
  freeUseUntil: sinceFirstProcessed({ unit: 'months', count: 12 }),
  removedFrom: sinceFirstProcessed({ unit: 'months', count: 60 }),
  purposeDue: sinceFirstProcessed({ unit: 'days', count: 7 }),
}
