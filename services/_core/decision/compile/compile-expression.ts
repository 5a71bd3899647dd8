/**
 * One expression of Cedar's JSON form (docs.cedarpolicy.com, "JSON policy format") as a closure. The subset is what rules here
 * need; anything else is refused when an epoch is loaded (`OPS_CONTROL`), never guessed at. Evaluation errs as Cedar does, by
 * throwing `EvaluationError`: a policy that errs spoils the whole verdict.
 */
import { fail } from '#core/failure.ts'
import { type CedarRecord, CedarTime, type CedarValue, EntityUid } from '#core/ports/policy-engine.ts'
import { equal, includes, includesAll, isRecord, isSet } from './equal.ts'
import type { Facing } from './facing.ts'
import { matchLike, readPattern } from './like.ts'
import { literal, parseDatetime } from './literal.ts'

export class EvaluationError extends Error {}

export type Expression = (facing: Facing) => CedarValue
export type Json = Readonly<Record<string, unknown>>

const err = (text: string): never => {
  throw new EvaluationError(text)
}

export const outside = (what: string): never =>
  fail('OPS_CONTROL', undefined, `outside the subset of Cedar that is compiled: ${what}`)

const bool = (value: CedarValue): boolean => (typeof value === 'boolean' ? value : err('not a boolean'))
const set = (value: CedarValue): readonly CedarValue[] => (isSet(value) ? value : err('not a set'))
const entity = (value: CedarValue): EntityUid => (value instanceof EntityUid ? value : err('not an entity'))

export function asJson(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Json)
    : outside('not an expression')
}

type Make = (body: Json) => Expression

const both = (body: Json): readonly [Expression, Expression] => [
  compileExpression(asJson(body['left'])),
  compileExpression(asJson(body['right'])),
]

/** Both sides Long, or both datetime. */
function comparing(fits: (a: number, b: number) => boolean): Make {
  return (body) => {
    const [left, right] = both(body)
    return (facing) => {
      const a = left(facing)
      const b = right(facing)
      if (typeof a === 'number' && typeof b === 'number') return fits(a, b)
      if (a instanceof CedarTime && b instanceof CedarTime) return fits(a.ms, b.ms)
      return err('not two longs or two datetimes')
    }
  }
}

function onSets(fits: (a: readonly CedarValue[], b: readonly CedarValue[]) => boolean): Make {
  return (body) => {
    const [left, right] = both(body)
    return (facing) => fits(set(left(facing)), set(right(facing)))
  }
}

const MAKERS: Readonly<Record<string, Make>> = {
  '==': (body) => {
    const [left, right] = both(body)
    const wanted = constant(body['right'])
    if (wanted instanceof EntityUid) {
      const { type, id } = wanted
      return (facing) => {
        const value = left(facing)
        return value instanceof EntityUid && value.id === id && value.type === type
      }
    }
    return (facing) => equal(left(facing), right(facing))
  },
  '!=': (body) => {
    const [left, right] = both(body)
    return (facing) => !equal(left(facing), right(facing))
  },
  '<': comparing((a, b) => a < b),
  '<=': comparing((a, b) => a <= b),
  '>': comparing((a, b) => a > b),
  '>=': comparing((a, b) => a >= b),
  '&&': (body) => {
    const [left, right] = both(body)
    return (facing) => bool(left(facing)) && bool(right(facing))
  },
  '||': (body) => {
    const [left, right] = both(body)
    return (facing) => bool(left(facing)) || bool(right(facing))
  },
  '!': (body) => {
    const arg = compileExpression(asJson(body['arg']))
    return (facing) => !bool(arg(facing))
  },
  'if-then-else': (body) => {
    const [test, yes, no] = ['if', 'then', 'else'].map((name) => compileExpression(asJson(body[name])))
    if (!test || !yes || !no) return outside('if')
    return (facing) => (bool(test(facing)) ? yes(facing) : no(facing))
  },
  in: (body) => {
    const [left, right] = both(body)
    return (facing) => {
      const below = entity(left(facing))
      const above = right(facing)
      if (above instanceof EntityUid) return facing.within(below, above)
      // Every element must be an entity, also behind the one that fits.
      return set(above)
        .map(entity)
        .some((one) => facing.within(below, one))
    }
  },
  is: (body) => {
    const left = compileExpression(asJson(body['left']))
    const type = body['entity_type']
    const inside = body['in'] === undefined ? undefined : compileExpression(asJson(body['in']))
    return (facing) => {
      const one = entity(left(facing))
      if (one.type !== type) return false
      if (!inside) return true
      const above = inside(facing)
      if (above instanceof EntityUid) return facing.within(one, above)
      return set(above)
        .map(entity)
        .some((each) => facing.within(one, each))
    }
  },
  contains: (body) => {
    const [left, right] = both(body)
    return (facing) => {
      const items = set(left(facing))
      return includes(items, right(facing))
    }
  },
  containsAll: onSets((a, b) => includesAll(a, b)),
  containsAny: onSets((a, b) => b.some((value) => includes(a, value))),
  isEmpty: (body) => {
    const arg = compileExpression(asJson(body['arg']))
    return (facing) => set(arg(facing)).length === 0
  },
  like: (body) => {
    const left = compileExpression(asJson(body['left']))
    const pattern = readPattern(body['pattern'])
    return (facing) => {
      const text = left(facing)
      return typeof text === 'string' ? matchLike(text, pattern) : err('not a string')
    }
  },
  has: (body) => {
    const left = compileExpression(asJson(body['left']))
    const read = reader(attribute(body))
    return (facing) => {
      const of = left(facing)
      if (of instanceof EntityUid) {
        const attrs = facing.attributes(of)
        return attrs !== undefined && read(attrs) !== undefined
      }
      return isRecord(of) ? read(of) !== undefined : err('has neither record nor entity')
    }
  },
  '.': (body) => {
    const path = contextPath(body)
    if (path) return path
    const left = compileExpression(asJson(body['left']))
    const read = reader(attribute(body))
    return (facing) => {
      const of = left(facing)
      const record = of instanceof EntityUid ? facing.attributes(of) : of
      if (record === undefined) return err('no such entity')
      if (!isRecord(record)) return err('neither record nor entity')
      return read(record) ?? err('no such attribute')
    }
  },
}

