import { describe, expect, it } from 'vitest'
import { decide } from '#core/decision/decide.ts'
import { deriveQuestion } from '#core/decision/derive-facts.ts'
import type { Epoch, PolicyMeta } from '#core/decision/epoch.ts'
import { NO_APPROVALS } from '#core/decision/judge-approvals.ts'
import type { Member, Question } from '#core/decision/verdict.ts'
import type { CompiledPolicies, EngineAnswer, PolicySet } from '#core/ports/policy-engine.ts'
import { testEpoch } from '../../support/contracts.ts'
import { story } from '../../support/story-messages.ts'
import { NOW, urn, verifiedMessage } from '../../support/verified-message.ts'

const real = testEpoch()
const base = deriveQuestion(verifiedMessage(real, story.alert()), 0, real, NOW, NO_APPROVALS)

const policy = (id: string, set: PolicySet, over: Partial<PolicyMeta> = {}): PolicyMeta => ({
  id,
  set,
  file: 'test',
  article: 'Art. 1',
  source: 'test',
  verified: true,
  reason: set === 'permit' ? null : `${id.toUpperCase()}`,
  needs: set === 'hold' ? 'supersede' : null,
  tell: true,
  show: [],
  point: [],
  classes: ['*'],
  oblige: [],
  hide: [],
  pins: null,
  reach: ['kmar.alert'],
  grounds: [],
  nl: id,
  en: id,
  ...over,
})

const EMPTY: EngineAnswer = { matched: [], errors: [] }

/** An epoch whose engine answers as told: the order of §5 alone is under test. */
function epochWith(
  policies: readonly PolicyMeta[],
  over: { strict?: boolean; compiled?: CompiledPolicies } = {},
): Epoch {
  const matched = (set: PolicySet) => policies.filter((one) => one.set === set).map(({ id }) => id)
  return {
    ...real,
    profile: { strict: over.strict ?? false },
    policies: new Map(policies.map((one) => [one.id, one])),
    compiled: over.compiled ?? { ask: (set) => ({ matched: matched(set), errors: [] }) },
  }
}

const member = (name: string, over: Partial<Member> = {}): Member => {
  return { name, category: 'narrative', wpgClass: '8', withheldBySender: false, ...over }
}
const asking = (members: readonly Member[], over: Partial<Question> = {}): Question => ({
  ...base,
  members,
  ...over,
})
const listing = (profile: readonly string[], state = 'lists') => {
  return { facts: { ...base.facts, instrument: { state, ids: ['x'], profile } } }
}
const all = policy('p', 'permit', { show: ['a', 'b', 'c'] })

describe('RULE_ERROR', () => {
  const refused = (question: Question, epoch: Epoch) => {
    const verdict = decide(question, epoch)
    expect([verdict.kind, verdict.reasons.map(({ code }) => code)]).toEqual(['deny', ['RULE_ERROR']])
    expect(verdict.shown).toEqual([])
    expect(verdict.withheld.map((one) => one.member)).toEqual(question.members.map(({ name }) => name))
  }
  it('on any diagnostic of any set, on a throwing engine, on an unknown or misplaced policy id', () => {
    for (const broken of ['permit', 'deny', 'hold', 'hide'] as const) {
      const ask = (set: PolicySet) =>
        set === broken
          ? { matched: [], errors: ['x'] }
          : set === 'permit'
            ? { matched: ['p'], errors: [] }
            : EMPTY
      refused(asking([member('a')]), epochWith([all], { compiled: { ask } }))
    }
    const throwing = () => {
      throw new Error('wasm')
    }
    refused(asking([member('a')]), epochWith([all], { compiled: { ask: throwing } }))
    refused(
      asking([member('a')]),
      epochWith([all], { compiled: { ask: () => ({ matched: ['q'], errors: [] }) } }),
    )
    refused(
      asking([member('a')]),
      epochWith([all], {
        compiled: { ask: (set) => (set === 'hide' ? { matched: ['p'], errors: [] } : EMPTY) },
      }),
    )
  })
  it('on hostile context, decided by Cedar itself', () => {
    const { country: _, ...noCountry } = base.facts
    const hostile: readonly Partial<Question>[] = [
      { facts: noCountry },
      { facts: { ...base.facts, undeclared: true } },
      { facts: { ...base.facts, automated: 'false' } },
      { facts: { ...base.facts, flags: [1 as unknown as string] } },
      { facts: { ...base.facts, country: { code: 'NL', led: 'MEMBER', deathPenalty: false, extra: 1 } } },
      { facts: { ...base.facts, country: { code: 'NL', led: 'FRIEND', deathPenalty: false } } },
      { facts: { ...base.facts, validUntil: Number.NaN } },
      { facts: { ...base.facts, evaluation: null as unknown as string } },
      { terms: { ...base.terms, purpose: 'everything' } },
      { terms: { ...base.terms, basis: '' } },
      { terms: { ...base.terms, ground: '__proto__' } },
      { terms: { ...base.terms, validUntil: 1e20 } },
      { label: { ...base.label, regime: 'NONE' } },
      { label: { ...base.label, handling: 'PURPLE' } },
      { at: { decided: -1, occurred: null } },
      { type: 'kmar.alarm' as Question['type'] },
      { type: 'acknowledged' as Question['type'] },
      { to: urn('kmar/balie') },
      { from: urn('tbkk/kelder') },
    ]
    for (const over of hostile) refused({ ...base, ...over }, real)
  })
})

