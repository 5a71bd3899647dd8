import { AMSTERDAM } from '#core/duty/calendar.ts'
import { termEnd } from '#core/duty/term.ts'
import { amsterdamMidnight } from './control-date.ts'

/**
 * The instant, ms, from which a term of whole months after the event of `date` (`YYYY-MM-DD`) is over in Amsterdam; end exclusive.
 * Counted as duties are (Regulation (EEC, Euratom) 1182/71 art. 3). Undefined for what is no date.
 */
export function monthsAfter(date: string, months: number): number | undefined {
  const begins = amsterdamMidnight(date)
  if (begins === undefined) return undefined
  return termEnd(begins, { unit: 'months', count: months }, AMSTERDAM, false)
}
