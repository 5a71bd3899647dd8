/** fsck's own counting of terms, day by day from the texts of the registers: it shares nothing with that of the exchange. */

const HOUR = 3_600_000
const DAY = 24 * HOUR

export interface Days {
  /** Hours ahead of UTC in winter. */
  readonly hours: number
  readonly summer: boolean
  readonly free: ReadonlySet<string>
}

/** Last Sunday of a month with 31 days, 01:00 UTC. */
function change(year: number, month: number): number {
  for (let date = 31; ; date -= 1) {
    const time = Date.UTC(year, month, date, 1)
    if (new Date(time).getUTCDay() === 0) return time
  }
}

function dateAt(time: number, days: Days): string {
  const year = new Date(time).getUTCFullYear()
  const more = days.summer && time >= change(year, 2) && time < change(year, 9) ? 1 : 0
  return new Date(time + (days.hours + more) * HOUR).toISOString().slice(0, 10)
}

/** The first instant of a date: the earliest full hour that already belongs to it. */
export function startOf(date: string, days: Days): number {
  const noon = Date.parse(`${date}T12:00:00Z`) - days.hours * HOUR
  let time = noon
  while (dateAt(time - HOUR, days) === date) time -= HOUR
  return time
}

const next = (date: string, by = 1): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + by * DAY).toISOString().slice(0, 10)

function works(date: string, days: Days): boolean {
  const name = new Date(`${date}T00:00:00Z`).toLocaleDateString('en-GB', {
    weekday: 'short',
    timeZone: 'UTC',
  })
  return name !== 'Sat' && name !== 'Sun' && !days.free.has(date)
}

function monthsOn(date: string, count: number): string {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number)
  const longest = new Date(Date.UTC(year, month - 1 + count + 1, 0)).getUTCDate()
  return new Date(Date.UTC(year, month - 1 + count, Math.min(day, longest))).toISOString().slice(0, 10)
}

/** `term` as in the register. The end, exclusive, of what began at `since`. */
export function endOf(since: number, term: string, days: Days, rolls: boolean): number {
  const count = Number(term.replace(/\D/g, ''))
  if (term.startsWith('PT')) return since + count * HOUR
  let date = dateAt(since, days)
  if (term.endsWith('WD')) {
    for (let left = count; left > 0; left -= works(date, days) ? 1 : 0) date = next(date)
  } else if (term.endsWith('M') || term.endsWith('Y')) {
    date = monthsOn(date, term.endsWith('Y') ? count * 12 : count)
  } else {
    date = next(date, term.endsWith('W') ? count * 7 : count)
  }
  while (rolls && !works(date, days)) date = next(date)
  return startOf(next(date), days)
}

/** When only `term` is left before `due`. */
export function reminderOf(due: number, term: string, days: Days): number {
  const count = Number(term.replace(/\D/g, ''))
  if (term.startsWith('PT')) return due - count * HOUR
  let date = next(dateAt(due - 1, days))
  if (term.endsWith('WD')) {
    for (let left = count; left > 0; left -= works(date, days) ? 1 : 0) date = next(date, -1)
  } else if (term.endsWith('M') || term.endsWith('Y')) {
    date = monthsOn(date, term.endsWith('Y') ? -count * 12 : -count)
  } else {
    date = next(date, term.endsWith('W') ? -count * 7 : -count)
  }
  return startOf(date, days)
}
