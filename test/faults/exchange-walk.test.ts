/** Walks every port call of one good run and lets each fail, die or get lost in turn: nothing lost, nothing doubled, the same decisions. */
import { beforeAll, describe, expect, it } from 'vitest'
import type { RecordCodecs } from '#core/log/codec.ts'
import { realCodecs } from '../support/record-codecs.ts'
import type { AppendFate } from '../support/sim-log.ts'
import { judgeWorld, problemsOf, type Roughness, simulate } from '../support/sim-run.ts'
import type { Fate, SimWorld, Task } from '../support/sim-world.ts'
import { walkOps } from '../support/walk-ops.ts'

const SEED = 7
const CALM: Roughness = { skews: [0], crash: 0, fail: 0, append: 0, void: 0, epoch: 0, jump: 0 }
const FATES: readonly Fate[] = ['fail-before', 'fail-after', 'crash-before', 'crash-after']
const APPENDS: readonly AppendFate[] = ['lost-answer', 'late', 'never']

/** The first breach is enough. */
const endOnFailure = process.env['FIRST_BREACH'] !== undefined

let codecs: RecordCodecs
beforeAll(async () => {
  codecs = await realCodecs()
})

const isCall = (task: Task) => task.name !== 'changed' && task.name !== 'sleep'

function answersOf(world: SimWorld): string[] {
  return judgeWorld(world).outcomes.flatMap(({ in: input, answer, effects }) =>
    input ? [`${input.n} ${answer.kind} ${answer.code} ${effects.map((effect) => effect.kind).join()}`] : [],
  )
}

async function runWith(strike: number, fate: Fate, append: AppendFate = 'normal') {
  let calls = 0
  let appends = 0
  const world = await simulate(SEED, codecs, walkOps, CALM, {
    fateOf: (task) => (isCall(task) && calls++ === strike ? fate : 'fine'),
    appendFate: () => (appends++ === strike && append !== 'normal' ? append : 'normal'),
  })
  return { world, calls, appends }
}

describe('a good run', () => {
  it('is the same when any one of its port calls fails or is the last of its process', async () => {
    const good = await runWith(-1, 'fine')
    expect(problemsOf(good.world)).toEqual([])
    const expected = answersOf(good.world)
    expect(expected).toHaveLength(walkOps.length)
    const wrong: string[] = []
    for (const fate of FATES) {
      for (let strike = 0; strike < good.calls; strike += 1) {
        const { world } = await runWith(strike, fate)
        const problems = problemsOf(world)
        if (answersOf(world).join() !== expected.join()) problems.push('other decisions')
        if (problems.length > 0) wrong.push(`${fate} at ${strike}: ${problems.join(', ')}`)
        if (endOnFailure) expect(wrong).toEqual([])
      }
    }
    console.log(`walked ${good.calls} port calls × ${FATES.length} fates`)
    expect(wrong).toEqual([])
  }, 240_000)

  it('is the same when any one of its appends is answered by silence, and lands, lands later, or never', async () => {
    const good = await runWith(-1, 'fine')
    const expected = answersOf(good.world)
    const wrong: string[] = []
    for (const fate of APPENDS) {
      for (let strike = 0; strike < good.appends; strike += 1) {
        const { world } = await runWith(strike, 'fine', fate)
        const problems = problemsOf(world)
        if (answersOf(world).join() !== expected.join()) problems.push('other decisions')
        if (problems.length > 0) wrong.push(`${fate} at ${strike}: ${problems.join(', ')}`)
        if (endOnFailure) expect(wrong).toEqual([])
      }
    }
    console.log(`walked ${good.appends} appends × ${APPENDS.length} fates`)
    expect(wrong).toEqual([])
  }, 240_000)
})
