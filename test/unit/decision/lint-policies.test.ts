import { describe, expect, it } from 'vitest'
import { cedarEngine } from '#adapters/policy-engine/cedar.ts'
import { lintPolicies } from '#core/decision/lint-policies.ts'
import { loadPolicies, parsePolicies } from '#core/decision/load-policies.ts'
import { readContracts } from '../../../infra/generate/read-contracts.ts'
import { ROOT } from '../../support/signed-contracts.ts'

const contracts = readContracts(ROOT)
const engine = cedarEngine()

interface Parts {
  readonly annotations?: Readonly<Record<string, string | null>>
  readonly effect?: 'permit' | 'forbid'
  readonly scope?: string
  readonly conditions?: string
}

const text = (
  base: Readonly<Record<string, string>>,
  { annotations, effect, scope, conditions }: Required<Parts>,
) => {
  const all = Object.entries({ ...base, ...annotations }).filter(([, value]) => value !== null)
  return `${all.map(([name, value]) => `@${name}("${value}")`).join(' ')}\n${effect} (${scope}) ${conditions};`
}

const COMMON = { source: 'test', verified: 'false', nl: 'tekst', en: 'text' }

function permit(parts: Parts = {}): string {
  const base = {
    ...COMMON,
    set: 'permit',
    id: 'test-rule',
    article: 'Wpg 15',
    classes: '8',
    show: 'outcome',
    point: 'outcome',
  }
  return text(base, {
    annotations: {},
    effect: 'permit',
    scope: 'principal in Role::"recl", action == Action::"kmar.action.result", resource in Role::"om"',
    conditions:
      'when { context.terms.basis == Basis::"wpg-15" && context.terms.purpose == Purpose::"alert-result" }',
    ...parts,
  })
}

function guard(set: 'deny' | 'hold' | 'hide', parts: Parts = {}): string {
  const own = { deny: {}, hold: { needs: 'supersede' }, hide: { hide: '#victim' } }[set]
  return text(
    { ...COMMON, set, id: 'test-rule', reason: 'OUT_OF_WINDOW', ...own },
    {
      annotations: {},
      effect: 'forbid',
      scope: 'principal, action == Action::"kmar.alert", resource',
      conditions: 'when { context.facts.automated }',
      ...parts,
    },
  )
}

function problems(...texts: readonly string[]): readonly string[] {
  const policies = parsePolicies(
    new Map(texts.map((one, index) => [`test-${index}.cedar`, one])),
    engine,
    contracts.types,
  )
  return lintPolicies({ ...contracts, policies }).map(({ problem }) => problem)
}

const annotate = (annotations: Readonly<Record<string, string | null>>): Parts => ({ annotations })

describe('what the linter lets through', () => {
  it('sound rules of each set, and all of the repository', () => {
    expect(problems(permit())).toEqual([])
    for (const set of ['deny', 'hold', 'hide'] as const) expect(problems(guard(set))).toEqual([])
    expect(lintPolicies(contracts)).toEqual([])
  })
})

describe('a slip that would change nothing loudly is refused', () => {
  it.each<readonly [string, string]>([
    ['@set mistyped drops the policy', guard('deny', annotate({ set: 'denies' }))],
    ['@set missing', guard('deny', annotate({ set: null }))],
    ['@hide mistyped discloses', guard('hide', annotate({ hide: '#victims' }))],
    ['@hide names no field', guard('hide', annotate({ hide: 'victim' }))],
    ['unknown annotation', guard('deny', annotate({ reasons: 'x' }))],
    ['annotation of another set', guard('deny', annotate({ needs: 'supersede' }))],
    ['@reason unknown', guard('deny', annotate({ reason: 'BECAUSE' }))],
    ['@reason missing', guard('deny', annotate({ reason: null }))],
    ['@verified missing', guard('deny', annotate({ verified: null }))],
    ['@verified mistyped', guard('deny', annotate({ verified: 'yes' }))],
    ['@verified without article', guard('deny', annotate({ verified: 'true' }))],
    ['@tell mistyped', guard('deny', annotate({ tell: 'no' }))],
    ['@id not kebab', guard('deny', annotate({ id: 'Test_Rule' }))],
    ['a deny that permits', guard('deny', { effect: 'permit' })],
    ['a permit that forbids', permit({ effect: 'forbid' })],
    ['@show unknown', permit(annotate({ show: 'outcome,outcomes' }))],
    ['@show everything', permit(annotate({ show: '*', point: 'outcome' }))],
    ['@point not shown', permit(annotate({ point: 'observation' }))],
    ['@point empty', permit(annotate({ point: '' }))],
    ['@classes unknown', permit(annotate({ classes: '8,7' }))],
    ['@oblige unknown', permit(annotate({ oblige: 'discretion' }))],
    ['permit without article', permit(annotate({ article: null }))],
    ['@needs unknown kind', guard('hold', annotate({ needs: 'patience' }))],
    ['@needs approval without row', guard('hold', annotate({ needs: 'approval:nobody' }))],
    [
      '@needs approval whose row covers another type',
      guard('hold', annotate({ needs: 'approval:wpg19-ovj' })),
    ],
    ['@needs evidence of no type', guard('hold', annotate({ needs: 'evidence:kmar.alarm' }))],
    ['@needs register unknown', guard('hold', annotate({ needs: 'register:unknown' }))],
    ['a hold that reaches everything', guard('hold', { scope: 'principal, action, resource' })],
    [
      'a hold on approval requests',
      guard('hold', { scope: 'principal, action == Action::"approval.requested", resource' }),
    ],
    ['no type reached', guard('deny', { scope: 'principal, action == Action::"kmar.alarm", resource' })],
    ['a group that vanished', guard('deny', { scope: 'principal, action in Action::"persnal", resource' })],
    ['has mistyped', guard('deny', { conditions: 'when { context.facts has riskAssesment }' })],
    ['attribute undeclared', guard('deny', { conditions: 'when { context.facts.automatic }' })],
    ['field of a fact undeclared', guard('deny', { conditions: 'when { context.facts.country has name }' })],
  ])('%s', (_, policy) => {
    expect(problems(policy).length).toBeGreaterThan(0)
  })
  it('an id twice', () => {
    expect(problems(guard('deny'), guard('hide'))).toEqual(['this id is given twice'])
  })
})

