import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromDutchTime } from '#services/desk/dutch-time.ts'

describe('Dutch time', () => {
  it.each([
    '',
    'now',
    '2026-02-30T10:00',
    '2026-13-01T10:00',
    '2026-01-01T24:00',
    '2026-01-01T10:60',
    '2026-03-29T02:30',
    '2026-01-01T10:00Z',
  ])('%s is no time', (text) => expect(fromDutchTime(text)).toBeUndefined())

  it('is one or two hours before UTC, and the first of an hour that comes twice', () => {
    expect(fromDutchTime('2026-01-15T12:00')).toBe('2026-01-15T11:00:00Z')
    expect(fromDutchTime('2026-07-15T00:30:15')).toBe('2026-07-14T22:30:15Z')
    expect(fromDutchTime('2026-10-25T02:30')).toBe('2026-10-25T00:30:00Z')
  })

  it('reads back as it was typed, whatever the time', () => {
    const wall = new Intl.DateTimeFormat('sv-SE', {
      timeZone: 'Europe/Amsterdam',
      dateStyle: 'short',
      timeStyle: 'short',
    })
    const minutes = fc.integer({ min: Date.UTC(1990, 0, 1) / 60_000, max: Date.UTC(2060, 0, 1) / 60_000 })
    fc.assert(
      fc.property(minutes, (minute) => {
        const text = wall.format(minute * 60_000).replace(' ', 'T')
        const back = Date.parse(fromDutchTime(text) ?? '')
        expect(wall.format(back).replace(' ', 'T')).toBe(text)
      }),
    )
  })
})