function attribute(body: Json): string {
  const { attr } = body
  return typeof attr === 'string' ? attr : outside('an attribute')
}

/** A literal, when the expression is one. */
function constant(json: unknown): CedarValue | undefined {
  const map = asJson(json)
  return Object.hasOwn(map, 'Value') ? literal(map['Value']) : undefined
}

/** `context.a` and `context.a.b`, what rules read most, without a closure for each step; undefined for other expressions. */
function contextPath(body: Json): Expression | undefined {
  const left = asJson(body['left'])
  const name = attribute(body)
  const inner = left['.'] === undefined ? undefined : asJson(left['.'])
  const outer = inner && asJson(inner['left'])['Var'] === 'context' ? attribute(inner) : undefined
  if (inherited(name) || (outer !== undefined && inherited(outer))) return undefined
  if (left['Var'] === 'context') return (facing) => facing.context[name] ?? err('no such attribute')
  if (outer === undefined) return undefined
  return (facing) => {
    const of = facing.context[outer] ?? err('no such attribute')
    const record = of instanceof EntityUid ? facing.attributes(of) : of
    if (record === undefined || !isRecord(record)) return err('neither record nor known entity')
    return record[name] ?? err('no such attribute')
  }
}

/** Names that every object answers to (`constructor`, `__proto__`): only for them it must be asked whose they are. */
const inherited = (name: string): boolean => name in Object.prototype

/** A record's own member. */
function reader(attr: string): (record: CedarRecord) => CedarValue | undefined {
  return inherited(attr)
    ? (record) => (Object.hasOwn(record, attr) ? record[attr] : undefined)
    : (record) => record[attr]
}

function variable(name: unknown): Expression {
  switch (name) {
    case 'principal':
      return (facing) => facing.principal
    case 'action':
      return (facing) => facing.action
    case 'resource':
      return (facing) => facing.resource
    case 'context':
      return (facing) => facing.context
  }
  return outside(`variable ${String(name)}`)
}

function setOf(items: unknown): Expression {
  if (!Array.isArray(items)) return outside('a set')
  if (items.every((item) => Object.hasOwn(asJson(item), 'Value'))) {
    const values = items.map((item) => literal(asJson(item)['Value']) ?? outside('a literal'))
    return () => values
  }
  const compiled = items.map((item) => compileExpression(asJson(item)))
  return (facing) => compiled.map((item) => item(facing))
}

function recordOf(members: Json): Expression {
  const compiled = Object.entries(members).map(
    ([name, item]) => [name, compileExpression(asJson(item))] as const,
  )
  return (facing) => {
    const record: Record<string, CedarValue> = Object.create(null)
    for (const [name, item] of compiled) record[name] = item(facing)
    return record
  }
}

/** Only a literal text: a datetime that is computed is not needed by any rule. */
function datetimeOf(args: unknown): Expression {
  const [only, more] = Array.isArray(args) ? args : []
  const text = only === undefined || more !== undefined ? undefined : asJson(only)['Value']
  const time = typeof text === 'string' ? parseDatetime(text) : undefined
  return time ? () => time : outside('datetime of something else than a literal that is a time')
}

/** The closure of one expression; `OPS_CONTROL` for what is outside the subset. */
export function compileExpression(json: Json): Expression {
  const [[name, body] = outside('nothing'), more] = Object.entries(json)
  if (more) return outside('an expression with two heads')
  switch (name) {
    case 'Var':
      return variable(body)
    case 'Value': {
      const value = literal(body) ?? outside('a literal')
      return () => value
    }
    case 'Set':
      return setOf(body)
    case 'Record':
      return recordOf(asJson(body))
    case 'datetime':
      return datetimeOf(body)
  }
  const make = Object.hasOwn(MAKERS, name) ? MAKERS[name] : undefined
  return make ? make(asJson(body)) : outside(name)
}
