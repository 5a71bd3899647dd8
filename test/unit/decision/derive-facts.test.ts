import { describe, expect, it } from 'vitest'
import { deriveQuestion } from '#core/decision/derive-facts.ts'
import { emitFacts, recipientLabel } from '#core/decision/emit-facts.ts'
import type { Epoch } from '#core/decision/epoch.ts'
import { findInstrument } from '#core/decision/find-instrument.ts'
import { joinMarks } from '#core/decision/join-labels.ts'
import { NO_APPROVALS } from '#core/decision/judge-approvals.ts'
import { unconsented } from '#core/decision/originator-consent.ts'
import type { Mark, Verdict } from '#core/decision/verdict.ts'
import type { HandoffId, Oin } from '#core/ids.ts'
import type { OpenedEvidence } from '#core/message/content.ts'
import { testEpoch } from '../../support/contracts.ts'
import { story } from '../../support/story-messages.ts'
import { type Draft, labelOf, NOW, urn, verifiedMessage } from '../../support/verified-message.ts'

const epoch = testEpoch()
const risk = labelOf(verifiedMessage(epoch, story.risk()), epoch)
const facts = (draft: Draft, world: Epoch = epoch, at = NOW) =>
  deriveQuestion(verifiedMessage(world, draft), 0, world, at, NO_APPROVALS).facts

describe('evidence that does not count', () => {
  const assessment = (evidence: readonly OpenedEvidence[], world = epoch, over: Partial<Draft> = {}) =>
    facts(story.request(evidence, over), world)['riskAssessment']
  it('about another person, or about nobody named', () => {
    expect(
      assessment([risk], epoch, { data: { ...story.request().data, personRef: 'PER-TEST-0002' } }),
    ).toBeUndefined()
    expect(assessment([risk], epoch, { data: { ...story.request().data, personRef: null } })).toBeUndefined()
  })
  it('asserted by somebody without the declared role', () => {
    const carried = risk.facts['riskAssessment'] as Readonly<Record<string, string>>
    const by = (urnOf: string) => ({ ...risk, facts: { riskAssessment: { ...carried, by: urnOf } } })
    expect(assessment([by(urn('tbkk/zaken'))])).toBeUndefined()
    expect(assessment([by('urn:nld:oin:00000099000000009999:systeem:x')])).toBeUndefined()
  })
  it('from a withdrawn label, or first asserted in a withdrawn hand-off, however far it travelled', () => {
    const request = labelOf(verifiedMessage(epoch, story.request([risk])), epoch)
    const withdrawn = { ...epoch, withdrawnLabels: new Set<HandoffId>([risk.handoff]) }
    expect(assessment([risk], withdrawn)).toBeUndefined()
    expect(facts(story.diffusion([request]), epoch)['riskAssessment']).toBeDefined()
    expect(facts(story.diffusion([request]), withdrawn)['riskAssessment']).toBeUndefined()
  })
  it('whose shape is not ours', () => {
    for (const value of ['HIGH', 5, true, {}, { value: 'x' }, ['x']]) {
      expect(assessment([{ ...risk, facts: { riskAssessment: value } } as OpenedEvidence])).toBeUndefined()
    }
  })
  it('a decision without concurrence asserts none', () => {
    const decision = story.decision()
    const bare = labelOf(
      verifiedMessage(epoch, { ...decision, data: { ...decision.data, concurrence: null } }),
      epoch,
    )
    expect(facts(story.request([bare]))['omConcurrence']).toBeUndefined()
  })
})

describe('evidence that counts', () => {
  it('gives the value alone: no person, no hand-off enters the question', () => {
    expect(facts(story.request([risk]))['riskAssessment']).toEqual({
      level: 'HIGH',
      validUntil: NOW + 360 * 86_400_000,
    })
  })
  it('of two labels the newer decides', () => {
    const draft = story.risk()
    const low = labelOf(
      verifiedMessage(epoch, { ...draft, data: { ...draft.data, level: 'LOW' } }),
      epoch,
      0,
      NOW + 1,
    )
    expect(facts(story.request([risk, low]))['riskAssessment']).toMatchObject({ level: 'LOW' })
    expect(facts(story.request([low, risk]))['riskAssessment']).toMatchObject({ level: 'LOW' })
  })
  it('travels on, naming who asserted it first and where', () => {
    const request = verifiedMessage(epoch, story.request([risk]))
    const emitted = emitFacts(request, 0, 'ho-2-2-0123456789abcdef' as HandoffId, epoch, NOW)
    expect(emitted.facts['riskAssessment']).toMatchObject({
      by: urn('recl/toezicht'),
      handoff: risk.handoff,
      about: 'PER-TEST-0001',
    })
  })
})

