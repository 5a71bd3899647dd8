import type { ParsedPolicy } from '#core/ports/policy-engine.ts'
import { decidedTypes, isApprovalType } from './cedar-schema.ts'
import type { FactDeclaration, MessageType, PolicyMeta, Register } from './epoch.ts'
import { type FactType, parseFactType } from './fact-type.ts'
import { policyReach } from './policy-reach.ts'
import { contextPaths, scopeOf } from './policy-tree.ts'
import { ANNOTATIONS, POLICY_SETS, REQUIRED } from './read-policy.ts'
import { isReasonCode } from './reason-table.ts'
import { isRetention } from './retention.ts'

export interface LintPolicy {
  readonly parsed: ParsedPolicy
  readonly meta: PolicyMeta
}

export interface LintInput {
  readonly policies: readonly LintPolicy[]
  readonly codes: ReadonlyMap<string, readonly string[]>
  readonly facts: readonly FactDeclaration[]
  readonly types: ReadonlyMap<string, MessageType>
  readonly registers: ReadonlyMap<string, Register>
}

export interface Problem {
  readonly file: string
  readonly id: string
  readonly problem: string
}

/** What Cedar's validator cannot see (design §5, Fail closed): a slip here discloses a field or drops a rule, silently. */
export function lintPolicies(input: LintInput): readonly Problem[] {
  const curable = factsReadBy(input.policies.filter(({ meta }) => meta.set === 'hold'))
  const shape = contextShape(input.facts)
  return [
    ...duplicates(input.policies),
    ...input.policies.flatMap((policy) => {
      const said = [
        ...annotationProblems(policy),
        ...(policy.meta.set === 'permit'
          ? permitProblems(policy, input, curable)
          : guardProblems(policy, input)),
        ...pathProblems(policy, shape),
      ]
      return said.map((problem) => ({ file: policy.meta.file, id: policy.meta.id, problem }))
    }),
  ]
}

function duplicates(policies: readonly LintPolicy[]): readonly Problem[] {
  const seen = new Set<string>()
  return policies.flatMap(({ meta: { id, file } }) => {
    const twice = seen.has(id)
    seen.add(id)
    return twice ? [{ file, id, problem: 'this id is given twice' }] : []
  })
}

function annotationProblems({ parsed, meta }: LintPolicy): readonly string[] {
  const { annotations, effect } = parsed
  const problems: string[] = []
  const set = POLICY_SETS.find((name) => name === annotations['set'])
  if (!set) return [`@set is not one of ${POLICY_SETS.join(', ')}`]
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(meta.id)) problems.push('@id is not in kebab case')
  if ((set === 'permit') !== (effect === 'permit')) problems.push(`a ${set} cannot have the effect ${effect}`)
  for (const name of Object.keys(annotations)) {
    if (!ANNOTATIONS[set].includes(name)) problems.push(`@${name} means nothing on a ${set}`)
  }
  for (const name of REQUIRED[set]) {
    const mayBeEmpty = name === 'point'
    if (annotations[name] === undefined || (annotations[name] === '' && !mayBeEmpty))
      problems.push(`@${name} is missing`)
  }
  if (!['true', 'false'].includes(annotations['verified'] ?? ''))
    problems.push('@verified is not true or false')
  if (!['true', 'false', undefined].includes(annotations['tell'])) problems.push('@tell is not true or false')
  if (meta.verified && meta.article === null)
    problems.push('@verified("true") needs the article that was read')
  return problems
}

function permitProblems(
  policy: LintPolicy,
  input: LintInput,
  curable: ReadonlySet<string>,
): readonly string[] {
  const { meta } = policy
  const { pins } = meta
  if (!pins) return ['a permit pins one type, basis, purpose, sender role and recipient role']
  const type = decidedTypes(input.types).find(({ name }) => name === pins.type)
  if (!type) return [`the type ${pins.type} is unknown`]
  const fields = type.fields.map(({ name }) => name)
  const approval = isApprovalType(type.name)
  const known = (name: string) => fields.includes(name) || (name === '*' && approval)
  const depends = [...factsReadBy([policy])].filter(
    (fact) => curable.has(fact) || isApprovalFact(fact, input),
  )
  return [
    ...meta.show.filter((name) => !known(name)).map((name) => `@show: the type has no field ${name}`),
    ...meta.point.filter((name) => !meta.show.includes(name)).map((name) => `@point: ${name} is not shown`),
    ...(meta.point.length === 0 && !approval ? ['@point is empty'] : []),
    ...unknownCodes(
      '@classes',
      meta.classes.filter((name) => name !== '*'),
      'Class',
      input,
    ),
    ...unknownCodes(
      '@oblige',
      meta.oblige.filter((name) => !isRetention(name)),
      'Obligation',
      input,
    ),
    ...depends.map((fact) => `a permit must not depend on ${fact}, which can be cured`),
  ]
}

