import avsc from 'avsc'
import { type Json, type Shape, type ShapeField, shapeOf } from '#core/message/message-shape.ts'

export interface VersionedSchema {
  /** `nl.schakel.tip.ngo.forwarded.v2` */
  readonly name: string
  readonly text: string
}

const NAME = /^(.+)\.v([1-9][0-9]{0,2})$/

/**
 * FULL_TRANSITIVE: every version of a type can read every other one. Compares each version with all before it, by Avro's own
 * resolution both ways, and for message types by what Avro does not see. One line per fault, with the two versions; empty = holds.
 */
export function compatibilityFaults(schemas: readonly VersionedSchema[]): readonly string[] {
  const families = new Map<string, { readonly version: number; readonly schema: VersionedSchema }[]>()
  for (const schema of schemas) {
    const match = NAME.exec(schema.name)
    if (!match?.[1]) return [`${schema.name}: no version`]
    const family = families.get(match[1]) ?? []
    family.push({ version: Number(match[2]), schema })
    families.set(match[1], family)
  }
  return [...families.values()].flatMap((family) => {
    const ordered = family.sort((one, other) => one.version - other.version).map(({ schema }) => schema)
    return ordered.flatMap((current, index) =>
      ordered.slice(0, index).flatMap((earlier) => faults(earlier, current)),
    )
  })
}

function faults(previous: VersionedSchema, current: VersionedSchema): readonly string[] {
  const old = JSON.parse(previous.text) as Json
  const now = JSON.parse(current.text) as Json
  const found = [...avroFaults(old, now), ...(isMessage(old) ? messageFaults(old, now) : [])]
  return found.map((fault) => `${previous.name} → ${current.name}: ${fault}`)
}

const isMessage = (schema: Json): boolean => schema['groups'] !== undefined

function avroFaults(old: Json, now: Json): readonly string[] {
  const one = avsc.Type.forSchema(old as unknown as avsc.Schema, { wrapUnions: 'always' })
  const other = avsc.Type.forSchema(now as unknown as avsc.Schema, { wrapUnions: 'always' })
  const found: string[] = []
  if (!resolves(other, one)) found.push('the new version cannot read the old one')
  if (!resolves(one, other)) found.push('the old version cannot read the new one')
  return found
}

function resolves(reader: avsc.Type, writer: avsc.Type): boolean {
  try {
    reader.createResolver(writer)
    return true
  } catch {
    return false
  }
}

/** What Avro does not see, length, form and disclosure: wider ones are refused by the old version, narrower ones refuse old messages. */
function messageFaults(old: Json, now: Json): readonly string[] {
  const found = old['toExchange'] === now['toExchange'] ? [] : ['toExchange changed']
  return [...found, ...recordFaults(shapeOf(old).fields, shapeOf(now).fields, '')]
}

function recordFaults(
  old: readonly ShapeField[],
  now: readonly ShapeField[],
  path: string,
): readonly string[] {
  const after = new Map(now.map((field) => [field.name, field]))
  const before = new Set(old.map((field) => field.name))
  const found: string[] = []
  for (const field of old) {
    const place = `${path}/${field.name}`
    const other = after.get(field.name)
    if (other) found.push(...fieldFaults(field, other, place))
    else if (!field.nullable) found.push(`${place} was removed and was not nullable`)
  }
  for (const field of now) {
    if (!before.has(field.name) && !field.nullable)
      found.push(`${path}/${field.name} was added and is not nullable`)
  }
  return found
}

function fieldFaults(old: ShapeField, now: ShapeField, place: string): readonly string[] {
  const found: string[] = []
  if ((old.source['perItem'] === true) !== (now.source['perItem'] === true))
    found.push(`${place} changed in perItem`)
  return [...found, ...shapeFaults(old.shape, now.shape, place)]
}

function shapeFaults(old: Shape, now: Shape, place: string): readonly string[] {
  if (old.kind === 'record' && now.kind === 'record') return recordFaults(old.fields, now.fields, place)
  if (old.kind === 'array' && now.kind === 'array') {
    const found = old.maxItems === now.maxItems ? [] : [`${place} changed in maxItems`]
    return [...found, ...shapeFaults(old.items, now.items, place)]
  }
  if (old.kind === 'enum' && now.kind === 'enum') {
    const same = [...old.symbols].sort().join() === [...now.symbols].sort().join()
    return same ? [] : [`${place} changed in its symbols`]
  }
  return JSON.stringify(old) === JSON.stringify(now) ? [] : [`${place} changed in form`]
}