describe('a permit pins five things and depends on nothing curable', () => {
  const conditions = (more: string) =>
    `when { context.terms.basis == Basis::"wpg-15" && context.terms.purpose == Purpose::"alert-result"${more} }`
  it.each<readonly [string, Parts]>([
    ['any sender', { scope: 'principal, action == Action::"kmar.action.result", resource in Role::"om"' }],
    [
      'any recipient',
      { scope: 'principal in Role::"recl", action == Action::"kmar.action.result", resource' },
    ],
    [
      'a group of types',
      { scope: 'principal in Role::"recl", action in Action::"police", resource in Role::"om"' },
    ],
    ['no basis', { conditions: 'when { context.terms.purpose == Purpose::"alert-result" }' }],
    [
      'a choice of purposes',
      {
        conditions:
          'when { context.terms.basis == Basis::"wpg-15" && (context.terms.purpose == Purpose::"intake" || context.terms.purpose == Purpose::"alert-result") }',
      },
    ],
    [
      'basis under unless',
      {
        conditions:
          'when { context.terms.purpose == Purpose::"intake" } unless { context.terms.basis == Basis::"wpg-15" }',
      },
    ],
    ['an approval', { conditions: conditions(' && context.facts.approved.contains(Guard::"wpg19-ovj")') }],
    ['evidence', { conditions: conditions(' && context.facts has riskAssessment') }],
    ['a transfer assessment', { conditions: conditions(' && context.facts has transfer') }],
  ])('refuses %s', (_, parts) => {
    const curing = guard('hold', {
      ...annotate({ id: 'g-transfer' }),
      conditions: 'unless { context.facts has transfer }',
    })
    expect(problems(curing, permit(parts)).length).toBeGreaterThan(0)
  })
})

describe('what Cedar itself refuses', () => {
  const load = (policy: string) => () => loadPolicies(new Map([['test.cedar', policy]]), contracts, engine)
  it.each<readonly [string, string]>([
    ['syntax', 'forbid (principal, action, resource'],
    ['a template', `@set("deny") @id("t") forbid (principal == ?principal, action, resource);`],
    ['an unknown code', guard('deny', { conditions: 'when { context.label.regime == Regime::"WGP" }' })],
    [
      'an unknown role',
      guard('deny', { scope: 'principal in Role::"polic", action == Action::"kmar.alert", resource' }),
    ],
    [
      'an optional fact read without has',
      guard('deny', { conditions: 'when { context.facts.evaluation == "X4" }' }),
    ],
    [
      'a comparison of unlike types',
      guard('deny', { conditions: 'when { context.facts.automated == "true" }' }),
    ],
    [
      'a condition that is never true',
      guard('deny', { conditions: 'when { context.facts.automated && false }' }),
    ],
  ])('%s', (_, policy) => {
    expect(load(policy)).toThrow(expect.objectContaining({ code: 'OPS_CONTROL' }))
  })
  it('no policies at all', () => {
    expect(() => loadPolicies(new Map(), contracts, engine)).toThrow(
      expect.objectContaining({ code: 'OPS_CONTROL' }),
    )
  })
})
