import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decide } from '#core/decision/decide.ts'
import { deriveQuestion } from '#core/decision/derive-facts.ts'
import type { Epoch, PolicyMeta } from '#core/decision/epoch.ts'
import { findInstrument } from '#core/decision/find-instrument.ts'
import { joinMarks } from '#core/decision/join-labels.ts'
import { NO_APPROVALS } from '#core/decision/judge-approvals.ts'
import type { Mark, Member, Question } from '#core/decision/verdict.ts'
import type { PolicySet } from '#core/ports/policy-engine.ts'
import { testEpoch } from '../support/contracts.ts'
import { story } from '../support/story-messages.ts'
import { type Draft, NOW, urn, verifiedMessage } from '../support/verified-message.ts'

const real = testEpoch()
const base = deriveQuestion(verifiedMessage(real, story.alert()), 0, real, NOW, NO_APPROVALS)
const NAMES = ['a', 'b', 'c', 'd', 'items', 'items/0', 'items/1']
const CATEGORIES = ['narrative', 'identity', 'victim', 'source']
const CLASSES = ['8', '9', '13']

const some = <T>(items: readonly T[]) => fc.subarray([...items])

const members: fc.Arbitrary<readonly Member[]> = some(NAMES).chain((names) =>
  fc.tuple(
    ...names.map((name) =>
      fc.record({
        name: fc.constant(name),
        category: fc.constantFrom(...CATEGORIES),
        wpgClass: fc.constantFrom(null, ...CLASSES),
        withheldBySender: fc.boolean(),
      }),
    ),
  ),
)

const policyOf = (set: PolicySet, id: string): fc.Arbitrary<PolicyMeta> =>
  fc
    .record({
      show: some(['a', 'b', 'c', 'd', 'items']),
      classes: fc.constantFrom<readonly string[]>(['*'], ['8'], ['8', '13']),
      hide: some(['a', 'b', 'items/1', '#victim', '#source']),
      verified: fc.boolean(),
    })
    .chain((parts) => some(parts.show).map((point) => ({ ...parts, point })))
    .map(({ show, point, classes, hide, verified }) => ({
      id,
      set,
      file: 'test',
      article: 'Art. 1',
      source: 'test',
      verified,
      reason: set === 'permit' ? null : 'OUT_OF_WINDOW',
      needs: set === 'hold' ? 'supersede' : null,
      tell: true,
      show: set === 'permit' ? show : [],
      point: set === 'permit' ? point : [],
      classes: set === 'permit' ? classes : [],
      oblige: [],
      hide: set === 'hide' ? hide : [],
      pins: null,
      reach: ['kmar.alert'],
      grounds: [],
      nl: id,
      en: id,
    }))

const policies = fc
  .array(fc.constantFrom<PolicySet>('permit', 'permit', 'deny', 'hold', 'hide'), { maxLength: 5 })
  .chain((sets) => fc.tuple(...sets.map((set, index) => policyOf(set, `p${index}`))))

const profile = fc.oneof(fc.constant<readonly string[]>(['*']), some(['a', 'b', 'items']))

function epochOf(matching: readonly PolicyMeta[]): Epoch {
  const matched = (set: PolicySet) => matching.filter((one) => one.set === set).map(({ id }) => id)
  return {
    ...real,
    policies: new Map(matching.map((one) => [one.id, one])),
    compiled: { ask: (set) => ({ matched: matched(set), errors: [] }) },
  }
}

const asking = (asked: readonly Member[], through: readonly string[]): Question => ({
  ...base,
  members: asked,
  facts: { ...base.facts, instrument: { state: 'lists', ids: ['x'], profile: through } },
})

const RANK = { deny: 0, hold: 1, 'permit-redacted': 2, permit: 2 } as const

describe('the verdict, whatever the rules', () => {
  it('puts each member in shown or withheld, once, and a withheld one is never shown', () => {
    fc.assert(
      fc.property(policies, members, profile, (matching, asked, through) => {
        const verdict = decide(asking(asked, through), epochOf(matching))
        const withheld = verdict.withheld.map(({ member }) => member)
        expect([...verdict.shown, ...withheld].sort()).toEqual(asked.map(({ name }) => name).sort())
        for (const { reason } of verdict.withheld) expect(reason).not.toBe('')
        for (const member of asked)
          if (member.withheldBySender) expect(verdict.shown).not.toContain(member.name)
        expect(verdict.kind === 'permit-redacted').toBe(
          verdict.kind.startsWith('permit') && withheld.length > 0,
        )
        expect(verdict.reasons.length > 0).toBe(verdict.kind === 'deny' || verdict.kind === 'hold')
      }),
    )
  })
  it('a further guard never permits more and never shows more', () => {
    const guard = fc.constantFrom<PolicySet>('deny', 'hold', 'hide').chain((set) => policyOf(set, 'guard'))
    fc.assert(
      fc.property(policies, guard, members, profile, (matching, added, asked, through) => {
        const before = decide(asking(asked, through), epochOf(matching))
        const after = decide(asking(asked, through), epochOf([...matching, added]))
        expect(RANK[after.kind]).toBeLessThanOrEqual(RANK[before.kind])
        for (const member of after.shown) expect(before.shown).toContain(member)
      }),
    )
  })
  it('a new schema field is hidden and changes nothing about the others', () => {
    fc.assert(
      fc.property(policies, members, (matching, asked) => {
        const added: Member = {
          name: 'brandNew',
          category: 'narrative',
          wpgClass: '8',
          withheldBySender: false,
        }
        const before = decide(asking(asked, ['*']), epochOf(matching))
        const after = decide(asking([...asked, added], ['*']), epochOf(matching))
        expect(after.shown).toEqual(before.shown)
        expect(after.reasons).toEqual(before.reasons)
      }),
    )
  })
  it('a second permit never shows more than the first alone', () => {
    fc.assert(
      fc.property(policyOf('permit', 'one'), policyOf('permit', 'two'), members, (one, two, asked) => {
        const [alone, both] = [
          decide(asking(asked, ['*']), epochOf([one])),
          decide(asking(asked, ['*']), epochOf([one, two])),
        ]
        for (const member of both.shown) expect(alone.shown).toContain(member)
      }),
    )
  })
})

