import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { RecordCodecs } from '#core/log/codec.ts'
import { arbitraryOps } from '../support/arbitrary-ops.ts'
import { realCodecs } from '../support/record-codecs.ts'
import { CALM, judgeWorld, problemsOf, type Roughness, simulate } from '../support/sim-run.ts'
import type { SimWorld } from '../support/sim-world.ts'

const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 120)
const SEED = Number(process.env['PROPERTY_SEED'] ?? 20_261_124)

/** The first breach is enough, without a search for the smallest one. */
const endOnFailure = process.env['FIRST_BREACH'] !== undefined

let codecs: RecordCodecs

beforeAll(async () => {
  codecs = await realCodecs()
})

const skew = fc.constantFrom(0, 0, 700, -700, 1_900, -1_900)

const rough: fc.Arbitrary<Roughness> = fc.record({
  skews: fc.array(skew, { minLength: 2, maxLength: 3 }),
  crash: fc.constantFrom(0, 0.01, 0.03),
  fail: fc.constantFrom(0, 0.03),
  append: fc.constantFrom(0, 0.3),
  void: fc.constantFrom(0, 0.02),
  epoch: fc.constantFrom(0, 0.01, 0.03),
  jump: fc.constantFrom(0, 0.01),
})

/** What became of each input, without ids and seqs, which chance and races choose. */
function answersOf(world: SimWorld): string[] {
  const { outcomes } = judgeWorld(world)
  return outcomes.flatMap((outcome) =>
    outcome.in
      ? [
          `${outcome.answer.kind} ${outcome.answer.code} ${outcome.effects.map((effect) => effect.kind).join()}`,
        ]
      : [],
  )
}

describe('two and three exchanges on one partition', () => {
  it('answer every input once, in order, as the model says, through crashes, lost and late answers, epochs and deadlines', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        arbitraryOps({ timed: true, poison: true }),
        rough,
        async (seed, ops, roughness) => {
          const world = await simulate(seed, codecs, ops, roughness)
          expect(problemsOf(world)).toEqual([])
        },
      ),
      { seed: SEED, numRuns: RUNS, endOnFailure },
    )
  }, 240_000)

  it('decide what one calm exchange decides, where time and epochs do not choose', async () => {
    const still = rough.map((one) => ({ ...one, epoch: 0, jump: 0 }))
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        arbitraryOps({ timed: false, poison: false }),
        still,
        async (seed, ops, roughness) => {
          const calm = await simulate(seed, codecs, ops, CALM)
          const world = await simulate(seed, codecs, ops, roughness)
          expect(problemsOf(world)).toEqual([])
          expect(answersOf(world)).toEqual(answersOf(calm))
        },
      ),
      { seed: SEED, numRuns: Math.ceil(RUNS / 3), endOnFailure },
    )
  }, 240_000)

  it('leave a writer whose clock is a minute off silent, and go on without it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        arbitraryOps({ timed: true, poison: false }),
        fc.constantFrom(60_000, -60_000),
        async (seed, ops, off) => {
          const world = await simulate(seed, codecs, ops, { ...CALM, skews: [0, off] })
          expect(problemsOf(world)).toEqual([])
        },
      ),
      { seed: SEED, numRuns: Math.ceil(RUNS / 6), endOnFailure },
    )
  }, 240_000)
})