const isApprovalFact = (name: string, { facts }: LintInput): boolean =>
  facts.some((fact) => fact.name === name && (fact.origin === 'A' || fact.origin === 'T'))

function unknownCodes(
  where: string,
  names: readonly string[],
  entity: string,
  { codes }: LintInput,
): readonly string[] {
  return names
    .filter((name) => !codes.get(entity)?.includes(name))
    .map((name) => `${where}: ${name} is unknown`)
}

function guardProblems({ parsed, meta }: LintPolicy, input: LintInput): readonly string[] {
  const reach = policyReach(parsed, input.types)
  const problems: string[] = []
  if (reach.length === 0) problems.push('the action scope reaches no message type')
  if (meta.reason !== null && !isReasonCode(meta.reason)) problems.push(`@reason: ${meta.reason} is unknown`)
  if (meta.set === 'hold') {
    problems.push(...needsProblems(meta.needs ?? '', reach, input))
    if (scopeOf(parsed, 'action').kind === 'any' || reach.some(({ name }) => isApprovalType(name))) {
      problems.push('a hold must not reach requests for approval')
    }
  }
  if (meta.set === 'hide') problems.push(...hideProblems(meta.hide, reach, input))
  return problems
}

function needsProblems(needs: string, reach: readonly MessageType[], input: LintInput): readonly string[] {
  const [kind, name] = [needs.split(':')[0] ?? '', needs.split(':').slice(1).join(':')]
  switch (kind) {
    case 'approval': {
      const row = input.registers.get('approvals')?.rows.find((one) => one['guard'] === name)
      const covered = row?.['types']
      if (!Array.isArray(covered)) return [`@needs: no register row for the guard ${name}`]
      const left = reach.filter((type) => !covered.includes(type.name))
      return left.map((type) => `@needs: the guard ${name} does not cover ${type.name}`)
    }
    case 'evidence':
      return input.types.has(name) ? [] : [`@needs: the type ${name} is unknown`]
    case 'register':
      return name === 'agreements' || input.registers.has(name)
        ? []
        : [`@needs: the register ${name} is unknown`]
    default:
      return needs === 'supersede' ? [] : ['@needs is not approval:, evidence:, register: or supersede']
  }
}

function hideProblems(
  hide: readonly string[],
  reach: readonly MessageType[],
  input: LintInput,
): readonly string[] {
  const categories = input.registers.get('categories')?.rows.map((row) => `#${String(row['category'])}`) ?? []
  const fields = reach.flatMap((type) => type.fields.map(({ name }) => name))
  return hide
    .filter((name) => !(name.startsWith('#') ? categories : fields).includes(name))
    .map((name) => `@hide: ${name} is no field or #category`)
}

type Shape = ReadonlyMap<string, FactType | Shape>

const FIXED: Readonly<Record<string, readonly string[]>> = {
  terms: ['purpose', 'basis', 'ground', 'validUntil'],
  at: ['decided', 'occurred'],
  label: ['handling', 'regime'],
}

function contextShape(facts: readonly FactDeclaration[]): Shape {
  const leaf: FactType = { kind: 'primitive', name: 'String' }
  const shape = new Map<string, FactType | Shape>()
  for (const [name, fields] of Object.entries(FIXED))
    shape.set(name, new Map(fields.map((field) => [field, leaf])))
  shape.set('facts', new Map(facts.map((fact) => [fact.name, parseFactType(fact.type, fact.name)])))
  return shape
}

/** A mistyped `has` is no error in Cedar, it is just never true: every path must be declared. */
function pathProblems({ parsed }: LintPolicy, shape: Shape): readonly string[] {
  return contextPaths(parsed)
    .filter(({ path }) => !isDeclared(path, shape))
    .map(({ path }) => `context.${path.join('.')} is not declared`)
}

function isDeclared(path: readonly string[], shape: Shape | FactType): boolean {
  const [name, ...rest] = path
  if (name === undefined) return true
  if (!('kind' in shape)) {
    const next = shape.get(name)
    return next !== undefined && isDeclared(rest, next)
  }
  const field = shape.kind === 'record' ? shape.fields.get(name) : undefined
  return field !== undefined && isDeclared(rest, field.type)
}

function factsReadBy(policies: readonly LintPolicy[]): ReadonlySet<string> {
  const paths = policies.flatMap(({ parsed }) => contextPaths(parsed))
  return new Set(paths.flatMap(({ path }) => (path[0] === 'facts' && path[1] !== undefined ? [path[1]] : [])))
}
