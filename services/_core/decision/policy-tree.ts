/** Walks over Cedar's JSON of one policy. Nothing is evaluated: only what it names is read. */
import type { ParsedPolicy } from '#core/ports/policy-engine.ts'

type Json = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const child = (value: unknown, name: string): unknown => (isObject(value) ? value[name] : undefined)

/** Every object in the tree, parents first. */
function* nodes(value: unknown): Generator<Json> {
  if (Array.isArray(value)) for (const item of value) yield* nodes(item)
  if (!isObject(value)) return
  yield value
  for (const item of Object.values(value)) yield* nodes(item)
}

export interface Scope {
  /** `any`: no constraint; `one`: `==` or `in` one entity; `many`: `in [ … ]`. */
  readonly kind: 'any' | 'one' | 'many'
  readonly op: string
  readonly ids: readonly string[]
}

const idOf = (entity: unknown): string => {
  const id = child(child(entity, '__entity') ?? entity, 'id')
  return typeof id === 'string' ? id : ''
}

export function scopeOf(policy: ParsedPolicy, part: 'principal' | 'action' | 'resource'): Scope {
  const scope = child(policy.json, part)
  const op = String(child(scope, 'op'))
  if (op === 'All') return { kind: 'any', op, ids: [] }
  const entities = child(scope, 'entities')
  if (Array.isArray(entities)) return { kind: 'many', op, ids: entities.map(idOf) }
  return { kind: 'one', op, ids: [idOf(child(scope, 'entity'))] }
}

/** `context.facts.transfer.until` → ['facts', 'transfer', 'until']; undefined when the root is not the context. */
function contextPath(expression: unknown): readonly string[] | undefined {
  if (child(expression, 'Var') === 'context') return []
  const access = child(expression, '.')
  if (access === undefined) return undefined
  const left = contextPath(child(access, 'left'))
  const attribute = child(access, 'attr')
  return left && typeof attribute === 'string' ? [...left, attribute] : undefined
}

/** Every path below `context` that the policy reads or tests with `has`. */
export function contextPaths(policy: ParsedPolicy): readonly { path: readonly string[]; has: boolean }[] {
  const found: { path: readonly string[]; has: boolean }[] = []
  for (const node of nodes(child(policy.json, 'conditions'))) {
    const read = contextPath(node)
    if (read && read.length > 0) found.push({ path: read, has: false })
    const test = child(node, 'has')
    const left = contextPath(child(test, 'left'))
    const attribute = child(test, 'attr')
    if (left && attribute !== undefined) {
      const names = Array.isArray(attribute) ? attribute.map(String) : [String(attribute)]
      found.push({ path: [...left, ...names], has: true })
    }
  }
  return found
}

/** Entities that the conditions name, as type → ids. */
export function namedEntities(policy: ParsedPolicy): ReadonlyMap<string, readonly string[]> {
  const named = new Map<string, string[]>()
  for (const node of nodes(child(policy.json, 'conditions'))) {
    const entity = node['__entity']
    const type = child(entity, 'type')
    const id = child(entity, 'id')
    if (typeof type === 'string' && typeof id === 'string') named.set(type, [...(named.get(type) ?? []), id])
  }
  return named
}

/** What the conditions of a permit demand outright: `==` and `.contains` that stand alone or in a row of `&&` under `when`. */
export function demands(
  policy: ParsedPolicy,
): readonly { path: string; op: '==' | 'contains'; id: string }[] {
  const conditions = child(policy.json, 'conditions')
  if (!Array.isArray(conditions)) return []
  return conditions.flatMap((clause) =>
    child(clause, 'kind') === 'when' ? conjuncts(child(clause, 'body')) : [],
  )
}

function conjuncts(body: unknown): readonly { path: string; op: '==' | 'contains'; id: string }[] {
  const and = child(body, '&&')
  if (and !== undefined) return [...conjuncts(child(and, 'left')), ...conjuncts(child(and, 'right'))]
  for (const op of ['==', 'contains'] as const) {
    const test = child(body, op)
    const path = contextPath(child(test, 'left'))
    const value = child(child(test, 'right'), 'Value')
    const id = child(child(value, '__entity'), 'id')
    if (path && typeof id === 'string') return [{ path: path.join('.'), op, id }]
  }
  return []
}
