import { AMSTERDAM } from '#core/duty/calendar.ts'
import { type Term, termEnd } from '#core/duty/term.ts'
import { instantAt } from './data-path.ts'
import type { FactFunction } from './fact-functions.ts'

/** End of a term that began when these police data were first processed; absent when the message does not say when that was. */
const sinceFirstProcessed =
  (term: Term): FactFunction =>
  (input) => {
    const at = instantAt(input, ['firstProcessedAt'])
    return at === undefined ? undefined : termEnd(at, term, AMSTERDAM, false)
  }

/** Wpg 8: a year of free use, removed within five years. Wpg 9: the purpose is written down within a week. End exclusive. */
export const WPG_TERMS: Readonly<Record<string, FactFunction>> = {
  freeUseUntil: sinceFirstProcessed({ unit: 'months', count: 12 }),
  removedFrom: sinceFirstProcessed({ unit: 'months', count: 60 }),
  purposeDue: sinceFirstProcessed({ unit: 'days', count: 7 }),
}
