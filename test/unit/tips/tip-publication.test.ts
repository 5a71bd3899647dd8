import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GUESS_LIMITS, guessLimit } from '#services/tips/guess-limit.ts'
import type { ContactPolicy, TipReport } from '#services/tips/read-tip-form.ts'
import { answerPublication, tipPublication } from '#services/tips/tip-publication.ts'

const report = (contactPolicy: ContactPolicy, contact: string | null): TipReport => ({
  facts: 'Gezien in een hotel.',
  place: 'Pattaya',
  country: 'TH',
  observedAt: null,
  suspectDescription: null,
  childAtRisk: false,
  contactPolicy,
  contact,
})
const publish = (policy: ContactPolicy, contact: string | null) =>
  tipPublication(
    report(policy, contact),
    { actor: 'hotline-1', assessment: 'Geloofwaardig.' },
    { tipRef: 'T-1', reporterHandle: 'H-1' },
  )

describe('a tip that leaves', () => {
  it.each(['HOTLINE_ONLY', 'ANONYMOUS'] as const)('has no contact under %s', (policy) => {
    const part = publish(policy, 'melder@voorbeeld.test')
    expect(JSON.stringify(part)).not.toContain('melder@')
    expect(part.withhold).toEqual(policy === 'HOTLINE_ONLY' ? ['reporterContact'] : undefined)
  })

  it('withholds nothing that does not exist', () => {
    expect(publish('HOTLINE_ONLY', null).withhold).toBeUndefined()
  })

  it('has the contact under POLICE_OK, and who read the text', () => {
    const part = publish('POLICE_OK', 'melder@voorbeeld.test')
    expect(part.data['reporterContact']).toBe('melder@voorbeeld.test')
    expect(part.freeTextReviewed).toEqual({ actor: 'hotline-1' })
    expect(part.withhold).toBeUndefined()
  })
})

describe('tip and answer', () => {
  it('have the contact exactly when there is one and the police may have it; else at most its name leaves', () => {
    const policies = fc.constantFrom<ContactPolicy>('POLICE_OK', 'HOTLINE_ONLY', 'ANONYMOUS')
    const contacts = fc.option(fc.stringMatching(/^contact-[a-z]{1,20}$/))
    fc.assert(
      fc.property(policies, contacts, (policy, contact) => {
        const review = { actor: 'hotline-1', answer: 'Blauw.' }
        const names = { questionId: 'Q-1', reporterHandle: 'H-1' }
        for (const part of [
          publish(policy, contact),
          answerPublication(report(policy, contact), review, names),
        ]) {
          const leaves = policy === 'POLICE_OK' && contact !== null
          expect(part.data['reporterContact']).toBe(leaves ? contact : null)
          expect(JSON.stringify(part).includes('contact-')).toBe(leaves)
          expect(part.withhold !== undefined).toBe(policy === 'HOTLINE_ONLY' && contact !== null)
        }
      }),
    )
  })
})

describe('wrong codes', () => {
  it('stop all look-ups, until the window has passed', () => {
    let now = 0
    const limit = guessLimit(() => now)
    for (let tries = 0; tries < GUESS_LIMITS.wrong; tries += 1) {
      expect(limit.mayTry()).toBe(true)
      limit.wrong()
    }
    expect(limit.mayTry()).toBe(false)
    now = GUESS_LIMITS.windowMs - 1
    expect(limit.mayTry()).toBe(false)
    now = GUESS_LIMITS.windowMs
    expect(limit.mayTry()).toBe(true)
  })
})
