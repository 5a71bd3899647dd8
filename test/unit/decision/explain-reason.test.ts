import { describe, expect, it } from 'vitest'
import {
  explainBasis,
  explainReason,
  explainWithheld,
  visibleReasons,
} from '#core/decision/explain-reason.ts'
import { REASONS } from '#core/decision/reason-table.ts'
import type { Reason, Verdict } from '#core/decision/verdict.ts'
import type { TypeName } from '#core/ids.ts'
import { testEpoch } from '../../support/contracts.ts'

const epoch = testEpoch()
const reason = (over: Partial<Reason> = {}): Reason => {
  return {
    code: 'OUT_OF_WINDOW',
    rule: 'engine',
    article: null,
    verified: true,
    needs: null,
    tell: true,
    ...over,
  }
}

describe('a verdict in words', () => {
  it('speaks Dutch and English for every code', () => {
    for (const code of Object.keys(REASONS)) {
      const [nl, en] = [
        explainReason(reason({ code }), 'nl', epoch),
        explainReason(reason({ code }), 'en', epoch),
      ]
      expect([nl.text, nl.next, en.text, en.next].every((text) => text.length > 3)).toBe(true)
      expect(nl.text).not.toBe(en.text)
    }
  })
  it('takes the rule’s own sentence, and marks law that nobody verified', () => {
    const policy = epoch.policies.get('g17-human-rights')
    const unverified = reason({
      code: 'HUMAN_RIGHTS_RISK',
      rule: 'g17-human-rights',
      article: policy?.article ?? '',
      verified: false,
    })
    expect(explainReason(unverified, 'en', epoch)).toMatchObject({
      text: policy?.en,
      article: `${policy?.article} †`,
    })
    expect(explainBasis({ rule: 'alert-kmar', article: 'Wpg 15', verified: true }, 'nl', epoch)).toMatch(
      /^Wpg 15: /,
    )
  })
  it('a code that is unknown reads as a rule error, never as nothing', () => {
    expect(explainReason(reason({ code: 'toString' }), 'en', epoch).text).toBe(REASONS.RULE_ERROR.en)
  })
  it('names withheld fields and elements of the type', () => {
    const type = epoch.types.get('police.ngo.disclosure' as TypeName)
    if (!type) throw new Error('no type')
    const items = type.fields.find(({ name }) => name === 'items')
    const withheld = { member: 'items/1', reason: 'FIELD_FORBIDDEN', rule: 'p' }
    expect(explainWithheld(withheld, 'nl', type, epoch)).toBe(`${items?.nl} 2: ${REASONS.FIELD_FORBIDDEN.nl}`)
  })
})

describe('what the sender may know', () => {
  const verdict = (reasons: readonly Reason[]) => ({ kind: 'hold', reasons }) as unknown as Verdict
  it('reasons that would tip off become one UNDER_REVIEW without rule, article or need', () => {
    const secret = reason({
      code: 'HUMAN_RIGHTS_RISK',
      rule: 'secret',
      article: 'X',
      needs: 'register:x',
      tell: false,
    })
    const told = visibleReasons(verdict([reason(), secret, secret]))
    expect(told.map(({ code, rule }) => [code, rule])).toEqual([
      ['OUT_OF_WINDOW', 'engine'],
      ['UNDER_REVIEW', 'engine'],
    ])
    expect(JSON.stringify(told)).not.toContain('secret')
  })
  it('is everything when nothing would', () => {
    expect(visibleReasons(verdict([reason()]))).toEqual([reason()])
  })
})
