/**
 * Terms of duties: `P10WD` working days, `P28D`, `P4W`, `P6M`, `P1Y` civil time, `PT48H` hours that pass. Counted as Regulation (EEC,
 * Euratom) 1182/71 art. 3 does: the day of the event does not count, a term ends with the last hour of its last day, and a day
 * that its month does not have is the last one of that month.
 */
import { type Calendar, civilDay, dateOf, dayOfDate, dayStart, isWorkingDay } from './calendar.ts'

const HOUR = 3_600_000

export interface Term {
  readonly unit: 'hours' | 'working-days' | 'days' | 'months'
  readonly count: number
}

const TEXT = /^P(?:T([1-9]\d{0,4})H|([1-9]\d{0,3})(WD|D|W|M|Y))$/

/** Undefined for any other text. */
export function parseTerm(text: string): Term | undefined {
  const match = TEXT.exec(text)
  if (!match) return undefined
  if (match[1] !== undefined) return { unit: 'hours', count: Number(match[1]) }
  const count = Number(match[2])
  switch (match[3]) {
    case 'WD':
      return { unit: 'working-days', count }
    case 'D':
      return { unit: 'days', count }
    case 'W':
      return { unit: 'days', count: 7 * count }
    case 'M':
      return { unit: 'months', count }
    default:
      return { unit: 'months', count: 12 * count }
  }
}

/**
 * The instant, ms, from which a term that began at `from` is over: end exclusive. `rolls`: one that ends on a free day ends with
 * the next working day (art. 3(4); Algemene termijnenwet art. 1); terms in hours and in working days never do.
 */
export function termEnd(from: number, term: Term, calendar: Calendar, rolls: boolean): number {
  if (term.unit === 'hours') return from + term.count * HOUR
  let last = lastDay(civilDay(from, calendar), term, calendar)
  while (rolls && !isWorkingDay(last, calendar)) last += 1
  return dayStart(last + 1, calendar)
}

function lastDay(first: number, { unit, count }: Term, calendar: Calendar): number {
  if (unit === 'working-days') return workingDaysAfter(first, count, calendar)
  return unit === 'months' ? addMonths(first, count) : first + count
}

function workingDaysAfter(first: number, count: number, calendar: Calendar): number {
  let day = first
  for (let left = count; left > 0; ) {
    day += 1
    if (isWorkingDay(day, calendar)) left -= 1
  }
  return day
}

/** The instant from which, before the end `due` of a term, only `term` is left: whole days but for hours, the last day included. */
export function termBefore(due: number, term: Term, calendar: Calendar): number {
  if (term.unit === 'hours') return due - term.count * HOUR
  const after = civilDay(due - 1, calendar) + 1
  if (term.unit === 'months') return dayStart(addMonths(after, -term.count), calendar)
  if (term.unit === 'days') return dayStart(after - term.count, calendar)
  let day = after
  for (let left = term.count; left > 0; ) {
    day -= 1
    if (isWorkingDay(day, calendar)) left -= 1
  }
  return dayStart(day, calendar)
}

function addMonths(day: number, count: number): number {
  const [year = 0, month = 0, date = 0] = dateOf(day).split('-').map(Number)
  const months = year * 12 + (month - 1) + count
  const first = `${String(Math.floor(months / 12)).padStart(4, '0')}-${String((months % 12) + 1).padStart(2, '0')}`
  for (let last = date; last > 0; last -= 1) {
    const found = dayOfDate(`${first}-${String(last).padStart(2, '0')}`)
    if (found !== undefined) return found
  }
  return day
}
