import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Calendar, civilDay, dateOf, dayOfDate, dayStart, isWorkingDay } from '#core/duty/calendar.ts'
import { parseTerm, type Term, termBefore, termEnd } from '#core/duty/term.ts'

const HOUR = 3_600_000
const NL: Calendar = {
  country: 'NL',
  offset: HOUR,
  summer: true,
  holidays: new Set(['2026-04-03', '2026-04-06', '2026-04-27', '2026-05-05', '2026-12-25', '2027-01-01']),
}
const GB: Calendar = { ...NL, country: 'GB', offset: 0, holidays: new Set() }
const term = (text: string): Term => parseTerm(text) ?? { unit: 'hours', count: Number.NaN }
const at = (text: string) => Date.parse(text)
const end = (from: string, text: string, calendar = NL, rolls = false) =>
  new Date(termEnd(at(from), term(text), calendar, rolls)).toISOString().replace(':00.000Z', 'Z')

describe('what is no term', () => {
  it.each(['', 'P', 'PT', 'P0D', 'P-1D', 'P1.5D', '10WD', 'P10wd', 'PT48M', 'P1Y2M', 'P10D ', 'P99999D'])(
    '%s',
    (text) => expect(parseTerm(text)).toBeUndefined(),
  )
  it.each(['2026-02-29', '2026-13-01', '2026-00-10', '26-01-01', '2026-1-1', '2026-04-31'])(
    '%s is no date',
    (text) => expect(dayOfDate(text)).toBeUndefined(),
  )
})

describe('the end of a term, exclusive', () => {
  it.each([
    // Working days: the day of the event does not count, weekends and holidays neither.
    ['a Wednesday', '2026-02-04T09:00:00Z', 'P1WD', '2026-02-05T23:00Z'],
    ['a Friday', '2026-02-06T22:59:59Z', 'P1WD', '2026-02-09T23:00Z'],
    ['a Saturday', '2026-02-07T09:00:00Z', 'P1WD', '2026-02-09T23:00Z'],
    ['Friday a minute before midnight here', '2026-02-06T22:59:00Z', 'P10WD', '2026-02-20T23:00Z'],
    ['Saturday at midnight here', '2026-02-06T23:00:00Z', 'P10WD', '2026-02-20T23:00Z'],
    ['Monday at midnight here', '2026-02-08T23:00:00Z', 'P10WD', '2026-02-23T23:00Z'],
    ['over Easter and into summer time', '2026-03-26T09:00:00Z', 'P10WD', '2026-04-13T22:00Z'],
    ['over King’s Day', '2026-04-24T09:00:00Z', 'P1WD', '2026-04-28T22:00Z'],
    ['over the end of a year', '2026-12-24T09:00:00Z', 'P5WD', '2027-01-04T23:00Z'],
    // Days: whole ones, whatever the clock does meanwhile.
    ['days', '2026-02-04T09:00:00Z', 'P28D', '2026-03-04T23:00Z'],
    ['weeks', '2026-02-04T09:00:00Z', 'P4W', '2026-03-04T23:00Z'],
    ['days into summer time', '2026-03-28T09:00:00Z', 'P1D', '2026-03-29T22:00Z'],
    ['days out of it', '2026-10-24T09:00:00Z', 'P1D', '2026-10-25T23:00Z'],
    ['days over a leap day', '2028-02-28T09:00:00Z', 'P1D', '2028-02-29T23:00Z'],
    ['and in a year without', '2027-02-28T09:00:00Z', 'P1D', '2027-03-01T23:00Z'],
    // Months and years: the same date; one that is not there is the last of its month.
    ['months', '2026-01-15T09:00:00Z', 'P1M', '2026-02-15T23:00Z'],
    ['from the 31st', '2026-01-31T09:00:00Z', 'P1M', '2026-02-28T23:00Z'],
    ['from the 31st to 30 days', '2026-03-31T09:00:00Z', 'P1M', '2026-04-30T22:00Z'],
    ['over a year', '2026-11-30T09:00:00Z', 'P3M', '2027-02-28T23:00Z'],
    ['a year from a leap day', '2028-02-29T09:00:00Z', 'P1Y', '2029-02-28T23:00Z'],
    ['ten years', '2026-07-01T09:00:00Z', 'P10Y', '2036-07-01T22:00Z'],
    // Hours pass.
    ['hours', '2026-02-04T09:00:00Z', 'PT48H', '2026-02-06T09:00Z'],
    ['hours over a change of clock', '2026-03-28T12:00:00Z', 'PT48H', '2026-03-30T12:00Z'],
  ])('%s: %s + %s', (_name, from, text, expected) => expect(end(from, text)).toBe(expected))

  it('of another country: its midnight and its holidays', () => {
    expect(end('2026-02-04T23:30:00Z', 'P1WD', GB)).toBe('2026-02-06T00:00Z')
    expect(end('2026-02-04T23:30:00Z', 'P1WD', NL)).toBe('2026-02-06T23:00Z')
    expect(end('2026-04-24T09:00:00Z', 'P1WD', GB)).toBe('2026-04-27T23:00Z')
  })

  it('rolls past free days only where it is said to, and never in hours', () => {
    expect(end('2026-01-31T09:00:00Z', 'P1W', NL, false)).toBe('2026-02-07T23:00Z')
    expect(end('2026-01-31T09:00:00Z', 'P1W', NL, true)).toBe('2026-02-09T23:00Z')
    expect(end('2026-03-27T09:00:00Z', 'P1W', NL, true)).toBe('2026-04-07T22:00Z')
    expect(end('2026-02-06T09:00:00Z', 'PT24H', NL, true)).toBe('2026-02-07T09:00Z')
  })
})

