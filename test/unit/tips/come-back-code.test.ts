import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CODE_BYTES, hashOfCode, makeCode, readCode } from '#services/tips/come-back-code.ts'

const random = fc.uint8Array({ minLength: CODE_BYTES, maxLength: CODE_BYTES })
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

describe('the code to come back with', () => {
  it.each(['', 'ABCD', 'U'.repeat(24), 'Z'.repeat(24), '0'.repeat(101), `${'0'.repeat(23)}1`])(
    'is not %j',
    (typed) => {
      expect(readCode(typed)).toBeUndefined()
    },
  )

  it('is made of exactly 14 bytes', () => {
    expect(() => makeCode(new Uint8Array(CODE_BYTES - 1))).toThrow(RangeError)
    expect(() => makeCode(new Uint8Array(CODE_BYTES + 1))).toThrow(RangeError)
  })

  it('refuses any one wrong letter', () => {
    fc.assert(
      fc.property(random, fc.nat(23), fc.nat(31), (bytes, at, letter) => {
        const code = makeCode(bytes).replaceAll('-', '')
        const other = LETTERS[letter] ?? ''
        fc.pre(code[at] !== other)
        expect(readCode(code.slice(0, at) + other + code.slice(at + 1))).toBeUndefined()
      }),
    )
  })

  it('refuses any two neighbours exchanged', () => {
    fc.assert(
      fc.property(random, fc.nat(22), (bytes, at) => {
        const code = makeCode(bytes).replaceAll('-', '')
        fc.pre(code[at] !== code[at + 1])
        const swapped = code.slice(0, at) + code[at + 1] + code[at] + code.slice(at + 2)
        expect(readCode(swapped)).toBeUndefined()
      }),
    )
  })

  it('is read as it was given, however it is typed', () => {
    fc.assert(
      fc.property(random, (bytes) => {
        const code = makeCode(bytes)
        expect(code).toMatch(/^([0-9A-Z]{4}-){5}[0-9A-Z]{4}$/)
        const letters = code.replaceAll('-', '')
        expect(readCode(code)).toBe(letters)
        expect(readCode(` ${code.toLowerCase().replaceAll('-', ' ')} `)).toBe(letters)
        expect(readCode(code.replaceAll('0', 'o').replaceAll('1', 'l'))).toBe(letters)
        expect(hashOfCode(letters)).not.toContain(letters)
      }),
    )
  })
})