describe('the order of §5', () => {
  const deny = policy('d', 'deny')
  const hold = policy('h', 'hold')
  const reasons = (policies: readonly PolicyMeta[], question = asking([member('a')], listing(['*']))) => {
    const verdict = decide(question, epochWith(policies))
    return [verdict.kind, verdict.reasons.map(({ code }) => code)]
  }
  it('any deny comes before everything, with all denies and no hold', () => {
    expect(reasons([policy('e', 'deny'), deny, hold, all])).toEqual(['deny', ['D', 'E']])
    expect(reasons([deny])).toEqual(['deny', ['D']])
  })
  it('no permit, no listing instrument, or a ground nobody examines: NO_LEGAL_BASIS before any hold', () => {
    expect(reasons([hold])).toEqual(['deny', ['NO_LEGAL_BASIS']])
    for (const state of ['unlisted', 'expired', 'missing']) {
      expect(reasons([all, hold], asking([member('a')], listing(['*'], state)))).toEqual([
        'deny',
        ['NO_LEGAL_BASIS'],
      ])
    }
    const ground = asking([member('a')], { ...listing(['*']), terms: { ...base.terms, ground: '3c' } })
    expect(reasons([all], ground)).toEqual(['deny', ['NO_LEGAL_BASIS']])
    expect(reasons([all, policy('g', 'hold', { grounds: ['3c'] })], ground)).toEqual(['hold', ['G']])
    const elsewhere = policy('g', 'hold', { grounds: ['3c'], reach: ['tip.feedback'] })
    expect(reasons([all, elsewhere], ground)).toEqual(['deny', ['NO_LEGAL_BASIS']])
  })
  it('a lost point denies with what took it, before any hold', () => {
    const pointed = { ...all, point: ['a'] }
    expect(reasons([pointed, hold, policy('x', 'hide', { hide: ['a'] })])).toEqual(['deny', ['X']])
    const sender = asking([member('a', { withheldBySender: true })], listing(['*']))
    expect(reasons([pointed, hold], sender)).toEqual(['deny', ['WITHHELD_BY_SENDER']])
    const archived = asking([member('a', { wpgClass: '9' })], listing(['*']))
    expect(reasons([{ ...pointed, classes: ['8'] }, hold], archived)).toEqual([
      'deny',
      ['WPG_CLASS_NOT_SHAREABLE'],
    ])
    expect(reasons([pointed, hold], asking([member('b')], listing(['*'])))).toEqual(['hold', ['H']])
  })
  it('a point whose elements are all gone is lost; with one left it is not', () => {
    const items = { ...all, show: ['a'], point: ['a'], classes: ['8'] }
    const elements = (second: string) =>
      asking(
        [member('a'), member('a/0', { wpgClass: '9' }), member('a/1', { wpgClass: second })],
        listing(['*']),
      )
    expect(reasons([items], elements('9'))).toEqual(['deny', ['WPG_CLASS_NOT_SHAREABLE']])
    expect(reasons([items], elements('8'))[0]).toBe('permit-redacted')
  })
  it('holds come all, with needs and what would be shown', () => {
    const verdict = decide(
      asking([member('a'), member('z')], listing(['*'])),
      epochWith([all, hold, policy('i', 'hold', { needs: 'approval:x' })]),
    )
    expect(verdict.reasons.map(({ code, needs }) => [code, needs])).toEqual([
      ['H', 'supersede'],
      ['I', 'approval:x'],
    ])
    expect([verdict.shown, verdict.withheld.map((one) => one.member)]).toEqual([['a'], ['z']])
  })
})

