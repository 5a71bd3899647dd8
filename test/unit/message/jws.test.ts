import { sign, verify } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { signBytes, verifyBytes } from '#core/message/algorithms.ts'
import { signJws, verifyJws } from '#core/message/jws.ts'
import { algorithmsFor, verificationKey } from '#core/message/verification-key.ts'
import { encode, signRaw } from '../../support/forge-message.ts'
import { ALL_ALGORITHMS, jwkOf, KEYS, type Pair, refusal } from '../../support/message-world.ts'

const PAIRS: Record<string, Pair> = {
  Ed25519: KEYS.ed25519,
  ES256: KEYS.p256,
  ES384: KEYS.p384,
  PS256: KEYS.rsa,
}
const HEADER = { alg: 'Ed25519', typ: 'test+jwt', kid: 'k' }
const good = signJws(HEADER, { a: 1 }, KEYS.ed25519.privateKey)
const judge = (jws: string, algorithms = ALL_ALGORITHMS, pair: Pair = KEYS.ed25519) =>
  refusal(() => verifyJws(jws, pair.publicKey, algorithms, 'test+jwt'))
const [h = '', p = '', s = ''] = good.split('.')

describe('JWS refuses', () => {
  const members: Record<string, string> = {
    jku: 'MSG_HEADER_KEY',
    x5u: 'MSG_HEADER_KEY',
    jwk: 'MSG_HEADER_KEY',
    x5c: 'MSG_HEADER_KEY',
    x5t: 'MSG_HEADER_KEY',
    crit: 'MSG_HEADER_CRIT',
    b64: 'MSG_HEADER_CRIT',
    zip: 'MSG_HEADER_CRIT',
    cty: 'MSG_HEADER',
    other: 'MSG_HEADER',
  }
  for (const [name, code] of Object.entries(members))
    it(`header member ${name}`, () => {
      expect(judge(signRaw({ ...HEADER, [name]: ['exp'] }, { a: 1 }))).toBe(code)
    })

  const bad: Record<string, [string, string]> = {
    none: [`${encode({ ...HEADER, alg: 'none' })}.${p}.${s}`, 'MSG_ALG'],
    'none without signature': [`${encode({ ...HEADER, alg: 'none' })}.${p}.`, 'MSG_FRAMING'],
    nOnE: [`${encode({ ...HEADER, alg: 'nOnE' })}.${p}.${s}`, 'MSG_ALG'],
    'no alg': [signRaw({ typ: 'test+jwt', kid: 'k' }, {}), 'MSG_ALG'],
    'alg not a string': [signRaw({ ...HEADER, alg: ['Ed25519'] }, {}), 'MSG_ALG'],
    'the deprecated EdDSA': [signRaw({ ...HEADER, alg: 'EdDSA' }, {}), 'MSG_ALG'],
    'algorithm of another key': [signRaw({ ...HEADER, alg: 'ES256' }, {}), 'MSG_ALG'],
    'wrong typ': [signRaw({ ...HEADER, typ: 'JWT' }, {}), 'MSG_TYP'],
    'no typ': [signRaw({ alg: 'Ed25519', kid: 'k' }, {}), 'MSG_TYP'],
    'two parts': [`${h}.${p}`, 'MSG_FRAMING'],
    'four parts': [`${good}.x`, 'MSG_FRAMING'],
    'empty header': [`.${p}.${s}`, 'MSG_FRAMING'],
    'empty payload': [`${h}..${s}`, 'MSG_FRAMING'],
    'empty signature': [`${h}.${p}.`, 'MSG_FRAMING'],
    nothing: ['', 'MSG_FRAMING'],
    padding: [`${h}=.${p}.${s}`, 'MSG_ENCODING'],
    space: [`${h}. ${p}.${s}`, 'MSG_ENCODING'],
    'trailing new line': [`${good}\n`, 'MSG_ENCODING'],
    'unused bits in the signature': [
      `${h}.${p}.${s.slice(0, -1)}${s.endsWith('B') ? 'C' : 'B'}`,
      'MSG_ENCODING',
    ],
    'duplicate header member': [
      signRaw('{"alg":"none","alg":"Ed25519","typ":"test+jwt","kid":"k"}', {}),
      'MSG_DUPLICATE_MEMBER',
    ],
    'header not an object': [signRaw('["Ed25519"]', {}), 'MSG_CLAIM'],
    'JSON serialisation': [JSON.stringify({ protected: h, payload: p, signature: s }), 'MSG_FRAMING'],
    'another payload': [`${h}.${encode({ a: 2 })}.${s}`, 'MSG_SIGNATURE'],
    'signature cut': [`${h}.${p}.${s.slice(0, -6)}`, 'MSG_SIGNATURE'],
  }
  for (const [name, [jws, code]] of Object.entries(bad)) it(name, () => expect(judge(jws)).toBe(code))

  it('an algorithm outside the allow-list of this partner', () => {
    expect(judge(good, ['ES256'])).toBe('MSG_ALG')
    expect(judge(good, [])).toBe('MSG_ALG')
  })

  it('a key of another kind, size or curve', () => {
    const data = Buffer.from('x')
    for (const [alg, pair] of Object.entries(PAIRS)) {
      for (const [other, otherPair] of Object.entries(PAIRS)) {
        if (other === alg) continue
        expect(refusal(() => signBytes(alg, otherPair.privateKey, data))).toBe('MSG_ALG')
        expect(
          refusal(() => verifyBytes(alg, otherPair.publicKey, data, signBytes(alg, pair.privateKey, data))),
        ).toBe('MSG_ALG')
      }
    }
    expect(refusal(() => signBytes('toString', KEYS.ed25519.privateKey, data))).toBe('MSG_ALG')
    expect(refusal(() => signBytes('Ed25519', KEYS.intakeX25519.privateKey, data))).toBe('MSG_ALG')
  })

  it('a JWK for another use, with a private part, or not a key', () => {
    const jwk = jwkOf(KEYS.p256)
    expect(refusal(() => verificationKey({ ...jwk, use: 'enc' }))).toBe('MSG_ALG')
    expect(refusal(() => verificationKey({ ...jwk, key_ops: ['encrypt'] }))).toBe('MSG_ALG')
    expect(refusal(() => verificationKey({ ...jwk, d: 'AQ' }))).toBe('MSG_ALG')
    expect(refusal(() => verificationKey({ ...jwk, y: jwk['x'] }))).toBe('MSG_ALG')
    expect(refusal(() => verificationKey({ kty: 'oct', k: 'AQ' }))).toBe('MSG_ALG')
    expect(algorithmsFor({ ...jwk, alg: 'PS256' }, ['ES256'])).toEqual([])
  })
})

