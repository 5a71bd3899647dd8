import { type Json, type Shape, shapeOf } from './message-shape.ts'
import { STRING_FORMATS } from './string-format.ts'

const DIALECT = 'https://json-schema.org/draft/2020-12/schema'
const BASE = 'https://schakel.example.nl/schemas/'

/** Members of a schema that are ours: annotations, registered with validators that are strict about unknown ones. */
export const OWN_KEYWORDS = ['category', 'perItem', 'nl', 'en'] as const

/**
 * JSON Schema 2020-12 of data as a recipient sees it: what is not shown is not there, so no member is required; a member that
 * is there must fit. Holds for the perItem arrays too: they are as long as what was shown of them.
 */
export function presentedSchema(vct: string, text: string): Json {
  const source = JSON.parse(text) as Json
  const shape = shapeOf(source)
  const properties: Record<string, unknown> = {}
  for (const field of shape.fields) {
    const { category, perItem, nl, en } = field.source
    const own = perItem === true ? { category, perItem, nl, en } : { category, nl, en }
    properties[field.name] = { ...nullable(schemaOf(field.shape), field.nullable), ...own }
  }
  return {
    $schema: DIALECT,
    $id: `${BASE}${vct}`,
    title: source['en'],
    nl: source['nl'],
    en: source['en'],
    type: 'object',
    additionalProperties: false,
    properties,
  }
}

function nullable(schema: Json, isNullable: boolean): Json {
  return isNullable ? { anyOf: [{ type: 'null' }, schema] } : schema
}

function schemaOf(shape: Shape): Json {
  switch (shape.kind) {
    case 'boolean':
      return { type: 'boolean' }
    case 'int':
      return { type: 'integer', minimum: -(2 ** 31), maximum: 2 ** 31 - 1 }
    case 'long':
      return { type: 'integer', minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER }
    case 'enum':
      return { type: 'string', enum: shape.symbols }
    case 'string':
      return stringSchema(shape)
    case 'array':
      return { type: 'array', maxItems: shape.maxItems, items: schemaOf(shape.items) }
    case 'record':
      return {
        type: 'object',
        additionalProperties: false,
        required: shape.fields.map((field) => field.name),
        properties: Object.fromEntries(
          shape.fields.map((field) => [field.name, nullable(schemaOf(field.shape), field.nullable)]),
        ),
      }
  }
}

function stringSchema(shape: Extract<Shape, { kind: 'string' }>): Json {
  const schema: Record<string, unknown> = { type: 'string' }
  if (shape.format === 'date' || shape.format === 'date-time') schema['format'] = shape.format
  if (shape.maxLength !== null) schema['maxLength'] = shape.maxLength
  schema['pattern'] = shape.format === null ? shape.pattern : STRING_FORMATS[shape.format].pattern
  return schema
}
