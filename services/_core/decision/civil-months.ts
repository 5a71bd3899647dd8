import { amsterdamMidnight } from './control-date.ts'

const DATE = /^(\d{4})-(\d{2})-\d{2}$/
const DAY = 86_400_000

/**
 * The instant, ms, from which a term of whole months after the event of `date` (`YYYY-MM-DD`) is over in Amsterdam; end exclusive.
 * Regulation (EEC, Euratom) 1182/71 art. 3: the day of the event does not count, the term ends with the last hour of its last day,
 * and a day that its month does not have is the last one of that month. Undefined for what is no date.
 */
export function monthsAfter(date: string, months: number): number | undefined {
  const match = DATE.exec(date)
  if (!match || amsterdamMidnight(date) === undefined) return undefined
  const month = Number(match[1]) * 12 + Number(match[2]) - 1 + months
  const [year, index] = [Math.floor(month / 12), month % 12]
  const lastOfMonth = new Date(Date.UTC(year, index + 1, 0)).getUTCDate()
  const last = Date.UTC(year, index, Math.min(Number(date.slice(8)), lastOfMonth))
  return amsterdamMidnight(new Date(last + DAY).toISOString().slice(0, 10))
}
