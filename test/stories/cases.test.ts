import { readdirSync, readFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cedarEngine } from '#adapters/policy-engine/cedar.ts'
import { openTileFolder } from '#adapters/tiles/folder.ts'
import { audit } from '#services/cli/audit.ts'
import { openStore } from '#services/cli/open-store.ts'
import { replay } from '#services/cli/replay.ts'
import { type Case, waits } from '#services/story/case.ts'
import type { StepResult } from '#services/story/play-case.ts'
import { ROOT } from '../rooms/source-files.ts'
import { findPlaintext } from '../support/find-plaintext.ts'
import { ShiftedClock } from '../support/shifted-clock.ts'
import { givenOf } from './given.ts'
import { filesBelow, type StoryRun, startStory } from './story-run.ts'
import { askTwins, PlayedSteps, readTwins, twinDifferences } from './twins.ts'
import { leaks } from './withheld-values.ts'

const FOLDER = join(ROOT, 'contracts', 'cases')
const cases = readdirSync(FOLDER).map((name) => JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as Case)
const plain = cases.filter((one) => !one.given && !waits(one))
const waiting = cases.filter((one) => !one.given && waits(one))

async function oracleAgrees({ data, store }: StoryRun): Promise<void> {
  const oracle = await openStore(data, ':memory:', { identity: 'operator', engine: cedarEngine() })
  try {
    const [theirs, ours] = [oracle, store].map(({ control }) => control.current().epoch.versions.engine)
    expect(theirs).not.toBe(ours)
    const again = await replay(oracle, {})
    expect([again.differs, again.differing]).toEqual([0, []])
    expect(again.total).toBeGreaterThan(20)
  } finally {
    await oracle.close()
  }
}

async function growsOnly(run: StoryRun): Promise<void> {
  const tiles = openTileFolder(run.store.paths.ledger)
  const old = join(run.data, 'checkpoint.old')
  await writeFile(old, (await tiles.read('checkpoint')) ?? '')
  await run.play('N-38')
  await run.settled()
  const audited = await audit(run.store.paths.ledger, { since: old })
  expect([audited.ok, audited.problems]).toEqual([true, []])
}

describe('stories and negatives, played through the SDK and judged', () => {
  let run: StoryRun
  const played = new PlayedSteps()
  const results: (readonly StepResult[])[] = []
  const ended = new Map<string, string>()
  beforeAll(async () => {
    run = await startStory()
  })
  afterAll(() => run.close())

  it('knows the cases that the issue names', () => {
    const wanted = ['S0', 'N-01', 'N-02', 'N-06', 'N-07', 'N-30', 'N-31', 'N-32', 'N-37', 'N-38', 'N-39']
    expect(cases.map((one) => one.id).sort()).toEqual(expect.arrayContaining(wanted.sort()))
  })

  it.each(plain.map((one) => [one.id, one] as const))('%s', async (id, story) => {
    const { problems, steps } = await run.play(id)
    expect(problems).toEqual([])
    played.add(id, steps)
    results.push(steps)
    for (const { step, lines } of steps) {
      for (const expected of step.expect) {
        const line = lines.find((one) => one.to === expected.to)
        if (line) ended.set(line.handoff, expected.state)
      }
    }
    expect(steps).toHaveLength(story.steps.length)
  })

  it('every twin of a question is answered as the law says', async () => {
    const twins = readTwins()
    const asked = await askTwins(twins, played, run, run.store.control.current().epoch)
    expect(asked.flatMap(twinDifferences)).toEqual([])
    expect(new Set(twins.map(({ id }) => id)).size).toBe(asked.length)
  })

  it('every hand-off is in the state that its case ends in', async () => {
    await run.store.view.catchUp()
    const wrong = [...ended].filter(([id, state]) => run.store.view.handoff(id as never)?.state !== state)
    expect(wrong).toEqual([])
    expect(ended.size).toBeGreaterThan(20)
  })

  it('a repeat has one effect: no message made two hand-offs to the same recipient', () => {
    const rows = run.store.view.recent(10_000)
    const keys = rows.map((row) => `${row.message} ${row.to} ${row.type} ${row.asks?.guard ?? ''}`)
    expect(new Set(keys).size).toBe(keys.length)
  })

  it('a withheld value is in no byte that left to that recipient', async () => {
    const left = await run.left()
    expect(left.length).toBeGreaterThan(10)
    expect(leaks(results, left, (ref) => run.stage.urnOf(ref))).toEqual([])
  })

  it('finds what it looks for: shown values are in those bytes', async () => {
    const left = await run.left()
    const all = Buffer.from(left.map((one) => one.text).join('\n'))
    expect(findPlaintext(['Cebu', 'VOORBEELD', 'niet aanwezig in enig bericht'], all)).toEqual([
      'Cebu',
      'VOORBEELD',
    ])
  })

  it('no content is readable in any file of the exchange', async () => {
    const values = ['VOORBEELD', 'melder-fictief@voorbeeld.example', 'Welke kleur had het hek van het hotel?']
    // At rest, so that no temporary file comes and goes meanwhile.
    await run.settled()
    for (const file of await filesBelow(run.data)) {
      expect([file, findPlaintext(values, await readFile(file))]).toEqual([file, []])
    }
  })

  it('fsck finds nothing, the tile log passes the audit, every verdict is derived again', async () => {
    await run.settled()
    const judged = await run.fsck()
    expect(judged.problems).toEqual([])
    expect(judged.ok).toBe(true)
    expect(judged.leaves).toBe(judged.size)
    const audited = await audit(run.store.paths.ledger)
    expect([audited.ok, audited.problems]).toEqual([true, []])
    const again = await replay(run.store, {})
    expect([again.differs, again.differing]).toEqual([0, []])
    // N-39 disclosed a protected source: its content key was never kept, so that verdict is reasoned from its facts.
    expect(again.rederived + again.reasoned).toBe(again.total)
  })

  it('cedar-wasm, the oracle, answers as the compiled rules did', () => oracleAgrees(run), 300_000)

  it('each old checkpoint is a prefix of the new', () => growsOnly(run))

  it('nothing was paused, parked or a bug meanwhile', () => {
    expect(run.reports.filter((text) => /parked|bug/.test(text))).toEqual([])
  })
})

describe('cases in which time passes, on a clock of their own', () => {
  it('knows some', () => expect(waiting.length).toBeGreaterThan(0))

  it.each(waiting.map((one) => [one.id, one] as const))(
    '%s',
    async (id, story) => {
      const run = await startStory({}, new ShiftedClock())
      try {
        const { problems, steps } = await run.play(id)
        expect(problems).toEqual([])
        expect(steps).toHaveLength(story.steps.length)
        await run.settled()
        expect((await run.fsck()).problems).toEqual([])
        const again = await replay(run.store, {})
        expect([again.differs, again.differing]).toEqual([0, []])
      } finally {
        await run.close()
      }
    },
    240_000,
  )
})

describe('N-30: an agreement that ended yesterday', () => {
  it('denies, with both reasons', async () => {
    const run = await startStory(givenOf(cases.find((one) => one.id === 'N-30')))
    try {
      expect((await run.play('N-30')).problems).toEqual([])
      await run.settled()
      expect((await run.fsck()).problems).toEqual([])
    } finally {
      await run.close()
    }
  })
})
