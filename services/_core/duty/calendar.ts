/** Civil days of a country: where they begin, and which of them are working days. Days are counted from 1970-01-01 = 0. */

const HOUR = 3_600_000
const DAY = 24 * HOUR

export interface Calendar {
  readonly country: string
  /** Winter time ahead of UTC, ms. */
  readonly offset: number
  /** Summer time as in the Union: one hour more between the last Sundays of March and October, 01:00 UTC (Directive 2000/84/EC art. 2, 3). */
  readonly summer: boolean
  /** `YYYY-MM-DD`; Saturdays and Sundays are free besides. */
  readonly holidays: ReadonlySet<string>
}

/** Civil time of the Netherlands, in which our artefacts and our law count; without holidays: those are rows of a register. */
export const AMSTERDAM: Calendar = { country: 'NL', offset: HOUR, summer: true, holidays: new Set() }

/** The civil day in which the instant `at` (ms) lies. */
export function civilDay(at: number, calendar: Calendar): number {
  return Math.floor((at + offsetAt(at, calendar)) / DAY)
}

/** The instant, ms, at which the civil day begins: its midnight, before the clock is changed on days on which it is. */
export function dayStart(day: number, calendar: Calendar): number {
  const winter = day * DAY - calendar.offset
  return isSummer(winter - HOUR, calendar) ? winter - HOUR : winter
}

export function isWorkingDay(day: number, calendar: Calendar): boolean {
  // 1970-01-01 was a Thursday.
  const weekday = (((day + 4) % 7) + 7) % 7
  return weekday !== 0 && weekday !== 6 && !calendar.holidays.has(dateOf(day))
}

/** `YYYY-MM-DD` of a civil day. */
export function dateOf(day: number): string {
  return new Date(day * DAY).toISOString().slice(0, 10)
}

/** The civil day of `YYYY-MM-DD`; undefined for what is no date, 30 February included. */
export function dayOfDate(date: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) return undefined
  const day = Math.round(Date.parse(`${date}T00:00:00Z`) / DAY)
  return Number.isNaN(day) || dateOf(day) !== date ? undefined : day
}

function offsetAt(at: number, calendar: Calendar): number {
  return calendar.offset + (isSummer(at, calendar) ? HOUR : 0)
}

function isSummer(at: number, { summer }: Calendar): boolean {
  if (!summer) return false
  const year = new Date(at).getUTCFullYear()
  return at >= lastSunday(year, 2) + HOUR && at < lastSunday(year, 9) + HOUR
}

/** Midnight UTC of the last Sunday of a month of 31 days. */
function lastSunday(year: number, month: number): number {
  const last = Date.UTC(year, month, 31)
  return last - new Date(last).getUTCDay() * DAY
}
