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
  /** Uids that its action scope names; undefined: any action. */
  readonly actions: readonly EntityUid[] | undefined
  evaluate(facing: Facing): Outcome
}

type Scope = (facing: Facing) => boolean

function uidOf(json: unknown): EntityUid {
  const map = asJson(json)
  const { type, id } = '__entity' in map ? asJson(map['__entity']) : map
  return typeof type === 'string' && typeof id === 'string' ? new EntityUid(type, id) : outside('an entity')
}

/** Entities of `==` and `in` in an action's scope. */
function actionsOf(scope: Json): readonly EntityUid[] | undefined {
  if (scope['op'] === 'All') return undefined
  const { entity, entities } = scope
  return Array.isArray(entities) ? entities.map(uidOf) : [uidOf(entity)]
}

function scopeOf(json: unknown, of: 'principal' | 'action' | 'resource'): Scope | undefined {
  const scope = asJson(json)
  const known = ['op', 'entity', 'entities', 'entity_type', 'in']
  if (Object.keys(scope).some((name) => !known.includes(name))) return outside(`scope of ${of}`)
  switch (scope['op']) {
    case 'All':
      return undefined
    case '==': {
      const wanted = uidOf(scope['entity'])
      return (facing) => facing[of].id === wanted.id && facing[of].type === wanted.type
    }
    case 'in': {
      const wanted = actionsOf(scope) ?? []
      return (facing) => wanted.some((one) => facing.within(facing[of], one))
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
  const scopes = (['principal', 'action', 'resource'] as const)
    .map((of) => scopeOf(policy[of], of))
    .filter((scope) => scope !== undefined)
  const list = policy['conditions']
  const conditions = Array.isArray(list) ? list.map(conditionOf) : outside('conditions')
  return {
    id,
    actions: actionsOf(asJson(policy['action'])),
    evaluate(facing) {
      try {
        for (const scope of scopes) if (!scope(facing)) return 'not'
        for (const { expression, wanted } of conditions) {
          const holds = expression(facing)
          if (typeof holds !== 'boolean') return 'error'
          if (holds !== wanted) return 'not'
        }
        return 'matched'
      } catch (error) {
        if (error instanceof EvaluationError) return 'error'
        throw error
      }
    },
  }
}
