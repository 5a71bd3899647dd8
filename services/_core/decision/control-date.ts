import { bad, type Node, text } from './read-json.ts'

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,3})?Z$/
const DAY = 86_400_000
const HOUR = 3_600_000

/**
 * Time in a control artefact, ms: an instant in UTC (`…Z`), or a date = midnight in Amsterdam at its start. Periods are
 * half-open: `from` counts, `until` does not. Summer time by EU Directive 2000/84: last Sundays of March and October.
 */
export function controlDate(node: Node): number {
  const value = text(node)
  const time = INSTANT.test(value) ? instant(value) : amsterdamMidnight(value)
  return time ?? bad(node, 'not a date or an instant in UTC')
}

function instant(value: string): number | undefined {
  const time = Date.parse(value)
  return Number.isNaN(time) ? undefined : time
}

/** The instant, ms, at which the civil day `YYYY-MM-DD` begins in Amsterdam; undefined for what is no date. */
export function amsterdamMidnight(value: string): number | undefined {
  const match = DATE.exec(value)
  if (!match) return undefined
  const utc = Date.parse(`${value}T00:00:00Z`)
  if (Number.isNaN(utc) || new Date(utc).toISOString().slice(0, 10) !== value) return undefined
  const year = Number(match[1])
  // At midnight of the first day winter time still holds, at midnight of the last day summer time does.
  const summer = utc > lastSunday(year, 2) && utc <= lastSunday(year, 9)
  return utc - (summer ? 2 : 1) * HOUR
}

/** Midnight UTC of the last Sunday of a month of 31 days. */
function lastSunday(year: number, month: number): number {
  const last = Date.UTC(year, month, 31)
  return last - new Date(last).getUTCDay() * DAY
}
