import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkData } from '#core/message/check-data.ts'
import { checkPresented } from '#core/message/check-presented.ts'
import { parseMessageType } from '#core/message/parse-message-type.ts'

const text = (name: string) => ({ nl: name, en: name, category: 'narrative' })
const SCHEMA = {
  type: 'record',
  namespace: 'nl.schakel.test',
  name: 'form',
  version: 1,
  nl: 'proef',
  en: 'trial',
  groups: [],
  occurredWithinDays: 1,
  fields: [
    { name: 'note', type: 'string', format: 'text', maxLength: 5, ...text('note') },
    { name: 'line', type: ['null', 'string'], default: null, format: 'line', maxLength: 5, ...text('line') },
    { name: 'at', type: 'string', format: 'date-time', ...text('at') },
    { name: 'day', type: 'string', format: 'date', ...text('day') },
    { name: 'count', type: 'int', ...text('count') },
    { name: 'word', type: 'string', pattern: '^[^ ]+$', maxLength: 9, ...text('word') },
    {
      name: 'rows',
      type: { type: 'array', items: 'string' },
      pattern: '^[a-z]+$',
      maxLength: 3,
      maxItems: 2,
      perItem: true,
      ...text('rows'),
    },
    {
      name: 'inner',
      type: {
        type: 'record',
        name: 'Inner',
        fields: [{ name: 'kind', type: { type: 'enum', name: 'Kind', symbols: ['A', 'B'] } }],
      },
      ...text('inner'),
    },
  ],
}
const type = parseMessageType(JSON.stringify(SCHEMA))
const good = {
  note: 'a\nb',
  line: null,
  at: '2028-02-29T23:59:59.123Z',
  day: '2028-02-29',
  count: 3,
  word: 'w',
  rows: ['ab', 'c'],
  inner: { kind: 'A' },
}

/** The good one with a member that is there only by inheritance. */
function inheriting(name: 'note'): object {
  const { [name]: inherited, ...own } = good
  return Object.assign(Object.create({ [name]: inherited }) as object, own)
}

describe('what does not fit', () => {
  const cases: readonly [string, unknown, string][] = [
    ['nothing', undefined, ''],
    ['null', null, ''],
    ['a list', [], ''],
    ['a text', 'x', ''],
    ['a member too many', { ...good, extra: 1 }, '/extra'],
    ['a member with a hostile name', { ...good, 'a/b\u202e': 1 }, '/?'],
    ['an own __proto__', { ...good, ...(JSON.parse('{"__proto__": 1}') as object) }, '/__proto__'],
    ['an inherited member', inheriting('note'), '/note'],
    ['undefined for null', { ...good, line: undefined }, '/line'],
    ['an empty text', { ...good, note: '' }, '/note'],
    ['six characters', { ...good, note: 'abcdef' }, '/note'],
    ['six characters beyond the BMP', { ...good, note: '𝔸'.repeat(6) }, '/note'],
    ['a control character', { ...good, note: 'a\u0000' }, '/note'],
    ['a carriage return', { ...good, note: 'a\r\nb' }, '/note'],
    ['a turn of direction', { ...good, note: 'a\u202eb' }, '/note'],
    ['half a surrogate pair', { ...good, note: 'a\ud800' }, '/note'],
    ['half a pair where the pattern lets it through', { ...good, word: '\udc00' }, '/word'],
    ['a line break in a line', { ...good, line: 'a\nb' }, '/line'],
    ['a time with an offset', { ...good, at: '2026-01-01T00:00:00+00:00' }, '/at'],
    ['a time in lower case', { ...good, at: '2026-01-01t00:00:00z' }, '/at'],
    ['a time that does not exist', { ...good, at: '2026-02-29T00:00:00Z' }, '/at'],
    ['hour 24', { ...good, at: '2026-01-01T24:00:00Z' }, '/at'],
    ['a leap second', { ...good, at: '2016-12-31T23:59:60Z' }, '/at'],
    ['microseconds', { ...good, at: '2026-01-01T00:00:00.000001Z' }, '/at'],
    ['a date that does not exist', { ...good, day: '2026-04-31' }, '/day'],
    ['a date with a time', { ...good, day: '2026-04-30T00:00:00Z' }, '/day'],
    ['a fraction', { ...good, count: 1.5 }, '/count'],
    ['beyond 32 bits', { ...good, count: 2 ** 31 }, '/count'],
    ['a number as text', { ...good, count: '3' }, '/count'],
    ['not a list', { ...good, rows: 'ab' }, '/rows'],
    ['a list too long', { ...good, rows: ['a', 'b', 'c'] }, '/rows'],
    ['a bad element', { ...good, rows: ['ab', 'A'] }, '/rows/1'],
    ['a null element', { ...good, rows: [null] }, '/rows/0'],
    ['an unknown symbol', { ...good, inner: { kind: 'C' } }, '/inner/kind'],
    ['a symbol of the prototype', { ...good, inner: { kind: 'constructor' } }, '/inner/kind'],
    ['an inner member too many', { ...good, inner: { kind: 'A', x: 1 } }, '/inner/x'],
    ['an inner member too few', { ...good, inner: {} }, '/inner/kind'],
  ]
  it.each(cases)('%s', (_name, data, pointer) => {
    expect(checkData(type, data)).toEqual({ pointer })
  })

  it('as presented too, but for members that are not there', () => {
    const absent = new Set(['an inherited member', 'undefined for null'])
    for (const [name, data] of cases)
      if (!absent.has(name)) expect([name, checkPresented(type, data)]).not.toEqual([name, null])
    expect(checkPresented(type, {})).toBeNull()
    expect(checkPresented(type, { inner: {} })).not.toBeNull()
  })
})

describe('what fits', () => {
  it('the good one, with objects of any prototype', () => {
    expect(checkData(type, good)).toBeNull()
    const bare = Object.assign(Object.create(null) as object, {
      ...good,
      inner: Object.assign(Object.create(null) as object, good.inner),
    })
    expect(checkData(type, bare)).toBeNull()
    expect(checkPresented(type, bare)).toBeNull()
  })

  it('five characters, however many code units', () => {
    expect(checkData(type, { ...good, note: '𝔸'.repeat(5), line: 'ëëëëë' })).toBeNull()
  })

  it('the schema’s own text may change spelling, never the digest', () => {
    const spaced = parseMessageType(JSON.stringify(SCHEMA, null, 2))
    expect(spaced.sha256).toBe(type.sha256)
    expect(spaced.fields.filter((field) => field.perItem).map((field) => field.name)).toEqual(['rows'])
  })

  it('full form and presented form agree on anything that is whole', () => {
    const value = fc.oneof(
      fc.string({ maxLength: 7 }),
      fc.integer(),
      fc.constant(null),
      fc.constantFrom('2026-01-01', 'A', 'ab'),
    )
    fc.assert(
      fc.property(
        fc.constantFrom('note', 'line', 'at', 'day', 'count', 'inner', 'rows'),
        value,
        fc.anything(),
        (name, simple, any) => {
          for (const member of [simple, any, [simple], { kind: simple }]) {
            if (member === undefined) continue
            const data = { ...good, [name]: member }
            expect(checkData(type, data) === null).toBe(checkPresented(type, data) === null)
          }
        },
      ),
      { numRuns: 500 },
    )
  })
})