describe('the real contracts', () => {
  const drafts: readonly Draft[] = [
    story.tip(),
    story.alert(),
    story.risk(),
    story.request(),
    story.diffusion(),
    story.feedback(),
    story.disclosure(true),
  ]
  const endpoints = [...real.endpoints.values()].map(({ oin, name }) => {
    const partner = real.partners.get(oin)?.id ?? ''
    return `${partner}/${name}`
  })
  const codes = (entity: string) =>
    (real.registers.get('codes')?.rows ?? [])
      .filter((row) => row['entity'] === entity)
      .map((row) => String(row['value']))
  const term = fc.record({
    to: fc.constantFrom(...endpoints),
    purpose: fc.constantFrom(...codes('Purpose')),
    basis: fc.constantFrom(...codes('Basis')),
    ground: fc.constantFrom(...codes('Ground')),
  })
  it('permit a type to a kind of recipient only as the permits pin it', () => {
    fc.assert(
      fc.property(fc.constantFrom(...drafts), term, fc.constantFrom(...endpoints), (draft, to, from) => {
        const question = deriveQuestion(
          verifiedMessage(real, { ...draft, from, to: [to] }),
          0,
          real,
          NOW,
          NO_APPROVALS,
        )
        const verdict = decide(question, real)
        expect(verdict.reasons.map(({ code }) => code)).not.toContain('RULE_ERROR')
        if (RANK[verdict.kind] === 0) return
        for (const { rule } of verdict.basis) {
          const pins = real.policies.get(rule)?.pins
          expect([pins?.type, pins?.basis, pins?.purpose]).toEqual([draft.type, to.basis, to.purpose])
          expect(real.endpoints.get(urn(to.to))?.roles).toContain(pins?.to)
        }
      }),
      { numRuns: 60 },
    )
  }, 120_000)
  it('terms for others, however wide, never help a recipient', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...drafts),
        term,
        fc.array(term, { maxLength: 3 }),
        (draft, mine, others) => {
          const alone = verifiedMessage(real, { ...draft, to: [mine] })
          const among = verifiedMessage(real, { ...draft, to: [mine, ...others] })
          expect(deriveQuestion(among, 0, real, NOW, NO_APPROVALS)).toEqual(
            deriveQuestion(alone, 0, real, NOW, NO_APPROVALS),
          )
        },
      ),
    )
  })
  it('an instrument more never turns an answer that lists into a wider profile', () => {
    const from = real.endpoints.get(urn('ecpat/meldpunt'))
    const to = real.endpoints.get(urn('tbkk/zaken'))
    const known = real.agreements.find(({ id }) => id === 'ecpat-politie')
    if (!from || !to || !known) throw new Error('no agreement')
    const asked = { type: 'tip.ngo.forwarded', from, to, basis: 'uavg-33', purpose: 'intake', at: NOW }
    fc.assert(
      fc.property(some(['facts', 'place']), (fields) => {
        const lists = known.lists.map((entry) => ({ ...entry, profile: fields }))
        const found = findInstrument(asked, { ...real, agreements: [known, { ...known, id: 'more', lists }] })
        expect([...found.profile].sort()).toEqual([...fields].sort())
      }),
    )
  })
})

describe('joined labels', () => {
  const mark: fc.Arbitrary<Mark> = fc.record({
    originator: fc.constantFrom('00000099000000001000', '00000099000000003000'),
    handling: fc.constantFrom(
      'CLEAR',
      'GREEN',
      'AMBER',
      'AMBER+STRICT',
      'RED',
      'H0',
      'H1',
      'H2',
      'H3',
      'PURPLE',
    ),
    regimes: some(['GDPR', 'WPG', 'LED']),
    classes: some(CLASSES),
    limit: fc.option(some(['a', 'b', 'c'])),
  })
  it('do not depend on order, and joining again adds nothing', () => {
    fc.assert(
      fc.property(fc.array(mark, { maxLength: 6 }), (marks) => {
        const joined = joinMarks(marks, real, NOW)
        expect(joinMarks([...marks].reverse(), real, NOW)).toEqual(joined)
        expect(joinMarks([...marks, ...joined], real, NOW)).toEqual(joined)
      }),
    )
  })
})