describe('members and claims', () => {
  it('are what is there or withheld by the sender; classes per element, field, message', () => {
    const draft = story.disclosure(true, {
      context: { wpgClass: '8', fieldClass: { items: '13', 'items/1': '9' } },
    })
    const { members } = deriveQuestion(verifiedMessage(epoch, draft), 0, epoch, NOW, NO_APPROVALS)
    expect(members.map(({ name, wpgClass }) => [name, wpgClass])).toEqual([
      ['suspectName', '8'],
      ['items', '13'],
      ['items/0', '13'],
      ['items/1', '9'],
      ['conditions', '8'],
      ['decision', '8'],
    ])
  })
  it('cannot be borrowed from a prototype', () => {
    const draft = story.alert('kmar/politie', { context: { fieldClass: { constructor: '12' } } })
    expect(facts(draft)['informantDisclosed']).toBe(false)
    expect(
      facts({ ...story.tip(), data: { ...story.tip().data, contactPolicy: 7 } })['contactPolicy'],
    ).toBeUndefined()
  })
  it('an unknown recipient leaves the question without facts, so that it is refused', () => {
    const nobody = { ...story.alert(), to: [{ to: 'kmar/balie', purpose: 'border-alert', basis: 'wpg-15' }] }
    expect(facts(nobody)).toEqual({})
  })
  it('flags follow their dates; a request is answerable only while the flag of its answer is on', () => {
    const off = testEpoch({
      change: { 'contracts/register/flags.json': (text) => text.replace('2035-01-01', '2026-11-24') },
    })
    expect([facts(story.ask())['requestAnswerable'], facts(story.ask(), off)['requestAnswerable']]).toEqual([
      true,
      false,
    ])
    expect(facts(story.ask({ from: 'ecpat/meldpunt' }))['requestAnswerable']).toBe(false)
  })
})

describe('instruments', () => {
  const asked = (over: Partial<Parameters<typeof findInstrument>[0]> = {}) => {
    const [from, to] = [epoch.endpoints.get(urn('ecpat/meldpunt')), epoch.endpoints.get(urn('tbkk/zaken'))]
    if (!from || !to) throw new Error('no endpoint')
    return { type: 'tip.ngo.forwarded', from, to, basis: 'uavg-33', purpose: 'intake', at: NOW, ...over }
  }
  const end = Date.UTC(2034, 11, 31, 23)
  const begin = Date.UTC(2019, 11, 31, 23)
  it('hold from `from` on and until just before `until`', () => {
    const state = (at: number) => findInstrument(asked({ at }), epoch).state
    expect([begin - 1, begin, end - 1, end].map(state)).toEqual(['missing', 'lists', 'lists', 'expired'])
  })
  it('what no instrument lists is unlisted, not missing: a lack of permit', () => {
    for (const over of [{ type: 'kmar.alert' }, { basis: 'wpg-15' }, { purpose: 'feedback' }]) {
      expect(findInstrument(asked(over), epoch).state).toBe('unlisted')
    }
    const om = epoch.endpoints.get(urn('om-lp/parket'))
    expect(om && findInstrument(asked({ to: om }), epoch).state).toBe('missing')
  })
  it('several listing ones: the intersection of their profiles', () => {
    const first = epoch.agreements.find(({ id }) => id === 'ecpat-politie')
    const entry = first?.lists[0]
    if (!first || !entry) throw new Error('no agreement')
    const second = { ...first, id: 'second', lists: [{ ...entry, profile: ['facts', 'place'] }] }
    expect(findInstrument(asked(), { ...epoch, agreements: [first, second] })).toMatchObject({
      ids: ['ecpat-politie', 'second'],
      profile: ['facts', 'place'],
    })
  })
})

const mark = (over: Partial<Mark> = {}): Mark => {
  return {
    originator: '00000099000000001000',
    handling: 'AMBER+STRICT',
    regimes: ['GDPR'],
    classes: [],
    limit: null,
    ...over,
  }
}

