import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { proposedRules } from '#services/cli/replay/proposed-rules.ts'
import { replayInWorkers } from '#services/cli/replay/replay-in-workers.ts'
import { replay } from '#services/cli/replay.ts'
import { rulesWithout } from './rules-without.ts'
import { type StoryRun, startStory } from './story-run.ts'

describe('replay on several cores', () => {
  let run: StoryRun
  beforeAll(async () => {
    run = await startStory()
    expect((await run.play('S0')).problems).toEqual([])
    await run.settled()
  }, 180_000)
  afterAll(() => run.close())

  const job = () => ({ data: run.data, engine: 'compiled' as const, filter: {}, rules: null })

  it('a store that is not there is told, and a stop stops', async () => {
    const nothing = { ...job(), data: join(tmpdir(), 'schakel-no-such-folder') }
    await expect(replayInWorkers(nothing, { workers: 2 })).rejects.toMatchObject({ code: 'OPS_DATA' })
    const stopped = new Error('stopped')
    const signal = AbortSignal.abort(stopped)
    await expect(replayInWorkers(job(), { workers: 2, signal })).rejects.toBe(stopped)
  }, 120_000)

  it('reports what one process does, what would flip included', async () => {
    const rules = rulesWithout('no-personal-data.cedar', 'tip-feedback-hotline')
    const proposed = await proposedRules(run.store, rules)
    const alone = await replay(run.store, { proposed })
    const shared = await replayInWorkers({ ...job(), rules: [...rules] }, { workers: 3 })
    expect({ ...shared, seconds: 0 }).toEqual({ ...alone, seconds: 0 })
    expect(shared.total).toBeGreaterThan(15)
    expect(shared.flips).toHaveLength(1)
  }, 120_000)
})
