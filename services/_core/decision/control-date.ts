import { AMSTERDAM, dayOfDate, dayStart } from '#core/duty/calendar.ts'
import { bad, type Node, text } from './read-json.ts'

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,3})?Z$/

/**
 * Time in a control artefact, ms: an instant in UTC (`…Z`), or a date = midnight in Amsterdam at its start. Periods are
 * half-open: `from` counts, `until` does not.
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
  const day = dayOfDate(value)
  return day === undefined ? undefined : dayStart(day, AMSTERDAM)
}
