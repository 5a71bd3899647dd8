/** Terms in civil time of the Netherlands, counted from a date: the day itself does not count, the term ends with its last day. */

const HOUR = 3_600_000
const DAY = 24 * HOUR

export interface CivilTerm {
  readonly unit: 'days' | 'months'
  readonly count: number
}

/**
 * The instant, ms, from which a term that began on the civil day of `from` is over (Europe/Amsterdam, end exclusive). A day that
 * its month does not have is the last one of that month.
 */
export function civilTermEnd(from: number, { unit, count }: CivilTerm): number {
  const local = new Date(from + offsetAt(from))
  const [year, month, day] = [local.getUTCFullYear(), local.getUTCMonth(), local.getUTCDate()]
  const last = unit === 'days' ? Date.UTC(year, month, day + count) : dayOfMonth(year, month + count, day)
  return midnight(last + DAY)
}

function dayOfMonth(year: number, month: number, day: number): number {
  const days = new Date(Date.UTC(year, month + 1, 0)).getUTCDate()
  return Date.UTC(year, month, Math.min(day, days))
}

/** Local midnight of the day that begins at `utc` in UTC; clocks are never changed at midnight. */
const midnight = (utc: number): number => utc - offsetAt(utc - 2 * HOUR)

/** Summer time from the last Sunday of March to that of October, 01:00 UTC (Directive 2000/84/EC art. 2, 3). */
function offsetAt(at: number): number {
  const year = new Date(at).getUTCFullYear()
  return at >= lastSunday(year, 2) + HOUR && at < lastSunday(year, 9) + HOUR ? 2 * HOUR : HOUR
}

function lastSunday(year: number, month: number): number {
  const last = Date.UTC(year, month, 31)
  return last - new Date(last).getUTCDay() * DAY
}
