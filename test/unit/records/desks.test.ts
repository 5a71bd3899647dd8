import { beforeEach, describe, expect, it } from 'vitest'
import { sendOnce } from '#sdk/send-once.ts'
import { NotNow } from '#services/records/desk.ts'
import { KEPT_MS } from '#services/records/limits.ts'
import type { Application } from '#services/records/person.ts'
import { readApplication } from '#services/records/read-application.ts'
import { askAll, decide, finishDestructions, mayRefuse, supplyIdentity } from '#services/records/vog-acts.ts'
import { arriveAtVog, purgeVog, viewFile } from '#services/records/vog-desk.ts'
import { arrived, FakeDesks, statusOf, urnOf } from '../../support/records-desks.ts'
import { KLARA } from '../../support/records-samples.ts'

const VOG = { actor: 'vog-92' }
let desks: FakeDesks
let application: Application

beforeEach(() => {
  desks = new FakeDesks()
  const refs = { application: 'VOG-1', person: 'P-1', consent: 'C-1' }
  const reading = readApplication(KLARA, refs, desks.now)
  if (reading.kind === 'refused') throw new Error('refused')
  application = reading.application
  arriveAtVog(desks.records.vog, arrived('vog.application', application, { handoff: 'ho-9' as never }))
})

const types = () => desks.assessor.said.map(({ type }) => type)
const replyOf = (change: object) =>
  arrived('ecris.reply', {
    requestRef: 'VOG-1-DE',
    personRef: 'P-1',
    replyingState: 'DE',
    outcome: 'CONVICTIONS',
    convictions: [{ ref: 'DE-GEHEIM-7' }],
    ...change,
  })

describe('sending once', () => {
  const publication = {
    id: 'x',
    to: [],
    data: {},
    context: {},
    preparedBy: { ...VOG, role: '', automated: true },
  }

  it('a used id is no error: what became of the first is told', async () => {
    desks.assessor.next = ['reused']
    desks.assessor.earlier = statusOf('x', 'permit-redacted', 'ho-3')
    const sent = await sendOnce(desks.assessor.link, 'vog.decision', publication)
    expect([sent.verdict, sent.handoff]).toEqual(['permit-redacted', 'ho-3'])
  })

  it('no answer yet is said, not guessed', async () => {
    desks.assessor.next = ['unanswered']
    const sent = await sendOnce(desks.assessor.link, 'vog.decision', publication)
    expect(sent).toEqual({ handoff: null, verdict: 'unanswered', reasons: [] })
  })
})

describe('questions', () => {
  it('one that waits is sent anew in its place; one that went out is not sent again', async () => {
    desks.assessor.next = ['permit', 'hold']
    await askAll(desks.records.vog, 'VOG-1', false, VOG)
    expect(viewFile(desks.records.vog, 'VOG-1')?.open).toEqual([{ kind: 'ecris', state: 'DE' }])
    await askAll(desks.records.vog, 'VOG-1', false, VOG)
    expect(types()).toEqual(['vog.jd.query', 'ecris.request', 'ecris.request'])
    const [, first, second] = desks.assessor.said
    expect(second?.publication['supersedes']).toBe('ho-1-2')
    expect(second?.publication['id']).not.toBe(first?.publication['id'])
    await askAll(desks.records.vog, 'VOG-1', false, VOG)
    expect(types()).toHaveLength(3)
  })

  it('the United Kingdom is asked again when it did not know who it is about', async () => {
    await askAll(desks.records.vog, 'VOG-1', true, VOG)
    const reply = {
      requestRef: 'VOG-1-GB',
      personRef: 'P-1',
      outcome: 'IDENTITY_INSUFFICIENT',
      convictions: [],
    }
    arriveAtVog(desks.records.vog, arrived('uk.conviction.reply', reply))
    const identity = { ...application.identity, formerNames: 'EERDER' }
    await expect(supplyIdentity(desks.records.vog, 'VOG-1', 'VOG-1-DE', identity, VOG)).rejects.toThrow()
    await supplyIdentity(desks.records.vog, 'VOG-1', 'VOG-1-GB', identity, VOG)
    expect(types().filter((type) => type === 'uk.conviction.request')).toHaveLength(2)
    expect(desks.assessor.said.at(-1)?.publication['data']).toMatchObject({
      identity: { formerNames: 'EERDER' },
    })
    expect(viewFile(desks.records.vog, 'VOG-1')?.answers).toEqual([])
  })

  it('one without an answer of the exchange is sent again under its own id', async () => {
    desks.assessor.next = ['permit', 'unanswered']
    await askAll(desks.records.vog, 'VOG-1', false, VOG)
    await askAll(desks.records.vog, 'VOG-1', false, VOG)
    const [, first, second] = desks.assessor.said
    expect(second?.publication['id']).toBe(first?.publication['id'])
  })
})

