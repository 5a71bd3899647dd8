/** The shape of a message's data: the part of Avro that message schemas use, with our own properties on it. */
import { fail } from '#core/failure.ts'
import { type FormatName, isFormatName } from './string-format.ts'

export type Shape =
  | { readonly kind: 'boolean' | 'int' | 'long' }
  | {
      readonly kind: 'string'
      readonly format: FormatName | null
      readonly pattern: string | null
      /** Code points; null only for formats of fixed length. */
      readonly maxLength: number | null
    }
  | { readonly kind: 'enum'; readonly name: string; readonly symbols: readonly string[] }
  | { readonly kind: 'array'; readonly items: Shape; readonly maxItems: number }
  | { readonly kind: 'record'; readonly name: string; readonly fields: readonly ShapeField[] }

export interface ShapeField {
  readonly name: string
  readonly nullable: boolean
  readonly shape: Shape
  /** The field as written in the schema. */
  readonly source: Json
}

export type Json = Readonly<Record<string, unknown>>
type Named = Map<string, Shape>
type RecordShape = Extract<Shape, { kind: 'record' }>

const MEMBER = /^[a-z][A-Za-z0-9]{0,63}$/
const TYPE = /^[A-Za-z][A-Za-z0-9]{0,63}$/
const SYMBOL = /^[A-Z][A-Z0-9_]{0,63}$/
const OF_STRING = ['format', 'pattern', 'maxLength']
const OF_TOP_FIELD = ['category', 'perItem', 'nl', 'en', 'doc']
const OF_FIELD = ['name', 'type', 'default', 'maxItems', ...OF_STRING]

/** Shape of the record that `schema` describes. Anything outside that part throws `OPS_CONTROL` with a pointer into the schema. */
export function shapeOf(schema: Json): RecordShape {
  return recordShape(schema, '', new Map(), [...OF_FIELD, ...OF_TOP_FIELD])
}

function recordShape(schema: Json, pointer: string, named: Named, allowed: readonly string[]): RecordShape {
  if (schema['type'] !== 'record') fail('OPS_CONTROL', `${pointer}/type`)
  const name = nameOf(schema, pointer)
  const fields = schema['fields']
  if (!Array.isArray(fields) || fields.length === 0) return fail('OPS_CONTROL', `${pointer}/fields`)
  const made = fields.map((field, index) =>
    fieldShape(objectAt(field, `${pointer}/fields/${index}`), `${pointer}/fields/${index}`, named, allowed),
  )
  if (new Set(made.map((field) => field.name)).size !== made.length) fail('OPS_CONTROL', `${pointer}/fields`)
  return { kind: 'record', name, fields: made }
}

/** A nullable field is `["null", T]` with default null: absent and withheld then read the same in every version. */
function fieldShape(field: Json, pointer: string, named: Named, allowed: readonly string[]): ShapeField {
  for (const member of Object.keys(field)) {
    if (!allowed.includes(member)) fail('OPS_CONTROL', `${pointer}/${member}`)
  }
  const { name, type } = field
  if (typeof name !== 'string' || !MEMBER.test(name)) return fail('OPS_CONTROL', `${pointer}/name`)
  if (!Array.isArray(type)) {
    if (field['default'] === null) fail('OPS_CONTROL', `${pointer}/default`)
    return { name, nullable: false, shape: shape(type, field, `${pointer}/type`, named), source: field }
  }
  if (type.length !== 2 || type[0] !== 'null') fail('OPS_CONTROL', `${pointer}/type`)
  if (field['default'] !== null) fail('OPS_CONTROL', `${pointer}/default`)
  return { name, nullable: true, shape: shape(type[1], field, `${pointer}/type/1`, named), source: field }
}

function shape(type: unknown, field: Json, pointer: string, named: Named): Shape {
  if (typeof type === 'string') return simple(type, field, pointer, named)
  const node = objectAt(type, pointer)
  switch (node['type']) {
    case 'enum':
      return remember(named, enumShape(node, pointer), pointer)
    case 'array': {
      const maxItems = positive(field['maxItems'], `${pointer}/maxItems`)
      return { kind: 'array', items: shape(node['items'], field, `${pointer}/items`, named), maxItems }
    }
    case 'record':
      return remember(named, recordShape(node, pointer, named, OF_FIELD), pointer)
  }
  return fail('OPS_CONTROL', `${pointer}/type`)
}

function simple(type: string, field: Json, pointer: string, named: Named): Shape {
  switch (type) {
    case 'boolean':
    case 'int':
    case 'long':
      return { kind: type }
    case 'string':
      return stringShape(field, pointer)
  }
  return named.get(type) ?? fail('OPS_CONTROL', pointer)
}

/** Every string is bounded in form and length: a schema never lets "anything" through. */
function stringShape(field: Json, pointer: string): Shape {
  const { format, pattern, maxLength } = field
  if (pattern !== undefined) {
    if (format !== undefined || !isPattern(pattern)) fail('OPS_CONTROL', pointer)
    return { kind: 'string', format: null, pattern, maxLength: positive(maxLength, pointer) }
  }
  if (!isFormatName(format)) return fail('OPS_CONTROL', pointer)
  const free = format === 'text' || format === 'line'
  if (!free && maxLength !== undefined) fail('OPS_CONTROL', pointer)
  return { kind: 'string', format, pattern: null, maxLength: free ? positive(maxLength, pointer) : null }
}

function enumShape(node: Json, pointer: string): Extract<Shape, { kind: 'enum' }> {
  const symbols = node['symbols']
  if (!Array.isArray(symbols) || symbols.length === 0 || new Set(symbols).size !== symbols.length) {
    return fail('OPS_CONTROL', `${pointer}/symbols`)
  }
  for (const symbol of symbols) {
    if (typeof symbol !== 'string' || !SYMBOL.test(symbol)) fail('OPS_CONTROL', `${pointer}/symbols`)
  }
  return { kind: 'enum', name: nameOf(node, pointer), symbols: symbols as string[] }
}

function remember<T extends Shape & { readonly name: string }>(named: Named, made: T, pointer: string): T {
  if (named.has(made.name)) fail('OPS_CONTROL', `${pointer}/name`)
  named.set(made.name, made)
  return made
}

function nameOf(node: Json, pointer: string): string {
  const name = node['name']
  return typeof name === 'string' && TYPE.test(name) ? name : fail('OPS_CONTROL', `${pointer}/name`)
}

export function objectAt(value: unknown, pointer: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return fail('OPS_CONTROL', pointer)
  return value as Json
}

function positive(value: unknown, pointer: string): number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0
    ? value
    : fail('OPS_CONTROL', pointer)
}

function isPattern(value: unknown): value is string {
  if (typeof value !== 'string' || !value.startsWith('^') || !value.endsWith('$')) return false
  try {
    new RegExp(value, 'u')
    return true
  } catch {
    return false
  }
}
