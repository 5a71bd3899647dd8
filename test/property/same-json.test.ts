import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalizeStored } from '#core/message/jcs.ts'
import { sameJson } from '#core/message/same-json.ts'

const name = fc.constantFrom('a', 'b', 'toString', '__proto__', 'ä')
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, false, 0, 1, -0, '', 'a', 'ä'),
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(name, fc.option(tie('any'), { nil: undefined }), { maxKeys: 3 }),
  ),
})).any

describe('the same JSON', () => {
  it('is what the canonical texts say, for any two values', () => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        expect(sameJson(a, b)).toBe(canonicalizeStored(a) === canonicalizeStored(b))
      }),
      { numRuns: 3_000 },
    )
  })

  it('of a value and itself read back', () => {
    fc.assert(
      fc.property(value, (a) => {
        expect(sameJson(a, JSON.parse(canonicalizeStored(a)))).toBe(true)
      }),
    )
  })
})