describe('what arrives and may not be used', () => {
  it.each([
    ['to a question that nobody asked', {}, false],
    ['about somebody else', { personRef: 'P-2' }, true],
    ['under another number', { requestRef: 'VOG-2-DE' }, true],
  ])('a reply %s is not kept', async (_name, change, ask) => {
    if (ask) await askAll(desks.records.vog, 'VOG-1', false, VOG)
    arriveAtVog(desks.records.vog, replyOf(change))
    expect(viewFile(desks.records.vog, 'VOG-1')?.answers).toEqual([])
    expect(JSON.stringify(desks.records.vog.drawer.all('foreign'))).toBe('[]')
  })

  it('a judgment from elsewhere is noted, and of what it says nothing', () => {
    arriveAtVog(
      desks.records.vog,
      arrived('noneu.conviction.offered', { country: 'TH', judgment: 'GEHEIM VONNIS', personRef: 'P-1' }),
    )
    const { drawer } = desks.records.vog
    expect(drawer.all('quarantine').map(({ folder, value }) => [folder, value.what])).toEqual([
      ['', 'noneu.conviction.offered'],
    ])
    for (const kind of ['file', 'foreign', 'extract', 'quarantine', 'question'] as const)
      expect(JSON.stringify(drawer.all(kind))).not.toContain('GEHEIM')
    expect(viewFile(desks.records.vog, 'VOG-1')?.answers).toEqual([])
  })
})

