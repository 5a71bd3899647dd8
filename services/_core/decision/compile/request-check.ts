/**
 * Whether a request fits the schema, as closures of the schema's JSON form: every attribute declared and of its type, none
 * missing, none surplus, enum entities among those listed. What Cedar's `validateRequest` and its entity parser check.
 */
import { fail } from '#core/failure.ts'
import {
  type CedarEntity,
  type CedarRequest,
  CedarTime,
  type CedarValue,
  EntityUid,
} from '#core/ports/policy-engine.ts'
import { isRecord } from './equal.ts'

type Json = Readonly<Record<string, unknown>>
export type Fits = (value: CedarValue | undefined) => boolean

export interface RequestCheck {
  readonly actions: ReadonlyMap<string, ReadonlySet<string>>
  fits(request: CedarRequest): boolean
}

interface Kind {
  /** Undefined: any id. */
  readonly ids: ReadonlySet<string> | undefined
  readonly parents: ReadonlySet<string>
  readonly attrs: Fits
}

interface Declared {
  readonly common: Json
  readonly kinds: ReadonlyMap<string, Kind>
}

const json = (value: unknown): Json =>
  typeof value === 'object' && value !== null ? (value as Json) : fail('OPS_CONTROL', undefined, 'schema')
const texts = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : [])

const PRIMITIVES: Readonly<Record<string, Fits>> = {
  Boolean: (value) => typeof value === 'boolean',
  Bool: (value) => typeof value === 'boolean',
  Long: (value) => Number.isSafeInteger(value),
  String: (value) => typeof value === 'string',
  datetime: (value) => value instanceof CedarTime,
}

function entityFits(name: string, of: Declared): Fits {
  const ids = of.kinds.get(name)?.ids
  if (!ids) return (value) => value instanceof EntityUid && value.type === name
  return (value) => value instanceof EntityUid && value.type === name && ids.has(value.id)
}

function recordFits(type: Json, of: Declared): Fits {
  const attributes = new Map<string, { readonly required: boolean; readonly fits: Fits }>()
  let needed = 0
  for (const [name, value] of Object.entries(json(type['attributes'] ?? {}))) {
    const declared = json(value)
    const required = declared['required'] !== false
    if (required) needed += 1
    attributes.set(name, { required, fits: typeFits(declared, of) })
  }
  return (value) => {
    if (value === undefined || !isRecord(value)) return false
    let found = 0
    for (const name in value) {
      const declared = attributes.get(name)
      if (!declared?.fits(value[name])) return false
      if (declared.required) found += 1
    }
    return found === needed
  }
}

function typeFits(type: Json, of: Declared): Fits {
  const { type: kind, name } = type
  if (kind === 'Set') {
    const item = typeFits(json(type['element']), of)
    return (value) => Array.isArray(value) && value.every(item)
  }
  if (kind === 'Record') return recordFits(type, of)
  const named = String(kind === 'Entity' || kind === 'EntityOrCommon' || kind === 'Extension' ? name : kind)
  const bare = named.replace(/^__cedar::/, '')
  const primitive = Object.hasOwn(PRIMITIVES, bare) ? PRIMITIVES[bare] : undefined
  if (primitive) return primitive
  if (of.kinds.has(named)) return entityFits(named, of)
  if (Object.hasOwn(of.common, named)) return typeFits(json(of.common[named]), of)
  return fail('OPS_CONTROL', undefined, `type ${named} of the schema is outside the subset`)
}

function kindsOf(schema: Json): Declared {
  const kinds = new Map<string, Kind>()
  const of: Declared = { common: json(schema['commonTypes'] ?? {}), kinds }
  const shapes = Object.entries(json(schema['entityTypes'])).map(
    ([name, value]) => [name, json(value)] as const,
  )
  for (const [name, entity] of shapes) {
    const listed = entity['enum']
    kinds.set(name, {
      ids: listed === undefined ? undefined : new Set(texts(listed)),
      parents: new Set(texts(entity['memberOfTypes'])),
      attrs: () => false,
    })
  }
  for (const [name, entity] of shapes) {
    const shape = json(entity['shape'] ?? { type: 'Record', attributes: {} })
    const kind = kinds.get(name)
    if (kind) kinds.set(name, { ...kind, attrs: typeFits(shape, of) })
  }
  return of
}

function entityIsWhole(entity: CedarEntity, of: Declared): boolean {
  const kind = of.kinds.get(entity.uid.type)
  if (!kind?.attrs(entity.attrs)) return false
  if (kind.ids && !kind.ids.has(entity.uid.id)) return false
  return entity.parents.every(({ type, id }) => {
    const parent = of.kinds.get(type)
    return parent !== undefined && kind.parents.has(type) && (parent.ids?.has(id) ?? true)
  })
}

/** Each action with itself and every group above it. */
function groupsOf(actions: Json): ReadonlyMap<string, ReadonlySet<string>> {
  const above = (name: string): readonly string[] => {
    const parents = json(actions[name] ?? {})['memberOf']
    const names = Array.isArray(parents) ? parents.map((one) => String(json(one)['id'])) : []
    return [name, ...names.flatMap(above)]
  }
  return new Map(Object.keys(actions).map((name) => [name, new Set(above(name))]))
}

/** From the JSON form of a schema in one, unnamed namespace. */
export function requestCheck(schemaJson: unknown): RequestCheck {
  const schema = json(json(schemaJson)[''])
  const of = kindsOf(schema)
  const actions = json(schema['actions'])
  const applies = new Map(
    Object.entries(actions).flatMap(([name, action]) => {
      const to = json(action)['appliesTo']
      if (to === undefined || to === null) return []
      const { principalTypes, resourceTypes, context } = json(to)
      const fits = typeFits(json(context ?? { type: 'Record', attributes: {} }), of)
      const one = { principals: texts(principalTypes), resources: texts(resourceTypes), fits }
      return [[name, one] as const]
    }),
  )
  const checked = new WeakSet<CedarEntity>()
  return {
    actions: groupsOf(actions),
    fits({ principal, action, resource, context, entities }) {
      const to = action.type === 'Action' ? applies.get(action.id) : undefined
      if (!to?.principals.includes(principal.type) || !to.resources.includes(resource.type)) return false
      for (const entity of entities) {
        if (checked.has(entity)) continue
        if (!entityIsWhole(entity, of)) return false
        checked.add(entity)
      }
      return to.fits(context)
    },
  }
}
