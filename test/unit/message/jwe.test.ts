import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { Epoch } from '#core/decision/epoch.ts'
import { LIMITS } from '#core/limits.ts'
import { decryptJwe, encryptJwe } from '#core/message/jwe.ts'
import { encode } from '../../support/forge-message.ts'
import {
  DISCLOSURE,
  issue,
  jwkOf,
  KEYS,
  NOW,
  type Pair,
  random,
  receive,
  refusal,
  sealTo,
  TIP,
  worldEpoch,
} from '../../support/message-world.ts'

const PLAIN = Buffer.from('a message')
const RSA = KEYS.rsa
const to = (pair: Pair) => encryptJwe(PLAIN, { kid: 'k', publicKey: pair.publicKey }, {}, random)
const good = to(KEYS.sealP256)
const [h = '', k = '', iv = '', ct = '', tag = ''] = good.split('.')
const header = JSON.parse(Buffer.from(h, 'base64url').toString()) as Record<string, unknown>
const open = (jwe: string, pair: Pair = KEYS.sealP256) => refusal(() => decryptJwe(jwe, pair.privateKey))
const withHeader = (more: Record<string, unknown> | string) =>
  [encode(typeof more === 'string' ? more : { ...header, ...more }), k, iv, ct, tag].join('.')
const without = (name: string) => {
  const { [name]: gone, ...rest } = header
  return [encode(rest), k, iv, ct, tag].join('.')
}

describe('JWE refuses', () => {
  for (const name of ['zip', 'crit', 'jku', 'x5u', 'jwk', 'x5c', 'apu', 'apv', 'b64', 'p2c', 'iv', 'tag'])
    it(`header member ${name}`, () => expect(open(withHeader({ [name]: 'DEF' }))).toBe('MSG_JWE_HEADER'))

  const epk = jwkOf(KEYS.p256)
  const headers: Record<string, [string, string]> = {
    'alg dir': [withHeader({ alg: 'dir' }), 'MSG_JWE_HEADER'],
    'alg RSA1_5': [withHeader({ alg: 'RSA1_5' }), 'MSG_JWE_HEADER'],
    'alg ECDH-ES': [withHeader({ alg: 'ECDH-ES' }), 'MSG_JWE_HEADER'],
    'alg A256KW': [withHeader({ alg: 'A256KW' }), 'MSG_JWE_HEADER'],
    'enc A128GCM': [withHeader({ enc: 'A128GCM' }), 'MSG_JWE_HEADER'],
    'enc CBC': [withHeader({ enc: 'A256CBC-HS512' }), 'MSG_JWE_HEADER'],
    'no kid': [without('kid'), 'MSG_JWE_HEADER'],
    'no epk': [without('epk'), 'MSG_JWE_HEADER'],
    'kid not a string': [withHeader({ kid: 1 }), 'MSG_JWE_HEADER'],
    'typ not a string': [withHeader({ typ: {} }), 'MSG_JWE_HEADER'],
    'epk on another curve': [withHeader({ epk: jwkOf(KEYS.p384) }), 'MSG_JWE_HEADER'],
    'epk X25519 for a P-256 key': [withHeader({ epk: jwkOf(KEYS.sealX25519) }), 'MSG_JWE_HEADER'],
    'epk off the curve': [withHeader({ epk: { ...epk, y: epk['x'] } }), 'MSG_JWE_HEADER'],
    'epk with a private part': [withHeader({ epk: { ...epk, d: epk['x'] } }), 'MSG_JWE_HEADER'],
    'epk too short': [withHeader({ epk: { ...epk, x: 'AQ' } }), 'MSG_JWE_HEADER'],
    'epk of somebody else': [withHeader({ epk }), 'MSG_SEAL'],
    'duplicate member': [
      withHeader(JSON.stringify(header).replace('{', '{"kid":"x",')),
      'MSG_DUPLICATE_MEMBER',
    ],
    'header not JSON': [withHeader('x'), 'MSG_ENCODING'],
    'RSA-OAEP-256 with epk': [withHeader({ alg: 'RSA-OAEP-256' }), 'MSG_JWE_HEADER'],
  }
  for (const [name, [jwe, code]] of Object.entries(headers)) it(name, () => expect(open(jwe)).toBe(code))

  const framing: Record<string, [string, string]> = {
    'four parts': [[h, k, iv, ct].join('.'), 'MSG_FRAMING'],
    'six parts': [`${good}.x`, 'MSG_FRAMING'],
    'no encrypted key': [[h, '', iv, ct, tag].join('.'), 'MSG_FRAMING'],
    'no tag': [[h, k, iv, ct, ''].join('.'), 'MSG_FRAMING'],
    'tag cut to 12 bytes': [[h, k, iv, ct, tag.slice(0, 16)].join('.'), 'MSG_FRAMING'],
    'iv of 16 bytes': [[h, k, 'A'.repeat(22), ct, tag].join('.'), 'MSG_FRAMING'],
    'trailing space': [`${good} `, 'MSG_ENCODING'],
    'leading space': [` ${good}`, 'MSG_ENCODING'],
    padding: [[h, `${k}=`, iv, ct, tag].join('.'), 'MSG_ENCODING'],
    'JSON serialisation': [JSON.stringify({ ciphertext: ct }), 'MSG_FRAMING'],
    'a word': ['hello', 'MSG_FRAMING'],
  }
  for (const [name, [jwe, code]] of Object.entries(framing)) it(name, () => expect(open(jwe)).toBe(code))

  it('the key of another', () => {
    const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    expect(open(good, stranger)).toBe('MSG_SEAL')
    expect(open(to(RSA), generateKeyPairSync('rsa', { modulusLength: 2048 }))).toBe('MSG_SEAL')
    expect(open(to(RSA), KEYS.sealP256)).toBe('MSG_SEAL')
    expect(open(good, RSA)).not.toBe('accepted')
  })

  it('an X25519 point of low order', () => {
    const low = { kty: 'OKP', crv: 'X25519', x: encode(Buffer.alloc(32).toString('latin1')) }
    const [head = '', ...rest] = to(KEYS.sealX25519).split('.')
    const changed = { ...(JSON.parse(Buffer.from(head, 'base64url').toString()) as object), epk: low }
    expect(open([encode(changed), ...rest].join('.'), KEYS.sealX25519)).toBe('MSG_SEAL')
  })

  it('a bit flipped in any part, and says no more', () => {
    for (const [part, text] of [k, iv, ct, tag].entries()) {
      const bytes = Buffer.from(text, 'base64url')
      bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 4
      const parts = [h, k, iv, ct, tag]
      parts[part + 1] = bytes.toString('base64url')
      expect(open(parts.join('.'))).toBe('MSG_SEAL')
    }
    expect(open(withHeader({ typ: 'x' }))).toBe('MSG_SEAL')
  })
})

