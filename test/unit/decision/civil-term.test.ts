import { describe, expect, it } from 'vitest'
import { type CivilTerm, civilTermEnd } from '#core/decision/civil-term.ts'

const YEAR: CivilTerm = { unit: 'months', count: 12 }
const WEEK: CivilTerm = { unit: 'days', count: 7 }

describe('terms in civil time of the Netherlands', () => {
  it.each([
    ['in winter', '2026-03-01T09:00:00Z', YEAR, '2027-03-01T23:00:00.000Z'],
    ['in summer', '2026-07-14T09:00:00Z', YEAR, '2027-07-14T22:00:00.000Z'],
    ['just before local midnight', '2026-03-01T22:59:59Z', YEAR, '2027-03-01T23:00:00.000Z'],
    ['at local midnight it is the next day', '2026-03-01T23:00:00Z', YEAR, '2027-03-02T23:00:00.000Z'],
    ['a leap day', '2024-02-29T12:00:00Z', YEAR, '2025-02-28T23:00:00.000Z'],
    ['the last day of the year', '2026-12-31T12:00:00Z', YEAR, '2027-12-31T23:00:00.000Z'],
    [
      'a month without that day',
      '2026-01-31T12:00:00Z',
      { unit: 'months', count: 1 },
      '2026-02-28T23:00:00.000Z',
    ],
    ['over the change to summer time', '2026-03-25T12:00:00Z', WEEK, '2026-04-01T22:00:00.000Z'],
    ['on the day of the change', '2026-03-22T12:00:00Z', WEEK, '2026-03-29T22:00:00.000Z'],
    ['the day before it', '2026-03-21T12:00:00Z', WEEK, '2026-03-28T23:00:00.000Z'],
    ['on the day of the change back', '2026-10-18T12:00:00Z', WEEK, '2026-10-25T23:00:00.000Z'],
    ['the day before that', '2026-10-17T12:00:00Z', WEEK, '2026-10-24T22:00:00.000Z'],
  ] as const)('%s', (_, from, term, end) => {
    expect(new Date(civilTermEnd(Date.parse(from), term)).toISOString()).toBe(end)
  })
})
