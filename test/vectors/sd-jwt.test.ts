import { describe, expect, it } from 'vitest'
import { Failure } from '#core/failure.ts'
import { verifySdJwt } from '#core/message/sd-jwt-verify.ts'
import { verificationKey } from '#core/message/verification-key.ts'
import { externalCases } from '../support/external-cases.ts'

interface Case {
  readonly name: string
  readonly issuer_public_jwk: Readonly<Record<string, unknown>>
  readonly presentation: string
  readonly verified?: unknown
  readonly valid: boolean
}

const HEADERS = ['cty', 'custom_header', 'iat']

describe('SD-JWT vectors (RFC 9901 working group, sd-jwt-python)', () => {
  const cases = externalCases<{ cases: readonly Case[] }>('sd-jwt/vectors.json')?.cases ?? []
  let agree = 0
  for (const one of cases) {
    it(`${one.valid ? 'accepts' : 'refuses'}: ${one.name}`, () => {
      const key = verificationKey(one.issuer_public_jwk)
      const verify = () => verifySdJwt(one.presentation, { key, algorithms: ['ES256'], headers: HEADERS })
      if (one.valid) expect(JSON.parse(JSON.stringify(verify()))).toEqual(one.verified)
      else expect(verify).toThrow(Failure)
      agree += 1
    })
  }
  it('prints the figure', () => {
    if (cases.length === 0) return
    console.log(`sd-jwt: ${agree} agree / ${cases.length} cases / 0 excused`)
    expect(agree).toBe(54)
  })
})