describe('JWE', () => {
  for (const [name, pair] of Object.entries({ P256: KEYS.sealP256, X25519: KEYS.sealX25519, RSA }))
    it(`${name}: opens what it sealed, never twice the same`, () => {
      const one = encryptJwe(
        PLAIN,
        { kid: 'k', publicKey: pair.publicKey },
        { typ: 'JWE', cty: 'c', ho: 'x' },
        random,
      )
      const { header: read, plaintext } = decryptJwe(one, pair.privateKey)
      expect(plaintext.equals(PLAIN)).toBe(true)
      expect(read).toMatchObject({ kid: 'k', typ: 'JWE', cty: 'c', ho: 'x' })
      expect(new Set([to(pair), to(pair)].flatMap((jwe) => jwe.split('.').slice(1))).size).toBe(8)
    })

  it('seals to no key that cannot receive', () => {
    for (const pair of [KEYS.ed25519, KEYS.p384]) expect(refusal(() => to(pair))).toBe('MSG_ALG')
  })
})

describe('the intake', () => {
  const sdJwt = issue()
  it('opens both curves', () => {
    for (const curve of ['P-256', 'X25519'] as const)
      expect(receive(sealTo(sdJwt, curve), TIP.vct)).toBe(sdJwt)
  })

  it('refuses an unknown key, one not yet in force and one long gone', () => {
    const jwe = sealTo(sdJwt)
    const keys = worldEpoch().intakeKeys
    const until = keys[0]?.until ?? 0
    const none = { ...worldEpoch(), intakeKeys: [] } as Epoch
    expect(refusal(() => receive(jwe, TIP.vct, none))).toBe('MSG_INTAKE_KEY')
    expect(refusal(() => receive(jwe, TIP.vct, worldEpoch(), (keys[0]?.from ?? 0) - 1))).toBe(
      'MSG_INTAKE_KEY',
    )
    expect(refusal(() => receive(jwe, TIP.vct, worldEpoch(), until + LIMITS.submitByMaxMs))).toBe(
      'MSG_INTAKE_KEY',
    )
    expect(refusal(() => receive(jwe, TIP.vct, worldEpoch(), until + LIMITS.submitByMaxMs - 1))).toBe(
      'accepted',
    )
  })

  it('measures before it works: 64 KiB, 256 KiB for types with rows', () => {
    const big = 'x'.repeat(LIMITS.jweBytesMax + 1)
    const bigger = 'x'.repeat(LIMITS.jwePerItemBytesMax + 1)
    expect(refusal(() => receive(big, TIP.vct))).toBe('MSG_SIZE')
    expect(refusal(() => receive(big, undefined))).toBe('MSG_SIZE')
    expect(refusal(() => receive(big, DISCLOSURE.vct))).toBe('MSG_FRAMING')
    expect(refusal(() => receive(bigger, DISCLOSURE.vct))).toBe('MSG_SIZE')
    expect(refusal(() => receive(big.slice(1), TIP.vct))).toBe('MSG_FRAMING')
  })

  it('refuses what is no SD-JWT inside', () => {
    const seal = (text: string) =>
      encryptJwe(Buffer.from(text), { kid: 'intake-p256', publicKey: KEYS.intakeP256.publicKey }, {}, random)
    for (const text of ['', 'a b', `${sdJwt}\n`, 'é', '\u0000'])
      expect(refusal(() => receive(seal(text), TIP.vct, worldEpoch(), NOW))).toBe('MSG_ENCODING')
  })
})
