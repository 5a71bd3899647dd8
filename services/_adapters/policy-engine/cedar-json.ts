import type { AuthorizationCall } from '@cedar-policy/cedar-wasm/nodejs'
import { type CedarRequest, CedarTime, type CedarValue, EntityUid } from '#core/ports/policy-engine.ts'

const uid = ({ type, id }: EntityUid) => ({ type, id })

function valueJson(value: CedarValue): unknown {
  if (typeof value !== 'object') return value
  if (value instanceof EntityUid) return { __entity: uid(value) }
  // Always `…Z` with milliseconds.
  if (value instanceof CedarTime) return { __extn: { fn: 'datetime', arg: new Date(value.ms).toISOString() } }
  if (Array.isArray(value)) return value.map(valueJson)
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, valueJson(member)]))
}

/** A request in Cedar's own JSON. */
export function cedarJson(
  request: CedarRequest,
): Pick<AuthorizationCall, 'principal' | 'action' | 'resource' | 'context' | 'entities'> {
  return {
    principal: uid(request.principal),
    action: uid(request.action),
    resource: uid(request.resource),
    context: valueJson(request.context) as AuthorizationCall['context'],
    entities: request.entities.map((entity) => ({
      uid: uid(entity.uid),
      attrs: valueJson(entity.attrs),
      parents: entity.parents.map(uid),
    })) as AuthorizationCall['entities'],
  }
}
