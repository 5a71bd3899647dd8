import type { MatchReason } from './person.ts'

/** `YYYY-MM-DD` as 19740209, unknown parts 0; 0 when nothing is known. */
export function packDate(date: string | undefined): number {
  const match = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/.exec(date ?? '')
  return match ? Number(match[1]) * 10_000 + Number(match[2] ?? 0) * 100 + Number(match[3] ?? 0) : 0
}

export const yearOf = (packed: number): number => Math.floor(packed / 10_000)
const monthOf = (packed: number): number => Math.floor(packed / 100) % 100
const dayOf = (packed: number): number => packed % 100

export type DateMatch = Extract<MatchReason, `birth-date-${string}`>

function differingDigits(a: number, b: number): number {
  let count = 0
  for (let [x, y] = [a, b]; x > 0 || y > 0; x = Math.floor(x / 10), y = Math.floor(y / 10))
    if (x % 10 !== y % 10) count += 1
  return count
}

/** Digits that OCR and hands take for each other count as one digit off; so does a neighbouring year. */
export function compareDates(a: number, b: number): DateMatch {
  if (a === 0 || b === 0) return 'birth-date-unknown'
  if (a === b) return dayOf(a) > 0 ? 'birth-date-same' : 'birth-date-partly-known'
  const years = Math.abs(yearOf(a) - yearOf(b))
  const partly = dayOf(a) === 0 || dayOf(b) === 0
  if (partly) {
    const months = monthOf(a) === monthOf(b) || monthOf(a) === 0 || monthOf(b) === 0
    return years === 0 && months ? 'birth-date-partly-known' : 'birth-date-differs'
  }
  if (years === 0 && monthOf(a) === dayOf(b) && dayOf(a) === monthOf(b)) return 'birth-date-day-month-swapped'
  if (years === 1 && a % 10_000 === b % 10_000) return 'birth-date-near'
  return years <= 1 && differingDigits(a, b) === 1 ? 'birth-date-near' : 'birth-date-differs'
}

const real = (year: number, month: number, day: number): boolean =>
  month >= 1 && month <= 12 && day >= 1 && day <= 31 && year > 0

/** Two-digit numbers that differ from `value` in one digit. */
function oneDigitOff(value: number): readonly number[] {
  const [tens, ones] = [Math.floor(value / 10), value % 10]
  const near: number[] = []
  for (let digit = 0; digit < 10; digit += 1) {
    if (digit !== ones) near.push(tens * 10 + digit)
    if (digit !== tens) near.push(digit * 10 + ones)
  }
  return near
}

/** All packed dates with which `compareDates` does not say that they differ; entry: a full date. */
export function datesLike(date: number): readonly number[] {
  const [year, month, day] = [yearOf(date), monthOf(date), dayOf(date)]
  const like = new Set<number>([date, year * 10_000, year * 10_000 + month * 100])
  const add = (y: number, m: number, d: number): void => {
    if (real(y, m, d)) like.add(y * 10_000 + m * 100 + d)
  }
  add(year, day, month)
  add(year - 1, month, day)
  add(year + 1, month, day)
  for (const other of oneDigitOff(day)) add(year, month, other)
  for (const other of oneDigitOff(month)) add(year, other, day)
  return [...like]
}
