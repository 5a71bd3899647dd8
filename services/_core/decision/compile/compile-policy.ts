/** A policy of Cedar's JSON form as a closure: its scope, then its conditions in order. */
import { EntityUid } from '#core/ports/policy-engine.ts'
import {
  asJson,
  compileExpression,
  EvaluationError,
  type Expression,
  type Json,
  outside,
} from './compile-expression.ts'
import type { Facing } from './facing.ts'

/** `matched`: scope and conditions hold. `error`: a condition erred; Cedar would skip the policy, here it spoils the answer. */
export type Outcome = 'matched' | 'not' | 'error'

export interface CompiledPolicy {
  readonly id: string
  /** Whether its action scope holds; `above`: the action itself and every group it is in. */
  reaches(action: string, above: ReadonlySet<string>): boolean
  /** For a request whose action it reaches. */
  evaluate(facing: Facing): Outcome
}

type Scope = (facing: Facing) => boolean

function uidOf(json: unknown): EntityUid {
  const map = asJson(json)
  const { type, id } = '__entity' in map ? asJson(map['__entity']) : map
  return typeof type === 'string' && typeof id === 'string' ? new EntityUid(type, id) : outside('an entity')
}

function knownScope(json: unknown, of: string): Json {
  const scope = asJson(json)
  const known = ['op', 'entity', 'entities', 'entity_type', 'in']
  return Object.keys(scope).every((name) => known.includes(name)) ? scope : outside(`scope of ${of}`)
}

function namedIn({ entity, entities }: Json): readonly EntityUid[] {
  return Array.isArray(entities) ? entities.map(uidOf) : [uidOf(entity)]
}

/** Actions are found by name before policies are evaluated: there is one type of them, in one namespace. */
function actionScope(json: unknown): CompiledPolicy['reaches'] {
  const scope = knownScope(json, 'action')
  switch (scope['op']) {
    case 'All':
      return () => true
    case '==': {
      const { type, id } = uidOf(scope['entity'])
      return (action) => type === 'Action' && id === action
    }
    case 'in': {
      const groups = namedIn(scope).filter(({ type }) => type === 'Action')
      return (_, above) => groups.some(({ id }) => above.has(id))
    }
  }
  return outside('scope of action')
}

function scopeOf(json: unknown, of: 'principal' | 'resource'): Scope | undefined {
  const scope = knownScope(json, of)
  switch (scope['op']) {
    case 'All':
      return undefined
    case '==': {
      const wanted = uidOf(scope['entity'])
      return (facing) => facing[of].id === wanted.id && facing[of].type === wanted.type
    }
    case 'in': {
      const wanted = uidOf(scope['entity'])
      return (facing) => facing.within(facing[of], wanted)
    }
    case 'is': {
      const type = scope['entity_type']
      const inside = scope['in'] === undefined ? undefined : uidOf(asJson(scope['in'])['entity'])
      return (facing) => facing[of].type === type && (!inside || facing.within(facing[of], inside))
    }
  }
  return outside(`scope of ${of}`)
}

interface Condition {
  readonly expression: Expression
  readonly wanted: boolean
}

function conditionOf(json: unknown): Condition {
  const { kind, body } = asJson(json)
  if (kind !== 'when' && kind !== 'unless') return outside('a condition')
  return { expression: compileExpression(asJson(body)), wanted: kind === 'when' }
}

/** `OPS_CONTROL` for what is outside the subset. */
export function compilePolicy(id: string, json: unknown): CompiledPolicy {
  const policy = asJson(json)
  const scopes = (['principal', 'resource'] as const)
    .map((of) => scopeOf(policy[of], of))
    .filter((scope) => scope !== undefined)
  const list = policy['conditions']
  const conditions = Array.isArray(list) ? list.map(conditionOf) : outside('conditions')
  const holds = inTurn(scopes, conditions)
  return {
    id,
    reaches: actionScope(policy['action']),
    evaluate: (facing) => guarded(holds, facing),
  }
}

/** Scope, then conditions in order; the first that is not as wanted ends it. */
function inTurn(scopes: readonly Scope[], conditions: readonly Condition[]): (facing: Facing) => Outcome {
  const [only, more] = conditions
  if (only && !more && scopes.length === 0) return (facing) => outcomeOf(only, facing)
  return (facing) => {
    for (const scope of scopes) if (!scope(facing)) return 'not'
    for (const condition of conditions) {
      const outcome = outcomeOf(condition, facing)
      if (outcome !== 'matched') return outcome
    }
    return 'matched'
  }
}

function outcomeOf({ expression, wanted }: Condition, facing: Facing): Outcome {
  const holds = expression(facing)
  if (typeof holds !== 'boolean') return 'error'
  return holds === wanted ? 'matched' : 'not'
}

function guarded(holds: (facing: Facing) => Outcome, facing: Facing): Outcome {
  try {
    return holds(facing)
  } catch (error) {
    if (error instanceof EvaluationError) return 'error'
    throw error
  }
}
