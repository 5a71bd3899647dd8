import { describe, expect, it } from 'vitest'
import { decide } from '#core/decision/decide.ts'
import { QuestionMaker } from '../support/arbitrary-question.ts'
import { testEpoch } from '../support/contracts.ts'

const real = testEpoch()
const RANK = { deny: 0, hold: 1, 'permit-redacted': 2, permit: 2 } as const

describe('the real contracts, compiled', () => {
  it('a guard more, written and compiled, never permits more nor shows more, in any question', () => {
    const guards = [
      `@set("deny") @id("x-deny") @reason("OUT_OF_WINDOW") @source("test") @verified("false") @nl("x") @en("x")
       forbid (principal, action, resource) when { context.facts.freeText || context.label.regime == Regime::"WPG" };`,
      `@set("hold") @id("x-hold") @reason("HUMAN_REVIEW_REQUIRED") @needs("supersede") @source("test") @verified("false") @nl("x") @en("x")
       forbid (principal, action in Action::"guarded", resource) unless { resource in Role::"police-nl" };`,
      `@set("hide") @id("x-hide") @reason("FIELD_FORBIDDEN") @hide("#narrative,#identity") @source("test") @verified("false") @nl("x") @en("x")
       forbid (principal, action in Action::"guarded", resource) when { context.at.decided >= datetime("2020-01-01") };`,
    ]
    const made = guards.map((guard) => {
      return testEpoch({
        change: { 'contracts/legal/guards.cedar': (text: string) => `${text}\n${guard}\n` },
      })
    })
    const maker = new QuestionMaker(real, 7)
    let narrowed = 0
    for (let n = 0; n < 1_500; n += 1) {
      const question = maker.next()
      const before = decide(question, real)
      for (const epoch of made) {
        const after = decide(question, epoch)
        expect(RANK[after.kind]).toBeLessThanOrEqual(RANK[before.kind])
        for (const member of after.shown) expect(before.shown).toContain(member)
        if (RANK[after.kind] < RANK[before.kind] || after.shown.length < before.shown.length) narrowed += 1
      }
    }
    expect(narrowed).toBeGreaterThan(100)
  })
  it('a field that no rule knows is withheld and changes nothing about the others, in any question', () => {
    const maker = new QuestionMaker(real, 11)
    for (let n = 0; n < 1_500; n += 1) {
      const question = maker.next()
      const added = { name: 'brandNew', category: 'narrative', wpgClass: '8', withheldBySender: false }
      const [before, after] = [question, { ...question, members: [...question.members, added] }].map((one) =>
        decide(one, real),
      )
      const wide = after?.basis.every(({ rule }) => real.policies.get(rule)?.show.includes('*'))
      if (!wide) expect(after?.shown).toEqual(before?.shown)
      expect(after?.reasons).toEqual(before?.reasons)
    }
  })
})
