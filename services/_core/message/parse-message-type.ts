import type { MessageField, MessageType } from '#core/decision/epoch.ts'
import { fail } from '#core/failure.ts'
import { parseVct, typeNameOf } from '#core/ids.ts'
import { type Json, objectAt, type ShapeField, shapeOf } from './message-shape.ts'
import { schemaDigest } from './schema-digest.ts'

const MEMBERS = [
  'type',
  'namespace',
  'name',
  'version',
  'doc',
  'nl',
  'en',
  'groups',
  'toExchange',
  'answeredBy',
  'occurredWithinDays',
  'sunset',
  'fields',
]
const TYPE_NAME = /^[a-z][a-z0-9]*([.][a-z][a-z0-9]*)*$/
const WORD = /^[a-z][a-z0-9-]*$/
const DATE = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/
const DAY_MS = 86_400_000
const DAYS_MAX = 36_525

/** What a message type is, from the text of its .avsc. Anything else than design §4 "Shape" asks throws `OPS_CONTROL` with a pointer into it. */
export function parseMessageType(text: string): MessageType {
  const schema = objectAt(parseJson(text), '')
  for (const member of Object.keys(schema)) if (!MEMBERS.includes(member)) fail('OPS_CONTROL', `/${member}`)
  const shape = shapeOf(schema)
  const { version, namespace } = schema
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1 || version > 999) {
    return fail('OPS_CONTROL', '/version')
  }
  if (typeof namespace !== 'string') return fail('OPS_CONTROL', '/namespace')
  texts(schema, '')
  const vct = vctOf(`${namespace}.${shape.name}.v${version}`)
  return {
    name: typeNameOf(vct),
    vct,
    version,
    sha256: schemaDigest(text),
    text,
    fields: shape.fields.map(messageField),
    groups: groupsOf(schema['groups']),
    toExchange: flag(schema['toExchange'], '/toExchange'),
    answeredBy: answeredBy(schema['answeredBy']),
    occurredWithin: days(schema['occurredWithinDays']) * DAY_MS,
    sunset: sunset(schema['sunset']),
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return fail('OPS_CONTROL', '')
  }
}

function vctOf(value: string) {
  try {
    return parseVct(value, '/name')
  } catch {
    return fail('OPS_CONTROL', '/name')
  }
}

function messageField(field: ShapeField, index: number): MessageField {
  const pointer = `/fields/${index}`
  const { category } = field.source
  if (typeof category !== 'string' || !WORD.test(category)) return fail('OPS_CONTROL', `${pointer}/category`)
  const perItem = flag(field.source['perItem'], `${pointer}/perItem`)
  // Elements are disclosures of their own; an absent list is an empty one.
  if (perItem && (field.shape.kind !== 'array' || field.nullable)) fail('OPS_CONTROL', `${pointer}/perItem`)
  return { name: field.name, category, perItem, nullable: field.nullable, ...texts(field.source, pointer) }
}

function texts(source: Json, pointer: string): { readonly nl: string; readonly en: string } {
  const { nl, en } = source
  if (typeof nl !== 'string' || nl === '') return fail('OPS_CONTROL', `${pointer}/nl`)
  if (typeof en !== 'string' || en === '') return fail('OPS_CONTROL', `${pointer}/en`)
  return { nl, en }
}

function groupsOf(value: unknown): readonly string[] {
  if (!Array.isArray(value) || new Set(value).size !== value.length) return fail('OPS_CONTROL', '/groups')
  for (const group of value)
    if (typeof group !== 'string' || !WORD.test(group)) fail('OPS_CONTROL', '/groups')
  return value as string[]
}

function flag(value: unknown, pointer: string): boolean {
  return value === undefined || typeof value === 'boolean' ? value === true : fail('OPS_CONTROL', pointer)
}

function answeredBy(value: unknown): string | null {
  if (value === undefined) return null
  return typeof value === 'string' && TYPE_NAME.test(value) ? value : fail('OPS_CONTROL', '/answeredBy')
}

function days(value: unknown): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > DAYS_MAX) {
    return fail('OPS_CONTROL', '/occurredWithinDays')
  }
  return value
}

/** The first moment, UTC, at which the version is no longer taken. */
function sunset(value: unknown): number | null {
  if (value === undefined) return null
  if (typeof value !== 'string' || !DATE.test(value)) return fail('OPS_CONTROL', '/sunset')
  const at = Date.parse(`${value}T00:00:00Z`)
  return Number.isNaN(at) ? fail('OPS_CONTROL', '/sunset') : at
}
