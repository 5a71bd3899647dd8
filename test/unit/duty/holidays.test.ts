/** contracts/register/holidays.json against the rules it was computed from, with Easter by Gauss' rule. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT } from '../../support/signed-contracts.ts'

const rows = JSON.parse(readFileSync(join(ROOT, 'contracts/register/holidays.json'), 'utf8'))
  .rows as readonly {
  readonly day: string
  readonly country: string
  readonly date: string
  readonly verified: boolean
}[]
const DAY = 86_400_000
const iso = (time: number) => new Date(time).toISOString().slice(0, 10)

/** Gauss, with the constants of 1900–2099. */
function easter(year: number): number {
  const [a, b, c] = [year % 19, year % 4, year % 7]
  const d = (19 * a + 24) % 30
  const e = (2 * b + 4 * c + 6 * d + 5) % 7
  const late = (d === 29 && e === 6) || (d === 28 && e === 6 && a > 10) ? 7 : 0
  return Date.UTC(year, 2, 22 + d + e - late)
}

function monday(year: number, month: number, last: boolean): number {
  const step = last ? -DAY : DAY
  let time = Date.UTC(year, month, last ? 31 : 1)
  while (new Date(time).getUTCDay() !== 1) time += step
  return time
}

function expected(country: string, year: number): readonly string[] {
  const from = easter(year)
  const church = (...days: readonly number[]) => days.map((n) => iso(from + n * DAY))
  const fixed = (...dates: readonly string[]) => dates.map((date) => `${year}-${date}`)
  switch (country) {
    case 'NL': {
      const king = new Date(Date.UTC(year, 3, 27)).getUTCDay() === 0 ? '04-26' : '04-27'
      return [...fixed('01-01', king, '05-05', '12-25', '12-26'), ...church(-2, 1, 39, 50)]
    }
    case 'DE':
      return [...fixed('01-01', '05-01', '10-03', '12-25', '12-26'), ...church(-2, 1, 39, 50)]
    case 'FR':
      return [
        ...fixed('01-01', '05-01', '05-08', '07-14', '08-15', '11-01', '11-11', '12-25'),
        ...church(1, 39, 50),
      ]
    case 'BE':
      return [...fixed('01-01', '05-01', '07-21', '08-15', '11-01', '11-11', '12-25'), ...church(1, 39, 50)]
    default: {
      const mondays = [monday(year, 4, false), monday(year, 4, true), monday(year, 7, true)].map(iso)
      return [...(BANK[year] ?? []), ...mondays, ...church(-2, 1)]
    }
  }
}

/** New Year, Christmas and Boxing Day, or the working day in their place. */
const BANK: Readonly<Record<number, readonly string[]>> = {
  2026: ['2026-01-01', '2026-12-25', '2026-12-28'],
  2027: ['2027-01-01', '2027-12-27', '2027-12-28'],
  2028: ['2028-01-03', '2028-12-25', '2028-12-26'],
}

describe('holidays', () => {
  it('knows Easter', () => {
    expect([2026, 2027, 2028, 2038].map((year) => iso(easter(year)))).toEqual([
      '2026-04-05',
      '2027-03-28',
      '2028-04-16',
      '2038-04-25',
    ])
  })

  it.each(
    ['NL', 'DE', 'FR', 'BE', 'GB'].flatMap((country) =>
      [2026, 2027, 2028].map((year) => [country, year] as const),
    ),
  )('%s %i', (country, year) => {
    const found = rows.filter((row) => row.country === country && row.date.startsWith(String(year)))
    expect(found.map((row) => row.date).sort()).toEqual([...new Set(expected(country, year))].sort())
  })

  it('says of itself that nobody has checked it, and names each day once', () => {
    expect(rows.some((row) => row.verified)).toBe(false)
    expect(rows.every((row) => row.day === `${row.country} ${row.date}`)).toBe(true)
    expect(new Set(rows.map((row) => row.day)).size).toBe(rows.length)
  })
})