describe('what is shown', () => {
  const split = (
    policies: readonly PolicyMeta[],
    members: readonly Member[],
    profile: readonly string[] = ['*'],
  ) => {
    const verdict = decide(asking(members, listing(profile)), epochWith(policies))
    return [verdict.shown, verdict.withheld.map((one) => [one.member, one.reason, one.rule])]
  }
  it('several permits: intersection shown, union of obligations, shortest retention, every basis', () => {
    const verdict = decide(
      asking([member('a'), member('b'), member('c')], listing(['*'])),
      epochWith([
        { ...all, show: ['a', 'b'], oblige: ['secrecy', 'retain:365d'] },
        policy('q', 'permit', { show: ['b', 'c'], oblige: ['no-onward', 'retain:30d'] }),
      ]),
    )
    expect(verdict.shown).toEqual(['b'])
    expect(verdict.obligations).toEqual(['no-onward', 'retain:30d', 'secrecy'])
    expect(verdict.basis.map(({ rule }) => rule)).toEqual(['p', 'q'])
  })
  it('hides by name and by category, and each withheld member has one reason', () => {
    const hide = policy('x', 'hide', { hide: ['a', '#victim'] })
    expect(split([all, hide], [member('a'), member('b', { category: 'victim' }), member('c')])).toEqual([
      ['c'],
      [
        ['a', 'X', 'x'],
        ['b', 'X', 'x'],
      ],
    ])
  })
  it('keeps to the profile of the instrument, and shows no field that no rule shows', () => {
    expect(split([all], [member('a'), member('b'), member('new')], ['a', 'new'])).toEqual([
      ['a'],
      [
        ['b', 'FIELD_FORBIDDEN', 'instrument'],
        ['new', 'FIELD_FORBIDDEN', 'p'],
      ],
    ])
  })
  it('withholds a field without class under the Wpg, and elements with their array', () => {
    expect(split([all], [member('a', { wpgClass: null })])).toEqual([
      [],
      [['a', 'WPG_CLASS_UNSTATED', 'engine']],
    ])
    const hide = policy('x', 'hide', { hide: ['b'] })
    expect(split([all, hide], [member('b'), member('b/0')])[0]).toEqual([])
  })
})

describe('the strict profile', () => {
  it('treats unverified permits as absent, and lets unverified guards guard', () => {
    const unverified = { ...all, verified: false }
    const question = asking([member('a')], listing(['*']))
    expect(decide(question, epochWith([unverified])).kind).toBe('permit')
    expect(decide(question, epochWith([unverified], { strict: true })).reasons[0]?.code).toBe(
      'NO_LEGAL_BASIS',
    )
    const guard = policy('d', 'deny', { verified: false })
    expect(decide(question, epochWith([all, guard], { strict: true })).reasons[0]?.code).toBe('D')
  })
  it('on the real contracts: Wpg 15 still permits, an unverified law and unverified rows do not', () => {
    const strict = testEpoch({ strict: true })
    const ask = (draft: Parameters<typeof verifiedMessage>[1]) =>
      decide(deriveQuestion(verifiedMessage(strict, draft), 0, strict, NOW, NO_APPROVALS), strict)
    expect(ask(story.alert()).kind).toBe('permit-redacted')
    expect(ask(story.tip()).reasons.map(({ code }) => code)).toEqual(['NO_LEGAL_BASIS'])
    expect(ask(story.request()).reasons.map(({ code }) => code)).toEqual(['CRITERION_NOT_MET'])
    expect(ask(story.disclosure(true)).reasons.map(({ code }) => code)).toEqual(['NO_LEGAL_BASIS'])
  })
})
