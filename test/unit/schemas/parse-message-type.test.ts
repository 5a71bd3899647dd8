import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { asFailure } from '#core/failure.ts'
import { parseMessageType } from '#core/message/parse-message-type.ts'

type Json = Record<string, unknown>
const FILE = resolve(import.meta.dirname, '../../../schemas/message/police/ngo.disclosure.v1.avsc')
const source = readFileSync(FILE, 'utf8')

/** The disclosure schema with one thing changed. */
function changed(change: (schema: Json, field: (name: string) => Json) => void): string {
  const schema = JSON.parse(source) as Json
  const fields = schema['fields'] as Json[]
  change(schema, (name) => fields.find((field) => field['name'] === name) ?? {})
  return JSON.stringify(schema)
}

function failureOf(text: string): string {
  try {
    parseMessageType(text)
  } catch (error) {
    const failure = asFailure(error)
    return `${failure.code} ${failure.pointer}`
  }
  return 'none'
}

const CASES: readonly [string, string, string][] = [
  ['no JSON', '{', ''],
  ['a list', '[]', ''],
  [
    'a property nobody knows',
    changed((schema) => {
      schema['witness'] = true
    }),
    '/witness',
  ],
  [
    'no version',
    changed((schema) => {
      delete schema['version']
    }),
    '/version',
  ],
  [
    'a namespace that is not ours',
    changed((schema) => {
      schema['namespace'] = 'org.example'
    }),
    '/name',
  ],
  [
    'no groups',
    changed((schema) => {
      delete schema['groups']
    }),
    '/groups',
  ],
  [
    'a group twice',
    changed((schema) => {
      schema['groups'] = ['personal', 'personal']
    }),
    '/groups',
  ],
  [
    'a group that is no word',
    changed((schema) => {
      schema['groups'] = ['Personal "x"']
    }),
    '/groups',
  ],
  [
    'no bound on occurredAt',
    changed((schema) => {
      delete schema['occurredWithinDays']
    }),
    '/occurredWithinDays',
  ],
  [
    'a sunset that is no date',
    changed((schema) => {
      schema['sunset'] = 'soon'
    }),
    '/sunset',
  ],
  [
    'an answer that is no type',
    changed((schema) => {
      schema['answeredBy'] = 'A B'
    }),
    '/answeredBy',
  ],
  [
    'a flag that is no flag',
    changed((schema) => {
      schema['toExchange'] = 'yes'
    }),
    '/toExchange',
  ],
  [
    'no Dutch text',
    changed((_schema, field) => {
      field('source')['nl'] = ''
    }),
    '/fields/4/nl',
  ],
  [
    'no category',
    changed((_schema, field) => {
      delete field('source')['category']
    }),
    '/fields/4/category',
  ],
  [
    'a field twice',
    changed((_schema, field) => {
      field('source')['name'] = 'items'
    }),
    '/fields',
  ],
  [
    'a name with a hyphen',
    changed((_schema, field) => {
      field('source')['name'] = 'so-urce'
    }),
    '/fields/4/name',
  ],
  [
    'a field property nobody knows',
    changed((_schema, field) => {
      field('source')['hidden'] = true
    }),
    '/fields/4/hidden',
  ],
  [
    'a text without length',
    changed((_schema, field) => {
      delete field('source')['maxLength']
    }),
    '/fields/4/type/1',
  ],
  [
    'a text without form',
    changed((_schema, field) => {
      delete field('source')['format']
    }),
    '/fields/4/type/1',
  ],
  [
    'an unknown form',
    changed((_schema, field) => {
      field('source')['format'] = 'toString'
    }),
    '/fields/4/type/1',
  ],
  [
    'form and pattern',
    changed((_schema, field) => {
      field('source')['pattern'] = '^a$'
    }),
    '/fields/4/type/1',
  ],
  [
    'a pattern without anchors',
    changed((_schema, field) => {
      const it = field('source')
      delete it['format']
      it['pattern'] = 'a'
    }),
    '/fields/4/type/1',
  ],
  [
    'a broken pattern',
    changed((_schema, field) => {
      const it = field('source')
      delete it['format']
      it['pattern'] = '^($'
    }),
    '/fields/4/type/1',
  ],
  [
    'a default that is not null',
    changed((_schema, field) => {
      field('source')['default'] = 'x'
    }),
    '/fields/4/default',
  ],
  [
    'null without being nullable',
    changed((_schema, field) => {
      field('conditions')['default'] = null
    }),
    '/fields/2/default',
  ],
  [
    'a union of more',
    changed((_schema, field) => {
      field('source')['type'] = ['null', 'string', 'int']
    }),
    '/fields/4/type',
  ],
  [
    'a type we do not use',
    changed((_schema, field) => {
      field('source')['type'] = ['null', 'double']
    }),
    '/fields/4/type/1',
  ],
  [
    'a list without end',
    changed((_schema, field) => {
      delete field('items')['maxItems']
    }),
    '/fields/1/type/maxItems',
  ],
  [
    'a symbol twice',
    changed((_schema, field) => {
      field('source')['type'] = ['null', { type: 'enum', name: 'Source', symbols: ['A', 'A'] }]
    }),
    '/fields/4/type/1/symbols',
  ],
  [
    'a symbol in small letters',
    changed((_schema, field) => {
      field('source')['type'] = ['null', { type: 'enum', name: 'Source', symbols: ['a'] }]
    }),
    '/fields/4/type/1/symbols',
  ],
  [
    'a name given twice',
    changed((_schema, field) => {
      field('source')['type'] = ['null', { type: 'enum', name: 'DecisionKind', symbols: ['A'] }]
    }),
    '/fields/5/type/1/fields/0/type/name',
  ],
  [
    'a date with a length',
    changed((_schema, field) => {
      field('source')['format'] = 'date'
    }),
    '/fields/4/type/1',
  ],
  [
    'items of something else',
    changed((_schema, field) => {
      field('source')['perItem'] = true
    }),
    '/fields/4/perItem',
  ],
]

describe('what is no message type', () => {
  it.each(CASES)('%s', (_name, text, pointer) => {
    expect(failureOf(text)).toBe(`OPS_CONTROL ${pointer}`)
  })
})

it('reads what the schema says', () => {
  const type = parseMessageType(
    changed((schema) => {
      schema['sunset'] = '2030-01-01'
      schema['answeredBy'] = 'tip.feedback'
      schema['version'] = 12
    }),
  )
  expect(type).toMatchObject({
    name: 'police.ngo.disclosure',
    vct: 'nl.schakel.police.ngo.disclosure.v12',
    version: 12,
    groups: ['personal', 'police'],
    toExchange: false,
    answeredBy: 'tip.feedback',
    occurredWithin: 3660 * 86_400_000,
    sunset: Date.UTC(2030, 0, 1),
  })
  expect(type.fields[1]).toEqual({
    name: 'items',
    category: 'narrative',
    perItem: true,
    nullable: false,
    nl: 'gegevens',
    en: 'items',
  })
  expect(type.fields[4]).toMatchObject({ name: 'source', category: 'source', nullable: true })
  expect(parseMessageType(source).sha256).not.toBe(type.sha256)
})
