import type { ParsedPolicy } from '#core/ports/policy-engine.ts'
import { decidedTypes, groupsOf } from './cedar-schema.ts'
import type { MessageType } from './epoch.ts'
import { scopeOf } from './policy-tree.ts'

/** Message types that the policy's action scope can match. */
export function policyReach(
  policy: ParsedPolicy,
  types: ReadonlyMap<string, MessageType>,
): readonly MessageType[] {
  const scope = scopeOf(policy, 'action')
  const all = decidedTypes(types)
  if (scope.kind === 'any') return all
  return all.filter((type) => {
    const own = scope.ids.includes(type.name)
    return own || (scope.op === 'in' && groupsOf(type).some((group) => scope.ids.includes(group)))
  })
}
