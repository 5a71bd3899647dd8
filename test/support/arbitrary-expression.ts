/** Expressions of Cedar's JSON form, well typed or not, over small entities: for comparing engines where the rules at hand do not go. */
import fc from 'fast-check'

export type Json = Record<string, unknown>

const NAMES = ['a', 'b', 'c', '__proto__', 'constructor', 'toString']
const TEXTS = ['', 'a', 'ab', 'a*b', 'aab', 'é', '__proto__']
const LONGS = [0, 1, -1, 2, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]
const TIMES = [
  '2026-11-24',
  '2026-11-24T00:00:00Z',
  '2026-11-24T00:00:00.001Z',
  '2026-11-24T01:00:00+0100',
  '2024-02-29',
  '1969-12-31T23:59:59.999Z',
]
export const UIDS = ['A', 'B'].flatMap((type) => ['x', 'y', 'z', '__proto__'].map((id) => ({ type, id })))

const one = <T>(...items: readonly T[]) => fc.constantFrom(...items)
const expression = (head: string, body: unknown): Json => ({ [head]: body })

const leaf: fc.Arbitrary<Json> = fc.oneof(
  one('principal', 'resource', 'context').map((name) => expression('Var', name)),
  one<unknown>(true, false, ...TEXTS, ...LONGS).map((value) => expression('Value', value)),
  one(...UIDS).map((uid) => expression('Value', { __entity: uid })),
  one(...TIMES).map((text) => expression('datetime', [{ Value: text }])),
)

const pattern = fc.array(
  fc.oneof(
    fc.constant('Wildcard'),
    one('a', 'b', '*', 'é').map((text) => ({ Literal: text })),
  ),
  { minLength: 1, maxLength: 4 },
)

const { node } = fc.letrec<{ node: Json }>((tie) => {
  const inner = tie('node')
  const two = fc.tuple(inner, inner)
  const binary = [
    '==',
    '!=',
    '<',
    '<=',
    '>',
    '>=',
    '&&',
    '||',
    'in',
    'contains',
    'containsAll',
    'containsAny',
  ]
  return {
    node: fc.oneof(
      { depthSize: 'medium', maxDepth: 5, withCrossShrink: true },
      { weight: 2, arbitrary: leaf },
      {
        weight: 6,
        arbitrary: fc
          .tuple(one(...binary), two)
          .map(([head, [left, right]]) => expression(head, { left, right })),
      },
      {
        weight: 1,
        arbitrary: one('!', 'isEmpty').chain((head) => inner.map((arg) => expression(head, { arg }))),
      },
      {
        weight: 2,
        arbitrary: fc
          .tuple(one('has', '.', '.'), inner, one(...NAMES))
          .map(([head, left, attr]) => expression(head, { left, attr })),
      },
      {
        weight: 1,
        arbitrary: fc.tuple(inner, inner, inner).map(([test, yes, no]) =>
          expression(
            'if-then-else',
            Object.fromEntries([
              ['if', test],
              ['then', yes],
              ['else', no],
            ]),
          ),
        ),
      },
      {
        weight: 1,
        arbitrary: fc
          .tuple(inner, one('A', 'B', 'C'), fc.option(inner, { nil: undefined }))
          .map(([left, type, above]) =>
            expression('is', { left, entity_type: type, ...(above ? { in: above } : {}) }),
          ),
      },
      {
        weight: 1,
        arbitrary: fc
          .tuple(inner, pattern)
          .map(([left, like]) => expression('like', { left, pattern: like })),
      },
      { weight: 2, arbitrary: fc.array(inner, { maxLength: 3 }).map((items) => expression('Set', items)) },
      {
        weight: 1,
        arbitrary: fc
          .uniqueArray(fc.tuple(one('a', 'b', 'c'), inner), { maxLength: 2, selector: ([name]) => name })
          .map((members) => expression('Record', Object.fromEntries(members))),
      },
    ),
  }
})

/** A context member or an attribute, so that most comparisons have something to compare. */
const typed: fc.Arbitrary<Json> = fc.oneof(
  one('a', 'b', 'c').map((attr) => expression('.', { left: { Var: 'context' }, attr })),
  fc
    .tuple(one('principal', 'resource'), one('a', 'b'))
    .map(([name, attr]) => expression('.', { left: { Var: name }, attr })),
)
const nested = fc
  .tuple(one('a', 'b', 'c', 'constructor'), one('a', 'b', 'toString'), one(true, false))
  .map(([outer, attr, deep]): Json => {
    const left = expression('.', { left: { Var: deep ? 'context' : 'principal' }, attr: outer })
    return expression('.', { left, attr })
  })
