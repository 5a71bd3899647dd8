import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeBase64url, encodeBase64url } from '#core/message/base64url.ts'
import { parseStrictJson, parseStrictText } from '#core/message/strict-json.ts'
import { refusal } from '../../support/message-world.ts'

describe('base64url refuses what Node would decode', () => {
  const bad: Record<string, string> = {
    padding: 'Zg==',
    'one padding': 'Zm8=',
    space: 'Zm 8',
    'space around': ' Zm8',
    'new line': 'Zm8\n',
    'the other alphabet': '_-+/',
    'unused bits set, 1 byte': 'Zh',
    'unused bits set, 2 bytes': 'Zm9',
    'one character': 'Z',
    'one character too many': 'Zm9vY',
    'not ASCII': 'Zm8é',
  }
  for (const [name, text] of Object.entries(bad))
    it(name, () => expect(refusal(() => decodeBase64url(text))).toBe('MSG_ENCODING'))
})

describe('strict JSON refuses', () => {
  const deep = `${'['.repeat(17)}${']'.repeat(17)}`
  const bad: Record<string, [string | Uint8Array, string]> = {
    'duplicate member': ['{"a":1,"a":2}', 'MSG_DUPLICATE_MEMBER'],
    'duplicate member, escaped': ['{"a":1,"\\u0061":2}', 'MSG_DUPLICATE_MEMBER'],
    'duplicate member, deep': ['[{"b":{"x":1,"y":[],"x":3}}]', 'MSG_DUPLICATE_MEMBER'],
    'duplicate __proto__': ['{"__proto__":1,"__proto__":2}', 'MSG_DUPLICATE_MEMBER'],
    'trailing bytes': ['{} x', 'MSG_ENCODING'],
    'two values': ['{}{}', 'MSG_ENCODING'],
    'trailing comma': ['[1,]', 'MSG_ENCODING'],
    empty: ['', 'MSG_ENCODING'],
    'byte order mark': [Buffer.from([0xef, 0xbb, 0xbf, 0x7b, 0x7d]), 'MSG_ENCODING'],
    'bad UTF-8': [Buffer.from([0x22, 0xc3, 0x28, 0x22]), 'MSG_ENCODING'],
    'overlong UTF-8': [Buffer.from([0x22, 0xc0, 0xaf, 0x22]), 'MSG_ENCODING'],
    'surrogates in UTF-8': [Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), 'MSG_ENCODING'],
    'lone surrogate in a name': ['{"\\ud800":1}', 'MSG_ENCODING'],
    'too deep': [deep, 'MSG_ENCODING'],
    'a number too large': ['[1e400]', 'MSG_ENCODING'],
    NaN: ['NaN', 'MSG_ENCODING'],
  }
  for (const [name, [input, code]] of Object.entries(bad))
    it(name, () => expect(refusal(() => parseStrictJson(Buffer.from(input)))).toBe(code))
})

describe('strict JSON', () => {
  it('accepts white space and escapes inside, equal names in different objects, and quotes in strings', () => {
    const text = ' { "a" : {"b":1}, "c" : {"b":"\\"a\\":1,{[\\\\"}, "\\u0064":[{"b":1},{"b":2}] } \n'
    expect(JSON.parse(JSON.stringify(parseStrictText(text)))).toEqual(JSON.parse(text))
  })

  it('gives objects without prototype: no inherited member can be taken for a sent one', () => {
    const value = parseStrictText('{"__proto__":{"x":1},"a":[{}]}') as Record<string, unknown>
    expect(Object.getPrototypeOf(value)).toBeNull()
    expect(Object.keys(value)).toEqual(['__proto__', 'a'])
    expect('toString' in value).toBe(false)
    expect(Object.getPrototypeOf((value['a'] as object[])[0])).toBeNull()
  })

  it('reads what JSON.stringify writes, and only that', () => {
    const json = fc.jsonValue({ maxDepth: 6 })
    fc.assert(
      fc.property(json, (value) => {
        const text = JSON.stringify(value)
        expect(JSON.stringify(parseStrictText(text))).toBe(text)
      }),
    )
  })

  it('base64url round trip; one spelling per byte string', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 80 }),
        fc.nat(),
        fc.constantFrom('A', 'B', '_', '='),
        (bytes, at, other) => {
          const text = encodeBase64url(bytes)
          expect(Buffer.from(decodeBase64url(text)).equals(Buffer.from(bytes))).toBe(true)
          const place = text.length === 0 ? 0 : at % text.length
          const changed = text.slice(0, place) + other + text.slice(place + 1)
          if (changed !== text && refusal(() => decodeBase64url(changed)) === 'accepted')
            expect(decodeBase64url(changed).equals(Buffer.from(bytes))).toBe(false)
        },
      ),
    )
  })
})
