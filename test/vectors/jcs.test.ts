import { existsSync, readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalize, canonicalizeStored } from '#core/message/jcs.ts'

const EXT = new URL('../../../shared/ext/jcs/', import.meta.url)

describe('JCS refuses', () => {
  const loop = [1]
  delete loop[0]
  const bad: Record<string, unknown> = {
    undefined: undefined,
    NaN: Number.NaN,
    infinity: Number.POSITIVE_INFINITY,
    bigint: 1n,
    symbol: Symbol('x'),
    function: () => 1,
    date: new Date(0),
    map: new Map(),
    bytes: Buffer.from('x'),
    'lone surrogate': '\ud800',
    'lone surrogate in a name': { '\udfff': 1 },
    'undefined member': { a: undefined },
    'undefined element': [undefined],
    hole: loop,
  }
  for (const [name, value] of Object.entries(bad))
    it(name, () =>
      expect(() => canonicalize(value)).toThrow(expect.objectContaining({ code: 'MSG_ENCODING' })),
    )
})

describe('JCS', () => {
  it('keeps the value and does not depend on the order of members', () => {
    const json = fc.jsonValue({ noUnicodeString: false }).filter((v) => !JSON.stringify(v).includes('\\ud'))
    fc.assert(
      fc.property(json, (value) => {
        const text = canonicalize(value)
        expect(canonicalize(JSON.parse(text))).toBe(text)
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
    expect(canonicalize({ b: -0, a: [1e21, 1e-7] })).toBe('{"a":[1e+21,1e-7],"b":0}')
  })

  it('agrees with the published pairs (RFC 8785, cyberphone/json-canonicalization)', () => {
    if (!existsSync(EXT)) {
      console.log('NOT RUN: no ../shared/ext')
      expect(process.env['CI']).not.toBe('true')
      return
    }
    const names = readdirSync(new URL('input/', EXT)).sort()
    let agree = 0
    for (const name of names) {
      const input = JSON.parse(readFileSync(new URL(`input/${name}`, EXT), 'utf8'))
      const wanted = readFileSync(new URL(`output/${name}`, EXT), 'utf8').trim()
      if (canonicalize(input) === wanted) agree += 1
    }
    console.log(`jcs: ${agree} agree / ${names.length} cases / 0 excused`)
    expect(names.length).toBe(6)
    expect(agree).toBe(names.length)
  })
})

describe('JCS of what will be stored', () => {
  it('is that of the value written and read back', () => {
    const stored = fc.dictionary(
      fc.string(),
      fc.oneof(fc.jsonValue(), fc.constant(undefined), fc.dictionary(fc.string(), fc.constant(undefined))),
    )
    fc.assert(
      fc.property(stored, (value) => {
        expect(canonicalizeStored(value)).toBe(canonicalize(JSON.parse(JSON.stringify(value))))
      }),
    )
  })

  it('refuses what JSON would change in silence', () => {
    for (const value of [undefined, [undefined], { a: Number.NaN }, { a: new Date(0) }])
      expect(() => canonicalizeStored(value)).toThrow(expect.objectContaining({ code: 'MSG_ENCODING' }))
  })
})