const value = fc.oneof(
  leaf,
  typed,
  fc.array(leaf, { maxLength: 3 }).map((items) => expression('Set', items)),
)

const long = one(...LONGS).map((item) => expression('Value', item))
const time = one(...TIMES).map((text) => expression('datetime', [{ Value: text }]))
const known = one(...UIDS).map((uid) => expression('Value', { __entity: uid }))
const party = fc.oneof(
  known,
  one('principal', 'resource').map((name) => expression('Var', name)),
)
const set = fc.array(fc.oneof(long, known), { maxLength: 4 }).map((items) => expression('Set', items))
const compared = (heads: readonly string[], left: fc.Arbitrary<Json>, right: fc.Arbitrary<Json>) =>
  fc.tuple(one(...heads), left, right).map(([head, l, r]) => expression(head, { left: l, right: r }))
const orders = ['<', '<=', '>', '>=', '==', '!=']

/** Equal but for order and repetition. */
const reordered = fc
  .uniqueArray(fc.oneof(long, known), {
    minLength: 1,
    maxLength: 3,
    selector: (item) => JSON.stringify(item),
  })
  .chain((items) => {
    const other = fc.shuffledSubarray([...items, ...items], { minLength: items.length })
    return other.map((others) => expression('==', { left: { Set: items }, right: { Set: others } }))
  })
/** One that fits, and beside it what is no entity. */
const amongOthers = fc
  .tuple(party, long, fc.boolean())
  .map(([one, other, first]) =>
    expression('in', { left: one, right: { Set: first ? [one, other] : [other, one] } }),
  )

/** Well typed, so that it holds or not. */
const sound: fc.Arbitrary<Json> = fc.oneof(
  reordered,
  compared(orders, long, long),
  compared(orders, time, time),
  compared(['in', '==', '!='], party, party),
  compared(
    ['in'],
    party,
    fc.array(known, { maxLength: 3 }).map((items) => expression('Set', items)),
  ),
  compared(['contains'], set, fc.oneof(long, known)),
  compared(['containsAll', 'containsAny', '==', '!='], set, set),
  fc
    .tuple(one('context', 'principal', 'resource'), one(...NAMES))
    .map(([name, attr]) => expression('has', { left: { Var: name }, attr })),
  fc
    .tuple(one(...TEXTS), pattern)
    .map(([text, like]) => expression('like', { left: { Value: text }, pattern: like })),
  fc
    .tuple(party, one('A', 'B'), fc.option(party, { nil: undefined }))
    .map(([left, type, above]) =>
      expression('is', { left, entity_type: type, ...(above ? { in: above } : {}) }),
    ),
)

/** Some err, some hold, some do not. */
export const arbitraryExpression: fc.Arbitrary<Json> = fc.oneof(
  { weight: 2, arbitrary: node },
  { weight: 5, arbitrary: sound },
  { weight: 2, arbitrary: compared(['&&', '||'], sound, fc.oneof(sound, node)) },
  { weight: 1, arbitrary: sound.map((arg) => expression('!', { arg })) },
  { weight: 1, arbitrary: amongOthers },
  { weight: 1, arbitrary: compared(['==', '!='], nested, fc.oneof(long, fc.constant({ Value: 'a' }))) },
  {
    weight: 1,
    arbitrary: compared([...orders, 'in', 'contains', 'containsAll', 'containsAny'], value, value),
  },
  {
    weight: 1,
    arbitrary: compared(
      ['&&', '||'],
      one<unknown>(true, false).map((item) => ({ Value: item })),
      node,
    ),
  },
)

/** Values of the context and of attributes, in Cedar's JSON. */
export const arbitraryRecord: fc.Arbitrary<Json> = fc
  .uniqueArray(
    fc.tuple(
      one(...NAMES),
      fc.oneof(
        one<unknown>(true, false, ...TEXTS, ...LONGS),
        one(...UIDS).map((uid) => ({ __entity: uid })),
        one(...TIMES).map((arg) => ({ __extn: { fn: 'datetime', arg } })),
        fc.array(one<unknown>(1, 2, 'a', true), { maxLength: 3 }),
        fc.array(
          one(...UIDS).map((uid) => ({ __entity: uid })),
          { maxLength: 3 },
        ),
        one<unknown>({ a: 1 }, { a: 1, b: 'a' }, {}, { b: 'a' }, { toString: 1 }, { a: { b: [] } }),
      ),
    ),
    { maxLength: 4, selector: ([name]) => name },
  )
  .map((members) => {
    const record: Json = Object.create(null)
    for (const [name, item] of members) record[name] = item
    return record
  })