describe('what is left before an end', () => {
  it.each([
    // Due when Friday is over: Thursday and Friday are left, then the weekend does not count.
    ['2026-02-20T23:00:00Z', 'P2WD', '2026-02-18T23:00:00.000Z'],
    ['2026-02-23T23:00:00Z', 'P2WD', '2026-02-19T23:00:00.000Z'],
    ['2026-02-20T14:00:00Z', 'P1WD', '2026-02-19T23:00:00.000Z'],
    ['2026-02-20T23:00:00Z', 'P7D', '2026-02-13T23:00:00.000Z'],
    ['2026-04-05T22:00:00Z', 'P1W', '2026-03-29T22:00:00.000Z'],
    ['2026-03-30T22:00:00Z', 'P1M', '2026-02-27T23:00:00.000Z'],
    ['2026-02-20T14:00:00Z', 'PT6H', '2026-02-20T08:00:00.000Z'],
  ])('%s − %s', (due, text, expected) =>
    expect(new Date(termBefore(at(due), term(text), NL)).toISOString()).toBe(expected),
  )
})

describe('properties', () => {
  const instant = fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2040, 0, 1) })
  const calendar = fc.constantFrom(NL, GB, { ...NL, summer: false })

  it('a day begins with itself and has 23 to 25 hours', () => {
    fc.assert(
      fc.property(instant, calendar, (time, of) => {
        const day = civilDay(time, of)
        const [start, next] = [dayStart(day, of), dayStart(day + 1, of)]
        expect(start <= time && time < next).toBe(true)
        expect([23, 24, 25]).toContain((next - start) / HOUR)
        expect(civilDay(start, of)).toBe(day)
        expect(civilDay(start - 1, of)).toBe(day - 1)
        expect(dayOfDate(dateOf(day))).toBe(day)
      }),
    )
  })

  it('agrees with the time zones of the platform', () => {
    const zone = (name: string) => new Intl.DateTimeFormat('sv-SE', { timeZone: name, dateStyle: 'short' })
    const zones = [
      [NL, zone('Europe/Amsterdam')],
      [GB, zone('Europe/London')],
    ] as const
    fc.assert(
      fc.property(instant, fc.constantFrom(...zones), (time, [of, theirs]) => {
        expect(dateOf(civilDay(time, of))).toBe(theirs.format(time))
      }),
      { numRuns: 500 },
    )
  })

  it('working days: exactly that many lie between, the last one is one of them; more days never end sooner', () => {
    fc.assert(
      fc.property(instant, fc.integer({ min: 1, max: 60 }), calendar, (time, count, of) => {
        const over = termEnd(time, { unit: 'working-days', count }, of, false)
        const first = civilDay(time, of)
        const last = civilDay(over - 1, of)
        const between = Array.from({ length: last - first }, (_, n) => first + 1 + n)
        expect(between.filter((day) => isWorkingDay(day, of))).toHaveLength(count)
        expect(isWorkingDay(last, of)).toBe(true)
        const more = termEnd(time, { unit: 'working-days', count: count + 1 }, of, false)
        expect(more).toBeGreaterThan(over)
        expect(termBefore(over, { unit: 'working-days', count }, of)).toBeGreaterThan(time - 24 * HOUR)
      }),
    )
  })
})
