/** Replay derives duties again: what the log leaves out, adds or counts otherwise differs (design §6). */
import { beforeAll, describe, expect, it } from 'vitest'
import type { Epoch } from '#core/decision/epoch.ts'
import { openArchive } from '#core/handoff/archive.ts'
import { createDoorway } from '#core/handoff/doorway.ts'
import type { DutyChange, NewHandoff, Outcome } from '#core/handoff/outcome.ts'
import { ServiceKeys } from '#core/handoff/service-keys.ts'
import type { HandoffId } from '#core/ids.ts'
import { DutyReplay } from '#services/cli/replay/duty-replay.ts'
import { PARTITION, RealExchange } from '../../support/real-exchange.ts'
import { editedAt, law, recordDuties, type Step, UNTRUE } from '../../support/recorded-duties.ts'

describe('replay of duties', () => {
  let steps: readonly Step[] = []
  let exchange: RealExchange
  const contents = new Map<number, string>()
  beforeAll(async () => {
    exchange = new RealExchange(law())
    const { send } = exchange
    // The archive copies as they were before anything was erased.
    exchange.send = async (sent) => {
      const answered = await send.call(exchange, sent)
      const { archive, seq } = answered.outcome
      const text = archive && (await openArchive(exchange.keys, archive, { partition: PARTITION, seq }))
      if (text) contents.set(seq, text)
      return answered
    }
    steps = await recordDuties(exchange)
  })

  const doorway = createDoorway(new ServiceKeys())
  async function differing(change: (step: Step) => Outcome, epoch: Epoch = exchange.epoch, readable = true) {
    const replayed = new DutyReplay()
    const found: string[] = []
    for (const step of steps) {
      const outcome = change(step)
      const made = outcome.effects.filter((one): one is NewHandoff => one.kind === 'handoff')
      const party = (id: HandoffId) => made.find((one) => one.handoff === id)
      const text = contents.get(outcome.seq)
      const keys = {
        get: (id: string) => exchange.keys.get(id),
        ensure: () => Promise.reject(new Error('no')),
      }
      const message = async () =>
        text && readable ? await doorway.verifyArchived(text, outcome.at, { epoch, keys }) : undefined
      if (await replayed.difference({ outcome, epoch, party, message })) found.push(step.what)
      replayed.apply({ outcome, party })
    }
    return found
  }

  it('plays what it is about', () => {
    const said = steps.map(
      ({ what, outcome }) => `${what}: ${outcome.duties.map((one) => one.change).join(' ')}`,
    )
    expect(said).toEqual([
      'asked: started started',
      'unread: started started',
      'read: ',
      'expired: withdrawn',
      'reminded: reminded',
      'missed: missed',
      'late: late',
      'erased: met met',
    ])
  })

  it.each(UNTRUE)('%s', async (_name, what, edit) => {
    expect(await differing(editedAt(what, edit))).toContain(what)
  })

  it.each([
    ['an answer that is nobody’s', (all: readonly DutyChange[]) => all.map((one) => ({ ...one, by: null }))],
    ['an answer that does not count', () => []],
  ] as const)('%s', async (_name, edit) => expect(await differing(editedAt('late', edit))).toContain('late'))

  it('an acknowledgement that would meet what it cannot', async () => {
    const by = (all: readonly DutyChange[]) => [
      ...all,
      { ...(steps[6]?.outcome.duties[0] as DutyChange), change: 'met' as const },
    ]
    expect(await differing(editedAt('read', by))).toContain('read')
  })

  it('under another register, everything that it counts otherwise', async () => {
    expect(await differing(({ outcome }) => outcome, law('P9WD'))).toEqual(['asked', 'unread'])
    expect(await differing(({ outcome }) => outcome, law('P10WD', 'P3WD'))).toEqual(['asked', 'unread'])
  })

  it('as it was, nothing; and nothing either of what cannot be read any more', async () => {
    expect(await differing(({ outcome }) => outcome)).toEqual([])
    expect(
      await differing(
        editedAt('asked', () => []),
        exchange.epoch,
        false,
      ),
    ).not.toContain('asked')
  })
})
