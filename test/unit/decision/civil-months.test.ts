import { describe, expect, it } from 'vitest'
import { monthsAfter } from '#core/decision/civil-months.ts'

const at = (date: string, months: number): string | undefined => {
  const time = monthsAfter(date, months)
  return time === undefined ? undefined : new Date(time).toISOString()
}

describe('months after an event', () => {
  it.each(['', '2026', '2026-13-01', '2026-02-30', '2026-5-2', '2026-05-02T00:00:00Z', 'gisteren'])(
    'no date: %s',
    (date) => {
      expect(at(date, 6)).toBeUndefined()
    },
  )
  it.each([
    // Winter to winter, summer to winter, winter to summer: midnight in Amsterdam, at the end of the last day.
    ['2026-05-24', 6, '2026-11-24T23:00:00.000Z'],
    ['2026-05-23', 6, '2026-11-23T23:00:00.000Z'],
    ['2026-05-25', 6, '2026-11-25T23:00:00.000Z'],
    ['2026-01-15', 6, '2026-07-15T22:00:00.000Z'],
    ['2021-11-24', 60, '2026-11-24T23:00:00.000Z'],
    // A day that the month does not have is its last one; a leap day; the turn of the year.
    ['2026-08-31', 6, '2027-02-28T23:00:00.000Z'],
    ['2027-08-31', 6, '2028-02-29T23:00:00.000Z'],
    ['2024-02-29', 60, '2029-02-28T23:00:00.000Z'],
    ['2026-06-30', 6, '2026-12-30T23:00:00.000Z'],
    ['2026-06-30', 18, '2027-12-30T23:00:00.000Z'],
    ['2026-07-31', 5, '2026-12-31T23:00:00.000Z'],
    // The days on which the clock changes.
    ['2026-03-28', 0, '2026-03-28T23:00:00.000Z'],
    ['2026-03-29', 0, '2026-03-29T22:00:00.000Z'],
    ['2026-10-25', 0, '2026-10-25T23:00:00.000Z'],
  ])('%s and %i months: over at %s', (date, months, end) => {
    expect(at(date, months)).toBe(end)
  })
})
