const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

function leap(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
}

const two = (value: number): string => String(value).padStart(2, '0')

/** `YYYY`, `YYYY-MM` or `YYYY-MM-DD` (Doc 9303-3 §4.8 allows an unknown month or day); undefined when no such date. */
export function dateOf(year: number, month: number, day: number): string | undefined {
  if (!Number.isInteger(year) || year < 1850 || year > 2150) return undefined
  if (month === 0) return day === 0 ? String(year) : undefined
  const days = DAYS[month - 1]
  if (days === undefined || day > days || (month === 2 && day === 29 && !leap(year))) return undefined
  return day === 0 ? `${year}-${two(month)}` : `${year}-${two(month)}-${two(day)}`
}

/**
 * A date of DTM: `yymmdd` or `ccyymmdd`, after the code of the format when there is one (101, 102). A century is
 * chosen so that the date is not after `before` (births), or lies within 50 years of it (`before` absent: expiry).
 * `reference` is the year of the flight.
 */
export function readDate(
  text: string,
  format: string,
  reference: number,
  kind: 'birth' | 'expiry',
): string | undefined {
  const digits = /^\d+$/.test(text) ? text : ''
  if (format !== '' && format !== '101' && format !== '102') return undefined
  if (digits.length === 8 && format !== '101')
    return dateOf(Number(digits.slice(0, 4)), Number(digits.slice(4, 6)), Number(digits.slice(6)))
  if (digits.length !== 6 || format === '102') return undefined
  const short = Number(digits.slice(0, 2))
  const century = reference - (reference % 100)
  let year = century + short
  if (kind === 'birth' && year > reference) year -= 100
  if (kind === 'expiry' && year < reference - 50) year += 100
  return dateOf(year, Number(digits.slice(2, 4)), Number(digits.slice(4)))
}

/** `yymmddhhmm` (201) or `ccyymmddhhmm` (203) as local `YYYY-MM-DDTHH:MM`; undefined when no such time. */
export function readTime(text: string): string | undefined {
  const match = /^(\d{2}|\d{4})(\d{2})(\d{2})(\d{2})(\d{2})$/.exec(text)
  if (!match) return undefined
  const [, year = '', month, day, hour, minute] = match
  const date = dateOf(Number(year) + (year.length === 2 ? 2000 : 0), Number(month), Number(day))
  if (date?.length !== 10 || Number(hour) > 23 || Number(minute) > 59) return undefined
  return `${date}T${hour}:${minute}`
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC']

/** `ddMMMyy` of SSR DOCS (AIRIMP 3.13). The century is chosen as in `readDate`. */
export function readLetterDate(
  text: string,
  reference: number,
  kind: 'birth' | 'expiry',
): string | undefined {
  const match = /^(\d{2})([A-Z]{3})(\d{2}|\d{4})$/.exec(text.toUpperCase())
  const month = MONTHS.indexOf(match?.[2] ?? '') + 1
  if (!match || month === 0) return undefined
  const digits = `${match[3]}${two(month)}${match[1]}`
  return readDate(digits, '', reference, kind)
}

/** `ddmmyy` and `hhmm` of TVL (PADIS) as local `YYYY-MM-DDTHH:MM`, without the time when there is none. */
export function readTravelTime(date: string, time: string): string | undefined {
  const match = /^(\d{2})(\d{2})(\d{2})$/.exec(date)
  const day = match ? dateOf(2000 + Number(match[3]), Number(match[2]), Number(match[1])) : undefined
  if (day?.length !== 10) return undefined
  const clock = /^([01]\d|2[0-3])([0-5]\d)$/.exec(time)
  return clock ? `${day}T${clock[1]}:${clock[2]}` : day
}