describe('labels', () => {
  it('join per originator: strictest handling, union of regimes, intersection of limits', () => {
    const joined = joinMarks(
      [
        mark({ handling: 'GREEN', limit: ['a', 'b'] }),
        mark({ handling: 'RED', regimes: ['WPG'], limit: ['b', 'c'] }),
        mark({ originator: '00000099000000003000', handling: 'H1' }),
      ],
      epoch,
      NOW,
    )
    expect(joined).toEqual([
      mark({ handling: 'RED', regimes: ['GDPR', 'WPG'], limit: ['b'] }),
      mark({ originator: '00000099000000003000', handling: 'H1' }),
    ])
  })
  it('bind the purpose, and tell the recipient the strictest handling', () => {
    const limited = { ...risk, marks: [mark({ limit: ['prosecution'] })] }
    const message = verifiedMessage(epoch, story.request([limited]))
    const question = deriveQuestion(message, 0, epoch, NOW, NO_APPROVALS)
    expect(question.facts['withinLimit']).toBe(false)
    const told = { obligations: ['no-onward', 'retain:10d'] } as unknown as Verdict
    expect(recipientLabel(message, question, told, epoch)).toMatchObject({
      handling: 'AMBER+STRICT',
      purposeLimit: ['prosecution'],
      noOnward: true,
      retainUntil: NOW + 10 * 86_400_000,
    })
  })
  it('a limit that only the recipient was told binds as well', () => {
    expect(facts(story.request([{ ...risk, purposeLimit: ['prosecution'] }]))['withinLimit']).toBe(false)
  })
})

describe('consent of the originator', () => {
  const asked = (over: Partial<Parameters<typeof unconsented>[0]> = {}) => {
    const to = epoch.endpoints.get(urn('om-lp/parket'))
    if (!to) throw new Error('no endpoint')
    const sender = '00000099000000002000' as Oin
    return unconsented(
      {
        type: 'kmar.alert',
        purpose: 'border-alert',
        sender,
        to,
        marks: [mark()],
        parents: [],
        at: NOW,
        ...over,
      },
      epoch,
    )
  }
  const kmar = epoch.endpoints.get(urn('kmar/politie'))
  const ecpat = epoch.endpoints.get(urn('ecpat/meldpunt'))
  it('is missing from H2 on, and for a code that is unknown', () => {
    for (const handling of ['AMBER+STRICT', 'RED', 'H2', 'H3', 'PURPLE'])
      expect(asked({ marks: [mark({ handling })] })).toHaveLength(1)
    for (const handling of ['CLEAR', 'GREEN', 'AMBER', 'H0', 'H1'])
      expect(asked({ marks: [mark({ handling })] })).toEqual([])
  })
  it('is given by that originator’s agreement, for type, role and purpose', () => {
    if (!kmar) throw new Error('no endpoint')
    expect(asked({ to: kmar })).toEqual([])
    expect(asked({ to: kmar, purpose: 'prosecution' })).toHaveLength(1)
    expect(asked({ to: kmar, type: 'om.decision' })).toHaveLength(1)
    expect(asked({ to: kmar, marks: [mark({ originator: '00000099000000006000' })] })).toEqual([])
    expect(asked({ to: kmar, marks: [mark({ originator: '00000099000000005000' })] })).toHaveLength(1)
  })
  it('is not asked for the sender’s own, for the originator itself, or for who handed the parent over', () => {
    if (!ecpat) throw new Error('no endpoint')
    expect(asked({ marks: [mark({ originator: '00000099000000002000', handling: 'RED' })] })).toEqual([])
    expect(asked({ to: ecpat })).toEqual([])
    const from = (short: string, originator: string) => ({ from: urn(short), marks: [mark({ originator })] })
    const theirs = from('om-lp/parket', '00000099000000001000')
    expect(asked({ parents: [theirs] })).toEqual([])
    // Another label of theirs frees nobody, nor does theirs when somebody else handed the same originator's information over.
    expect(asked({ parents: [from('om-lp/parket', '00000099000000005000')] })).toHaveLength(1)
    expect(asked({ parents: [theirs, from('ecpat/meldpunt', '00000099000000001000')] })).toHaveLength(1)
  })
})
