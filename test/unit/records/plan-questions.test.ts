import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PROFILES } from '#services/records/person.ts'
import { planQuestions, questionRef, refersTo } from '#services/records/plan-questions.ts'

const MEMBERS = new Set(['NL', 'DE', 'BE', 'FR', 'PL'])
const CONSENT = { ref: 'C-1', givenAt: '2026-04-01T00:00:00Z', withdrawnAt: null }
const plan = (nationalities: readonly string[], livedInUk = false, change = {}) =>
  planQuestions(
    { nationalities, vogProfile: 'CHILDREN_PAID', consent: CONSENT, ...change },
    { members: MEMBERS, livedInUk },
  )
const refs = (...args: Parameters<typeof plan>) =>
  plan(...args).questions.map((question) => questionRef('V', question).slice(2))

describe('whom an application makes Justis ask', () => {
  it.each([
    ['profile', { vogProfile: 'OTHER' }],
    ['no-consent', { consent: null }],
    ['consent-withdrawn', { consent: { ...CONSENT, withdrawnAt: '2026-04-02T00:00:00Z' } }],
  ] as const)('nobody abroad: %s', (why, change) => {
    expect(plan(['DE', 'MA', 'GB'], true, change)).toEqual({ questions: [{ kind: 'jd' }], notAbroad: why })
  })

  it.each([
    [['NL'], ['JD']],
    [['DE'], ['JD', 'DE']],
    [
      ['BE', 'FR', 'BE'],
      ['JD', 'BE', 'FR'],
    ],
    [['MA'], ['JD', 'TCN']],
    [
      ['MA', 'TN'],
      ['JD', 'TCN'],
    ],
    [['GB'], ['JD', 'GB']],
    [
      ['GB', 'MA'],
      ['JD', 'TCN', 'GB'],
    ],
    // A national of a member state is in the register of that state: ECRIS-TCN is not asked.
    [
      ['DE', 'MA'],
      ['JD', 'DE'],
    ],
    [['NL', 'MA'], ['JD']],
  ])('%j → %j', (nationalities, wanted) => {
    expect(refs(nationalities)).toEqual(wanted)
  })

  it('who lived in the United Kingdom is asked about there, once', () => {
    expect(refs(['NL'], true)).toEqual(['JD', 'GB'])
    expect(refs(['GB'], true)).toEqual(['JD', 'GB'])
  })

  it('never abroad without standing consent and work with children; never a question twice; never the Netherlands', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('NL', 'DE', 'BE', 'GB', 'MA', 'TH', 'US'), { minLength: 1, maxLength: 8 }),
        fc.constantFrom(...PROFILES),
        fc.constantFrom(null, CONSENT, { ...CONSENT, withdrawnAt: '2026-04-02T00:00:00Z' }),
        fc.boolean(),
        (nationalities, vogProfile, consent, livedInUk) => {
          const { questions } = planQuestions(
            { nationalities, vogProfile, consent },
            { members: MEMBERS, livedInUk },
          )
          const names = questions.map((question) => questionRef('V', question))
          expect(new Set(names).size).toBe(names.length)
          expect(names).not.toContain('V-NL')
          if (vogProfile === 'OTHER' || consent?.withdrawnAt !== null) expect(names).toEqual(['V-JD'])
        },
      ),
    )
  })
})

describe('what a reply refers to', () => {
  it.each([
    ['V-DE', 'V-FR', false],
    ['V-DE', 'V-DE-X', false],
    ['V-TCN', 'V-TCNX', false],
    ['V-DE', 'V-DE', true],
    ['V-TCN', 'V-TCN-BE', true],
  ])('%s, %s: %s', (question, ref, wanted) => {
    expect(refersTo(question, ref)).toBe(wanted)
  })
})
