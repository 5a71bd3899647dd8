import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assignShares, type ShareMember } from '#adapters/kafka/assign-shares.ts'

const COUNT = 16
const member = fc.record({
  id: fc.uuid(),
  held: fc.array(fc.integer({ min: 0, max: COUNT - 1 }), { maxLength: COUNT }),
})
const members = fc.uniqueArray(member, { selector: ({ id }) => id, minLength: 1, maxLength: 20 })
const sizes = (shares: ReadonlyMap<string, readonly number[]>) =>
  [...shares.values()].map((own) => own.length)
const asHeld = (shares: ReadonlyMap<string, readonly number[]>): ShareMember[] =>
  [...shares].map(([id, held]) => ({ id, held }))

describe('shares of partitions', () => {
  it('gives nobody anything when there is nobody', () => {
    expect(assignShares([], COUNT).size).toBe(0)
  })

  it('gives every partition to exactly one, as evenly as can be, whatever members say they hold', () => {
    fc.assert(
      fc.property(members, (group) => {
        const shares = assignShares(group, COUNT)
        expect([...shares.values()].flat().sort((a, b) => a - b)).toEqual(
          Array.from({ length: COUNT }, (_, n) => n),
        )
        expect(Math.max(...sizes(shares)) - Math.min(...sizes(shares))).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('does not depend on the order of the members, and moves nothing when nothing changes', () => {
    fc.assert(
      fc.property(members, (group) => {
        const shares = assignShares(group, COUNT)
        expect(assignShares([...group].reverse(), COUNT)).toEqual(shares)
        expect(assignShares(asHeld(shares), COUNT)).toEqual(shares)
      }),
    )
  })

  it('moves no more than must be when one comes or goes', () => {
    fc.assert(
      fc.property(members, fc.uuid(), (group, id) => {
        fc.pre(group.every((each) => each.id !== id))
        const before = assignShares(group, COUNT)
        const joined = assignShares([...asHeld(before), { id, held: [] }], COUNT)
        const moved = [...before].flatMap(([each, own]) =>
          own.filter((partition) => !joined.get(each)?.includes(partition)),
        )
        expect(moved).toHaveLength(joined.get(id)?.length ?? 0)
        const left = assignShares(
          asHeld(joined).filter((each) => each.id !== id),
          COUNT,
        )
        for (const [each, own] of left)
          expect(own).toEqual(expect.arrayContaining([...(joined.get(each) ?? [])]))
      }),
    )
  })
})