describe('deciding', () => {
  beforeEach(async () => {
    await askAll(desks.records.vog, 'VOG-1', false, VOG)
    arriveAtVog(desks.records.vog, replyOf({}))
  })
  const kept = () => JSON.stringify(desks.records.vog.drawer.all('foreign'))

  it('views may be given on the last day, and no refusal comes before the next', () => {
    const sent = { handoff: 'ho-1', verdict: 'permit', reasons: [] } as const
    const announced = { grounds: 'x', viewsUntil: '2026-05-01', sent }
    expect(mayRefuse({ announced: null }, '2026-05-02')).toBe(false)
    expect(mayRefuse({ announced: { ...announced, sent: { ...sent, verdict: 'hold' } } }, '2026-05-02')).toBe(
      false,
    )
    expect(mayRefuse({ announced }, '2026-05-01')).toBe(false)
    expect(mayRefuse({ announced }, '2026-05-02')).toBe(true)
  })

  it('a refusal without an announcement is not sent', async () => {
    await expect(decide(desks.records.vog, 'VOG-1', 'REFUSED', VOG)).rejects.toBeInstanceOf(NotNow)
    expect(types()).not.toContain('vog.decision')
  })

  it('a decision that did not go out decides nothing and destroys nothing', async () => {
    desks.assessor.next = ['deny']
    expect((await decide(desks.records.vog, 'VOG-1', 'ISSUED', VOG)).verdict).toBe('deny')
    expect(viewFile(desks.records.vog, 'VOG-1')?.decision).toBe(null)
    expect(kept()).toContain('DE-GEHEIM-7')
    await decide(desks.records.vog, 'VOG-1', 'ISSUED', VOG)
    const ids = desks.assessor.said
      .filter(({ type }) => type === 'vog.decision')
      .map((one) => one.publication['id'])
    expect(new Set(ids).size).toBe(2)
  })

  it('has no grounds in it, and what came from abroad is gone; what comes later is not kept', async () => {
    await decide(desks.records.vog, 'VOG-1', 'ISSUED', VOG)
    expect(types().slice(-2)).toEqual(['vog.decision', 'ecris.data.destroyed'])
    const [decision, destroyed] = desks.assessor.said.slice(-2)
    expect(decision?.publication['data']).toMatchObject({ grounds: null, outcome: 'ISSUED' })
    expect(destroyed?.publication['data']).toMatchObject({ replies: ['VOG-1-DE'] })
    arriveAtVog(desks.records.vog, replyOf({}))
    expect(kept()).toBe('[]')
    await expect(decide(desks.records.vog, 'VOG-1', 'ISSUED', VOG)).rejects.toBeInstanceOf(NotNow)
  })

  it('a fall before Justid knew is made good', async () => {
    desks.assessor.next = ['permit', 'unanswered']
    await decide(desks.records.vog, 'VOG-1', 'ISSUED', VOG)
    expect(kept()).toBe('[]')
    expect(viewFile(desks.records.vog, 'VOG-1')?.decision?.destroyed).toBe(null)
    await finishDestructions(desks.records.vog)
    await finishDestructions(desks.records.vog)
    expect(types().filter((type) => type === 'ecris.data.destroyed')).toHaveLength(2)
    expect(viewFile(desks.records.vog, 'VOG-1')?.decision?.destroyed?.sent.verdict).toBe('permit')
  })

  it('a file goes when its term is over, not a millisecond before, and an open one stays', async () => {
    await decide(desks.records.vog, 'VOG-1', 'ISSUED', VOG)
    desks.now += KEPT_MS.decided - 1
    expect(purgeVog(desks.records.vog)).toBe(0)
    desks.now += 1
    expect(purgeVog(desks.records.vog)).toBe(1)
    const kinds = ['file', 'question', 'extract', 'foreign'] as const
    expect(kinds.map((kind) => desks.records.vog.drawer.all(kind))).toEqual([[], [], [], []])
  })
})

describe('Justid', () => {
  const from = urnOf('justis/vog') as never
  const question = { requestRef: 'VOG-1-DE', personRef: 'P-1', requestedState: 'DE' }

  it('sends nothing on for a stranger', async () => {
    await desks.records.authority.arrive(arrived('ecris.request', question))
    expect(desks.ecris.said).toEqual([])
    expect(desks.records.authority.ports.drawer.all('other')).toHaveLength(1)
  })

  it('has no answer of the exchange: tries again later, and notes nothing as sent', async () => {
    desks.ecris.next = ['unanswered']
    await expect(
      desks.records.authority.arrive(arrived('ecris.request', question, { from })),
    ).rejects.toThrow()
    expect(desks.records.authority.ports.drawer.all('sentOn')).toEqual([])
  })

  it('a reply of another state than the one that was asked goes nowhere', async () => {
    await desks.records.authority.arrive(arrived('ecris.request', question, { from }))
    const reply = { requestRef: 'VOG-1-DE', personRef: 'P-1', outcome: 'NO_CONVICTIONS' }
    await desks.records.authority.arrive(
      arrived('ecris.reply', reply, { from: urnOf('ms-fr/register') as never }),
    )
    expect(desks.ecris.said.map(({ type }) => type)).toEqual(['ecris.request'])
  })

  it('a question that nobody told the end of goes after its term', async () => {
    await desks.records.authority.arrive(arrived('ecris.request', question, { from }))
    desks.now += KEPT_MS.question - 1
    expect(desks.records.authority.purge()).toBe(0)
    desks.now += 1
    expect(desks.records.authority.purge()).toBe(1)
    const { drawer } = desks.records.authority.ports
    expect([drawer.all('asked'), drawer.all('sentOn')]).toEqual([[], []])
  })
})
