import { describe, expect, it } from 'vitest'
import { pointsAtImagery } from '#services/tips/points-at-imagery.ts'
import { readTipForm, TIP_LENGTHS } from '#services/tips/read-tip-form.ts'

const NOW = Date.UTC(2026, 2, 1, 12)
const whole = {
  facts: 'Een man bood reizen aan met kinderen.\nIk hoorde het in een hotel.',
  place: 'Pattaya',
  country: 'TH',
  observedOn: '2026-02-27',
  suspect: '',
  contactPolicy: 'HOTLINE_ONLY',
  contact: 'melder@voorbeeld.test',
}

describe('text that carries or addresses imagery', () => {
  it.each([
    'data:image/png;base64,AAAA',
    'zie DATA:text/html,x',
    'https://voorbeeld.test/a/b.JPG?x=1',
    'foto.jp\u200Bg',
    'clip.mp4',
    'map.zip',
    'A'.repeat(200),
    `${'A'.repeat(76)}\n`.repeat(3),
  ])('%j is refused', (text) => {
    expect(pointsAtImagery(text)).toBe(true)
  })

  it.each(['https://voorbeeld.test/reizen', 'Hij zei: data: morgen', 'om 14.30 uur', 'A'.repeat(199)])(
    '%j is a tip',
    (text) => {
      expect(pointsAtImagery(text)).toBe(false)
    },
  )
})

describe('the form of a tip', () => {
  it('names every field that is missing', () => {
    expect(readTipForm({}, NOW)).toEqual({
      kind: 'refused',
      faults: { facts: 'required', place: 'required', country: 'required', contactPolicy: 'required' },
    })
  })

  it.each([
    ['facts', 'a'.repeat(TIP_LENGTHS.facts + 1), 'too-long'],
    ['facts', 'a\u0000b', 'not-valid'],
    ['facts', 'a\u202Eb', 'not-valid'],
    ['suspect', 'a\u2066b', 'not-valid'],
    ['place', 'a\u2028b', 'not-valid'],
    ['facts', 'zie data:image/png;base64,AAAA', 'imagery'],
    ['suspect', 'zie foto.jpg', 'imagery'],
    ['contact', 'foto.jpg', 'imagery'],
    ['place', 'a\nb', 'not-valid'],
    ['country', 'th', 'not-valid'],
    ['observedOn', '2026-02-30', 'not-valid'],
    ['observedOn', '2026-03-03', 'in-future'],
    ['contactPolicy', 'EVERYBODY', 'not-valid'],
  ])('refuses %s: %j', (field, value, fault) => {
    expect(readTipForm({ ...whole, [field]: value }, NOW)).toEqual({
      kind: 'refused',
      faults: { [field]: fault },
    })
  })

  it('keeps what the form has and nothing else', () => {
    expect(readTipForm({ ...whole, name: 'Iemand', childAtRisk: 'yes' }, NOW)).toEqual({
      kind: 'read',
      report: {
        facts: whole.facts,
        place: 'Pattaya',
        country: 'TH',
        observedAt: '2026-02-27T00:00:00.000Z',
        suspectDescription: null,
        childAtRisk: true,
        contactPolicy: 'HOTLINE_ONLY',
        contact: 'melder@voorbeeld.test',
      },
    })
  })

  it('takes a day that has begun somewhere, as no later than now', () => {
    const seen = (observedOn: string, now: number) => readTipForm({ ...whole, observedOn }, now)
    const midnight = Date.UTC(2026, 2, 2)
    const east = 14 * 3_600_000
    expect(seen('2026-03-02', midnight - east - 1)).toMatchObject({ faults: { observedOn: 'in-future' } })
    const report = { observedAt: new Date(midnight - east).toISOString() }
    expect(seen('2026-03-02', midnight - east)).toMatchObject({ kind: 'read', report })
  })

  it('drops the contact of who stays anonymous', () => {
    const reading = readTipForm({ ...whole, contactPolicy: 'ANONYMOUS' }, NOW)
    expect(reading).toMatchObject({ kind: 'read', report: { contact: null } })
  })
})