describe('JWS', () => {
  for (const [alg, pair] of Object.entries(PAIRS))
    it(`${alg} signs and verifies; a flipped bit does not`, () => {
      const jws = signJws({ ...HEADER, alg }, { a: alg }, pair.privateKey)
      expect(JSON.parse(verifyJws(jws, pair.publicKey, [alg], 'test+jwt').toString())).toEqual({ a: alg })
      const signature = signBytes(alg, pair.privateKey, Buffer.from('x'))
      signature[5] = (signature[5] ?? 0) ^ 1
      expect(verifyBytes(alg, pair.publicKey, Buffer.from('x'), signature)).toBe(false)
      expect(verifyBytes(alg, pair.publicKey, Buffer.from('x'), Buffer.alloc(0))).toBe(false)
    })
})

describe('ECDSA signatures', () => {
  it('take the fixed form whatever r and s are, and no other length', () => {
    const data = Buffer.from('x')
    for (const [alg, pair] of [
      ['ES256', KEYS.p256],
      ['ES384', KEYS.p384],
    ] as const) {
      for (let at = 0; at < 300; at++) {
        const signature = signBytes(alg, pair.privateKey, data)
        expect(signature.length).toBe(alg === 'ES256' ? 64 : 96)
        expect(verify1363(alg, pair, data, signature)).toBe(true)
        expect(verifyBytes(alg, pair.publicKey, data, signature)).toBe(true)
      }
      const der = sign(alg === 'ES256' ? 'sha256' : 'sha384', data, pair.privateKey)
      for (const odd of [der, Buffer.alloc(0), Buffer.alloc(64), Buffer.alloc(96), Buffer.alloc(65, 255)])
        expect(verifyBytes(alg, pair.publicKey, data, odd)).toBe(false)
    }
  })
})

function verify1363(alg: string, { publicKey: key }: Pair, data: Buffer, signature: Buffer): boolean {
  return verify(alg === 'ES256' ? 'sha256' : 'sha384', data, { key, dsaEncoding: 'ieee-p1363' }, signature)
}
