import { describe, expect, it } from 'vitest'
import { codeWords } from '#services/records/code-words.ts'
import { CODES } from '../../support/records-samples.ts'

const ROW = {
  code: '1009 00',
  nl: 'oud',
  en: 'old',
  verified: false,
  from: '2012-01-01',
  until: '2022-06-28',
}
const NEW = { ...ROW, nl: 'nieuw', en: 'new', verified: true, from: '2022-06-28', until: '2035-01-01' }

describe('codes in words', () => {
  it.each([
    ['a code that nobody listed', [ROW], '1011 00', '2020-01-01'],
    ['a day before the table', [ROW], '1009 00', '2011-12-31'],
    ['the day on which the table ends', [ROW], '1009 00', '2022-06-28'],
    ['an empty table', [], '1009 00', '2020-01-01'],
  ])('unknown: %s', (_name, rows, code, day) => {
    expect(codeWords(rows, code, day)).toEqual({ kind: 'unknown' })
  })

  it('reads by the day of the conviction, and says whether anybody read the source', () => {
    expect(codeWords([ROW, NEW], '1009 00', '2022-06-27')).toMatchObject({
      kind: 'known',
      nl: 'oud',
      verified: false,
    })
    expect(codeWords([ROW, NEW], '1009 00', '2022-06-28')).toMatchObject({
      kind: 'known',
      nl: 'nieuw',
      verified: true,
    })
  })

  it('a subcode reads as its category, and that is said', () => {
    expect(codeWords([ROW], '1009 07', '2020-01-01')).toMatchObject({ kind: 'category', nl: 'oud' })
  })

  it('the register of today has no verified row: every code is shown as unverified', () => {
    expect(CODES.offences.length).toBeGreaterThan(20)
    expect([...CODES.offences, ...CODES.sanctions].filter((row) => row.verified)).toEqual([])
  })
})
