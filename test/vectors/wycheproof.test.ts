import { createPrivateKey, type JsonWebKeyInput } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { Failure } from '#core/failure.ts'
import { SIGNATURE_ALGORITHMS } from '#core/message/algorithms.ts'
import { decryptJwe } from '#core/message/jwe.ts'
import { verifyJws } from '#core/message/jws.ts'
import { algorithmsFor, verificationKey } from '#core/message/verification-key.ts'
import { externalCases } from '../support/external-cases.ts'

type Jwk = Readonly<Record<string, unknown>>

interface Group {
  readonly comment: string
  readonly private: Jwk
  readonly public?: Jwk
  readonly tests: readonly {
    readonly tcId: number
    readonly comment: string
    readonly result: 'valid' | 'invalid'
    readonly jws?: string
    readonly jwe?: string
    readonly pt?: string
  }[]
}

/** Valid by the RFCs, refused by our profile; each with its reason. Nothing marked invalid can be excused. */
const SIGNATURE_EXCUSES: Readonly<Record<string, string>> = {
  alg: 'the algorithm is not on our list (HS256, RS*, PS384, PS512)',
  empty: 'an empty payload is no message',
}
const ENCRYPTION_EXCUSE = 'key management or content encryption is not in our profile'

function accepts(run: () => unknown): boolean {
  try {
    run()
    return true
  } catch (error) {
    if (error instanceof Failure && error.family === 'MSG') return false
    throw error
  }
}

function headerOf(compact: string): Jwk {
  return JSON.parse(Buffer.from(compact.split('.')[0] ?? '', 'base64url').toString('utf8')) as Jwk
}

function signatureExcuse(jws: string): string | undefined {
  if (!SIGNATURE_ALGORITHMS.includes(String(headerOf(jws)['alg']))) return SIGNATURE_EXCUSES['alg']
  return jws.split('.')[1] === '' ? SIGNATURE_EXCUSES['empty'] : undefined
}

function encryptionExcuse(jwe: string): string | undefined {
  const { alg, enc, kid } = headerOf(jwe)
  const ours = (alg === 'ECDH-ES+A256KW' || alg === 'RSA-OAEP-256') && enc === 'A256GCM'
  if (ours && kid === undefined) return 'our profile demands a kid'
  return ours ? undefined : ENCRYPTION_EXCUSE
}

interface Tally {
  agree: number
  excused: number
  readonly differ: string[]
}

function judge(
  tally: Tally,
  name: string,
  valid: boolean,
  accepted: boolean,
  excuse: string | undefined,
): void {
  if (valid === accepted) tally.agree += 1
  else if (valid && excuse !== undefined) tally.excused += 1
  else tally.differ.push(name)
}

describe('Wycheproof', () => {
  it('JSON Web Signature: accepts nothing invalid', () => {
    const groups = externalCases<{ testGroups: readonly Group[] }>(
      'wycheproof/json_web_signature_even.json',
    )?.testGroups
    if (!groups) return
    const tally: Tally = { agree: 0, excused: 0, differ: [] }
    let cases = 0
    for (const group of groups) {
      for (const test of group.tests) {
        cases += 1
        const jws = test.jws ?? ''
        const accepted = accepts(() => {
          const jwk = group.public ?? group.private
          verifyJws(jws, verificationKey(jwk), algorithmsFor(jwk, SIGNATURE_ALGORITHMS))
        })
        const valid = test.result === 'valid'
        judge(
          tally,
          `${test.tcId} ${test.comment}`,
          valid,
          accepted,
          valid ? signatureExcuse(jws) : undefined,
        )
      }
    }
    console.log(`wycheproof signature: ${tally.agree} agree / ${cases} cases / ${tally.excused} excused`)
    expect(tally.differ).toEqual([])
    expect(cases).toBe(200)
  })

  it('JSON Web Encryption: accepts nothing invalid', () => {
    const groups = externalCases<{ testGroups: readonly Group[] }>(
      'wycheproof/json_web_encryption_even.json',
    )?.testGroups
    if (!groups) return
    const tally: Tally = { agree: 0, excused: 0, differ: [] }
    let cases = 0
    for (const group of groups) {
      for (const test of group.tests) {
        cases += 1
        const jwe = test.jwe ?? ''
        const accepted = accepts(() => {
          if (group.private['kty'] === 'oct') throw new Failure('MSG_JWE_HEADER')
          const key = createPrivateKey({ key: group.private, format: 'jwk' } as JsonWebKeyInput)
          const { plaintext } = decryptJwe(jwe, key)
          if (test.pt !== undefined && test.result === 'valid')
            expect(plaintext.toString('hex')).toBe(test.pt)
        })
        const valid = test.result === 'valid'
        judge(
          tally,
          `${test.tcId} ${test.comment}`,
          valid,
          accepted,
          valid ? encryptionExcuse(jwe) : undefined,
        )
      }
    }
    console.log(`wycheproof encryption: ${tally.agree} agree / ${cases} cases / ${tally.excused} excused`)
    expect(tally.differ).toEqual([])
    expect(cases).toBe(69)
  })
})
