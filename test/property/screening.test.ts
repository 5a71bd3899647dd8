import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildIndex } from '#services/travel/screening/build-index.ts'
import type { Person } from '#services/travel/screening/person.ts'
import { openScreen, screenFlight, thresholdFor } from '#services/travel/screening/screen-flight.ts'
import { editDistance, similarity } from '#services/travel/screening/similarity.ts'
import { choose, halves, measure, outcomes } from '../bench/screening-quality.ts'
import { asPerson, makePerson, syntheticList } from '../support/synthetic-list.ts'
import { seededRandom } from '../support/synthetic-names.ts'

const word = fc.stringMatching(/^[A-Z]{1,12}$/)

describe('similarity', () => {
  it('is symmetric, within 0 and 1, and 1 for equal words only', () => {
    fc.assert(
      fc.property(word, word, (a, b) => {
        const alike = similarity(a, b)
        expect(alike).toBe(similarity(b, a))
        expect(alike).toBeGreaterThanOrEqual(0)
        expect(alike === 1).toBe(a === b)
      }),
    )
  })

  it('counts edits as a table of all of them does', () => {
    const slow = (a: string, b: string): number => {
      const table = Array.from({ length: a.length + 1 }, (_, i) => [
        i,
        ...new Array<number>(b.length).fill(0),
      ])
      const cell = (i: number, j: number): number => table[i]?.[j] ?? 0
      for (let j = 0; j <= b.length; j += 1) table[0]?.splice(j, 1, j)
      for (let i = 1; i <= a.length; i += 1)
        for (let j = 1; j <= b.length; j += 1) {
          const swap =
            i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? cell(i - 2, j - 2) + 1 : 99
          const replaced = cell(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1)
          table[i]?.splice(j, 1, Math.min(cell(i - 1, j) + 1, cell(i, j - 1) + 1, replaced, swap))
        }
      return cell(a.length, b.length)
    }
    const near = fc.stringMatching(/^[ABC]{0,8}$/)
    fc.assert(
      fc.property(near, near, fc.integer({ min: 0, max: 4 }), (a, b, most) => {
        expect(editDistance(a, b, most)).toBe(Math.min(slow(a, b), most + 1))
      }),
    )
  })
})

describe('screening', () => {
  const people = [...syntheticList(3_000)]
  const screen = openScreen(buildIndex(people.map(({ listed }) => listed)))

  it('finds whoever is listed as they travel, and the order of a flight changes no answer', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(people.length - 1), { minLength: 1, maxLength: 20 }), (chosen) => {
        const flight = chosen.flatMap((index): Person[] => {
          const one = people[index]
          return one ? [{ ...one.listed, documents: [] }] : []
        })
        const answers = screenFlight(screen, flight)
        for (const [at, index] of chosen.entries()) {
          const { listed } = people[index] ?? {}
          // A name without a birth date may be one of many.
          if (listed?.birthDate?.length !== 10) continue
          expect(answers[at]?.map((one) => one.reference)).toContain(listed.reference)
        }
        expect(screenFlight(screen, [...flight].reverse())).toEqual([...answers].reverse())
      }),
      { numRuns: 30 },
    )
  })

  it('takes any text for a name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), fc.string(), (surname, given, birthDate) => {
        const person = { names: [{ surname, given }], birthDate, documents: [given] }
        expect(screenFlight(screen, [person])).toHaveLength(1)
      }),
      { numRuns: 300 },
    )
  })

  it('finds with a lower threshold all that it finds with a higher one', () => {
    const random = seededRandom(3)
    const flight = Array.from({ length: 60 }, () => asPerson(makePerson(random)))
    const references = (least: number) =>
      screenFlight(screen, flight, least).map((all) => all.map((one) => one.reference))
    const low = references(14)
    for (const least of [18, 22, 26, 30])
      for (const [at, all] of references(least).entries())
        for (const reference of all) expect(low[at]?.length === 20 || low[at]?.includes(reference)).toBe(true)
  })
})

describe('the threshold', () => {
  it('is the one that docs/screening.md reports', () => {
    const page = readFileSync(new URL('../../docs/screening.md', import.meta.url), 'utf8')
    const [, chosen, size] = /^Threshold: ([\d.]+) bits.*list of ([\d,]+) entries/m.exec(page) ?? []
    // What a shorter list chose, a longer one is given in proportion.
    const names = Number(size?.replaceAll(',', ''))
    expect(names).toBeGreaterThanOrEqual(20_000)
    expect(Math.abs(Number(chosen) - thresholdFor(names))).toBeLessThanOrEqual(0.5)
  })

  it('chosen on one half holds on the other, on a small list', () => {
    const all = outcomes(syntheticList(10_000), { perChange: 40, perLookalike: 20, strangers: 1_200 }, 10)
    const [first, second] = halves(all)
    const measured = measure(second, choose(first))
    expect(measured.recall).toBeGreaterThan(0.75)
    expect(measured.wrongPerFlight).toBeLessThan(5)
  })
})
