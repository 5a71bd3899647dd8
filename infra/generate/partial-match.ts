import { isAuthorizedPartial, type PartialAuthorizationCall } from '@cedar-policy/cedar-wasm/nodejs'
import { groupsOf } from '#core/decision/cedar-schema.ts'
import type { MessageType } from '#core/decision/epoch.ts'
import { fail } from '#core/failure.ts'

/** Sure: matches whatever the context; maybe: some context decides. Policies that can never match are in neither. */
export interface PartialMatch {
  readonly sure: readonly string[]
  readonly maybe: readonly string[]
}

const unknown = (name: string) => ({ __extn: { fn: 'unknown', arg: name } })

/**
 * Which policies match between endpoints of these roles when nothing is known but type and roles. Cedar evaluates with the context
 * unknown; what it leaves open is folded in three-valued logic, so nothing is enumerated. `toItself`: sender and recipient are one.
 */
export function partialMatch(
  policies: Readonly<Record<string, string>>,
  from: readonly string[],
  type: MessageType,
  to: readonly string[],
  options: { readonly toItself: boolean } = { toItself: false },
): PartialMatch {
  const roles = (names: readonly string[]) => names.map((id) => ({ type: 'Role', id }))
  const recipient = { type: 'Endpoint', id: options.toItself ? 'from' : 'to' }
  const endpoints = [{ uid: { type: 'Endpoint', id: 'from' }, attrs: {}, parents: roles(from) }]
  if (!options.toItself) endpoints.push({ uid: recipient, attrs: {}, parents: roles(to) })
  const call: PartialAuthorizationCall = {
    principal: { type: 'Endpoint', id: 'from' },
    action: { type: 'Action', id: type.name },
    resource: recipient,
    context: { terms: unknown('terms'), at: unknown('at'), label: unknown('label'), facts: unknown('facts') },
    policies: { staticPolicies: { ...policies } },
    entities: [
      ...endpoints,
      {
        uid: { type: 'Action', id: type.name },
        attrs: {},
        parents: groupsOf(type).map((id) => ({ type: 'Action', id })),
      },
    ],
  }
  const answer = isAuthorizedPartial(call)
  if (answer.type === 'failure')
    return fail('OPS_CONTROL', undefined, answer.errors.map((one) => one.message).join('; '))
  const { satisfied, errored, nontrivialResiduals, residuals } = answer.response
  if (errored.length > 0) return fail('OPS_CONTROL', errored[0], 'the policy errs with an unknown context')
  const open = nontrivialResiduals.filter((id) =>
    residuals[id]?.conditions.every(({ body }) => fold(body) !== false),
  )
  return { sure: [...satisfied].sort(), maybe: open.sort() }
}

/** Kleene's logic over what is left of a condition: true, false, or undefined for not known. */
function fold(expression: unknown): boolean | undefined {
  if (typeof expression !== 'object' || expression === null) return undefined
  const [operator, value] = Object.entries(expression)[0] ?? []
  const part = (name: 'left' | 'right' | 'arg') => fold((value as Readonly<Record<string, unknown>>)[name])
  switch (operator) {
    case 'Value':
      return typeof value === 'boolean' ? value : undefined
    case '!':
      return negate(part('arg'))
    case '&&':
      return both(part('left'), part('right'))
    case '||':
      return negate(both(negate(part('left')), negate(part('right'))))
    default:
      return undefined
  }
}

const negate = (value: boolean | undefined): boolean | undefined => (value === undefined ? undefined : !value)

function both(a: boolean | undefined, b: boolean | undefined): boolean | undefined {
  if (a === false || b === false) return false
  return a && b ? true : undefined
}
