/** Conditions of one policy made weaker, one place at a time: what a slip of the pen would do. */
import type { ParsedPolicy } from '#core/ports/policy-engine.ts'

type Json = Record<string, unknown>

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export interface WeakerPolicy {
  readonly change: string
  readonly json: unknown
}

/** Which way a change of an expression loosens the law: towards true, or towards false. */
type Direction = 'true' | 'false'

interface Variant {
  readonly change: string
  readonly value: unknown
}

/**
 * A permit is weaker when its conditions hold more often; a guard when they hold less often. A condition `unless` turns it round.
 * Dropping the last condition of a guard is no change of its own: that guard would bind everybody.
 */
export function weakerConditions(policy: ParsedPolicy): readonly WeakerPolicy[] {
  const json = policy.json as Json & { conditions: readonly { kind: string; body: unknown }[] }
  return json.conditions.flatMap(({ kind, body }, index) => {
    const more = policy.effect === 'permit' ? 'true' : 'false'
    const wanted: Direction = kind === 'when' ? more : flip(more)
    return variants(body, wanted).map(({ change, value }) => ({
      change: `${kind}: ${change}`,
      json: {
        ...json,
        conditions: json.conditions.map((one, at) => (at === index ? { ...one, body: value } : one)),
      },
    }))
  })
}

const flip = (direction: Direction): Direction => (direction === 'true' ? 'false' : 'true')
const TRUE = { Value: true }
const FALSE = { Value: false }

/** Places in which the expression can be made to hold more often (`true`) or less often (`false`). */
function variants(expression: unknown, wanted: Direction): readonly Variant[] {
  if (!isObject(expression)) return []
  const [op] = Object.keys(expression)
  if (op === undefined) return []
  const argument = expression[op]
  switch (op) {
    case '&&':
    case '||':
      return inBoth(op, argument, wanted)
    case '!':
      return isObject(argument)
        ? variants(argument['arg'], flip(wanted)).map(({ change, value }) => ({
            change: `not ${change}`,
            value: { '!': { arg: value } },
          }))
        : []
    case 'if-then-else':
      return []
    default:
      return [
        ...boundary(op, argument, wanted),
        ...elements(op, argument, wanted),
        { change: `${short(expression)} taken as ${wanted}`, value: wanted === 'true' ? TRUE : FALSE },
      ]
  }
}

function inBoth(op: string, argument: unknown, wanted: Direction): readonly Variant[] {
  if (!isObject(argument)) return []
  const { left, right } = argument
  const with_ = (side: 'left' | 'right') => (variant: Variant) => ({
    change: variant.change,
    value: { [op]: { left, right, [side]: variant.value } },
  })
  // `x has y && x.y …`: the test guards the reading; taken as true it would only make an error.
  const guards = op === '&&' && wanted === 'true' && isHas(left)
  return [
    ...(guards ? [] : variants(left, wanted).map(with_('left'))),
    ...variants(right, wanted).map(with_('right')),
  ]
}

function isHas(expression: unknown): boolean {
  if (!isObject(expression)) return false
  const and = expression['&&']
  if (isObject(and)) return isHas(and['left']) || isHas(and['right'])
  return 'has' in expression
}

const CLOSED: Readonly<Record<string, string>> = { '<': '<=', '>': '>=' }
const OPEN: Readonly<Record<string, string>> = { '<=': '<', '>=': '>' }

/** The boundary itself: one millisecond decides. */
function boundary(op: string, argument: unknown, wanted: Direction): readonly Variant[] {
  const other = (wanted === 'true' ? CLOSED : OPEN)[op]
  return other === undefined ? [] : [{ change: `${op} becomes ${other}`, value: { [other]: argument } }]
}

/** A set that names several values: each left out once, where that loosens. */
function elements(op: string, argument: unknown, wanted: Direction): readonly Variant[] {
  if (op !== 'contains' || wanted !== 'false' || !isObject(argument)) return []
  const { left } = argument
  const set = isObject(left) ? left['Set'] : undefined
  if (!Array.isArray(set) || set.length < 2) return []
  return set.map((element: unknown, index) => ({
    change: `without ${short(element)}`,
    value: { contains: { ...argument, left: { Set: set.filter((_, at) => at !== index) } } },
  }))
}

/** Enough of an expression to find it again. */
function short(expression: unknown): string {
  const names: string[] = []
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) walk(item)
    if (!isObject(value)) return
    for (const [name, item] of Object.entries(value)) {
      if ((name === 'attr' || name === 'id') && typeof item === 'string') names.push(item)
      else if (typeof item === 'boolean' || typeof item === 'number') names.push(String(item))
      else if (name === 'Value' && typeof item === 'string') names.push(item)
      else walk(item)
    }
  }
  walk(expression)
  return names.filter((name) => name !== 'facts').join('.')
}
