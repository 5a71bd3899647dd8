import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTileFolder } from '#adapters/tiles/folder.ts'
import { signCommand } from '#core/handoff/sign-command.ts'
import { handoffPlace, parseHandoffId } from '#core/ids.ts'
import { verifyBundle } from '#core/ledger/verify-bundle.ts'
import type { KeyStore } from '#core/ports/key-store.ts'
import { uuidV4 } from '#core/uuid-v4.ts'
import { prove } from '#services/cli/prove.ts'
import { proposedRules } from '#services/cli/replay/proposed-rules.ts'
import { replay } from '#services/cli/replay.ts'
import { serviceSigner } from '#services/cli/service-signer.ts'
import { rulesWithout } from './rules-without.ts'
import { type StoryRun, startStory } from './story-run.ts'

/** The project's rules with one of them left out. */
const without = (keys: KeyStore, prefix: string): KeyStore => ({
  ...keys,
  put: (rows) => keys.put(rows),
  list: (kind) => keys.list(kind),
  get: async (id) => (id.startsWith(prefix) ? undefined : await keys.get(id)),
})

describe('replay', () => {
  let run: StoryRun
  const rules = rulesWithout('no-personal-data.cedar', 'tip-feedback-hotline')
  const handoffs = new Map<string, string>()
  beforeAll(async () => {
    run = await startStory()
    const { problems, steps } = await run.play('S0')
    expect(problems).toEqual([])
    for (const { lines } of steps)
      for (const line of lines) handoffs.set(`${line.step} ${line.to}`, line.handoff)
    await run.settled()
  }, 180_000)
  afterAll(() => run.close())

  it('derives every verdict again from content, holds and approvals included', async () => {
    const report = await replay(run.store)
    expect(report.differing).toEqual([])
    expect(report).toMatchObject({ rederived: report.total, reasoned: 0, attested: 0, differs: 0, flips: [] })
    expect(report.total).toBeGreaterThan(15)
  })

  it('says loudly what is not as it was: other rules than those of the log', async () => {
    const report = await replay({ ...run.store, control: await proposedRules(run.store, rules) })
    expect(report.differs).toBe(report.total)
    expect(new Set(report.differing.map((one) => one.what))).toEqual(new Set(['versions']))
  })

  it('lists exactly what would flip under proposed rules', async () => {
    const report = await replay(run.store, { proposed: await proposedRules(run.store, rules) })
    expect(report.differs).toBe(0)
    expect(report.flips).toMatchObject([
      {
        type: 'tip.feedback',
        was: 'permit',
        would: 'deny',
        reasons: ['NO_LEGAL_BASIS'],
        members: ['-tipRef', '-status'],
      },
    ])
  })

  it.each([
    ['a type', { type: 'kmar.alert' }, 2],
    ['a partner', { partner: '00000099000000007100' }, 1],
    ['a time before it all', { until: Date.UTC(2020, 0, 1) }, 0],
    ['a case of nobody', { caseRef: '0'.repeat(32) }, 0],
  ])('keeps to %s', async (_, filter, total) => {
    expect((await replay(run.store, filter)).total).toBe(total)
  })

  it('reasons when content keys are gone, attests when accountability keys are', async () => {
    const all = (await replay(run.store)).total
    const erased = { ...run.store, keys: without(run.store.keys, 'k:') }
    expect(await replay(erased)).toMatchObject({ total: all, reasoned: all, differs: 0 })
    const forgotten = { ...run.store, keys: without(run.store.keys, 'a:') }
    expect(await replay(forgotten)).toMatchObject({ rederived: 0, reasoned: 0, differs: 0 })
    expect((await replay(forgotten)).attested).toBeGreaterThan(10)
  })

  it('after an erasure through the log: reasoned, proofs still verify, fsck finds nothing', async () => {
    const { store } = run
    const id = parseHandoffId(handoffs.get('1 tbkk/zaken'), '/')
    const command = signCommand(
      { cmd: 'erase', handoff: id, scope: 'message' },
      await serviceSigner(store.keys, 'operator'),
      uuidV4(store.random.bytes(16)),
      store.clock.now(),
    )
    await store.log.put(handoffPlace(id).partition, store.codecs.inbound.encode(command))
    for (let turn = 0; turn < 400 && store.view.handoff(id)?.content !== 'erased'; turn += 1) {
      await new Promise((resolve) => setTimeout(resolve, 25))
      await store.view.catchUp()
    }
    await run.settled()
    expect(await replay(store)).toMatchObject({ reasoned: 1, differs: 0 })
    const tiles = openTileFolder(store.paths.ledger)
    const vkey = Buffer.from((await tiles.read('vkey')) ?? []).toString('utf8')
    const report = verifyBundle(JSON.parse(JSON.stringify(await prove({ ...store, tiles }, id))), vkey)
    expect(report.problems).toEqual([])
    expect(report.states.at(-1)?.state).toBe('erased')
    expect((await run.fsck()).problems).toEqual([])
  })
})
