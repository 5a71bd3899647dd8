import { type Calendar, dayOfDate, dayStart } from '#core/duty/calendar.ts'
import { termEnd } from '#core/duty/term.ts'

const AMSTERDAM: Calendar = { country: 'NL', offset: 3_600_000, summer: true, holidays: new Set() }

/**
 * The instant, ms, from which a term of whole months after the event of `date` (`YYYY-MM-DD`) is over in Amsterdam; end exclusive.
 * Counted as duties are (Regulation (EEC, Euratom) 1182/71 art. 3). Undefined for what is no date.
 */
export function monthsAfter(date: string, months: number): number | undefined {
  const day = dayOfDate(date)
  if (day === undefined) return undefined
  return termEnd(dayStart(day, AMSTERDAM), { unit: 'months', count: months }, AMSTERDAM, false)
}
