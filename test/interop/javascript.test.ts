import { createHash, randomBytes } from 'node:crypto'
import { SDJwtInstance } from '@sd-jwt/core'
import { CompactEncrypt, CompactSign, compactDecrypt, compactVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import { signBytes, verifyBytes } from '#core/message/algorithms.ts'
import { signJws, verifyJws } from '#core/message/jws.ts'
import { clearClaims, foreignHeader, SIGNERS } from '../support/foreign-message.ts'
import { madeHandoff } from '../support/made-handoff.ts'
import {
  ALL_ALGORITHMS,
  CONTEXT,
  DISCLOSURE,
  HANDOFF,
  KEYS,
  NOW,
  type Pair,
  ROWS_DATA,
  receive,
  TBKK,
  TIP,
  verifyMessage,
} from '../support/message-world.ts'

const hasher = (data: string | ArrayBuffer) =>
  createHash('sha256')
    .update(typeof data === 'string' ? data : Buffer.from(data))
    .digest()

function instanceFor(alg: string, pair: Pair) {
  return new SDJwtInstance<Record<string, unknown>>({
    signAlg: alg,
    signer: (data) => signBytes(alg, pair.privateKey, Buffer.from(data)).toString('base64url'),
    verifier: (data, signature) =>
      verifyBytes(alg, pair.publicKey, Buffer.from(data), Buffer.from(signature, 'base64url')),
    hasher,
    hashAlg: 'sha-256',
    saltGenerator: () => randomBytes(16).toString('base64url'),
    kbVerifier: (data, signature) =>
      verifyBytes('ES256', KEYS.label.publicKey, Buffer.from(data), Buffer.from(signature, 'base64url')),
  })
}

const INTAKE = { 'intake-p256': KEYS.intakeP256, 'intake-x25519': KEYS.intakeX25519 }

describe('npm @sd-jwt/core 0.19 and jose 6', () => {
  for (const [alg, pair] of Object.entries(SIGNERS))
    it(`what they issue with ${alg} and seal, we open and verify`, async () => {
      for (const type of [TIP, DISCLOSURE]) {
        const claims = clearClaims(type)
        const data = Object.keys(claims['data'] as object)
        const frame = {
          _sd: ['toExchange'],
          terms: { _sd: [0, 1, 2, 3, 4, 5, 6, 7] },
          context: { _sd: Object.keys(CONTEXT) },
          data: { _sd: data, ...(type === DISCLOSURE ? { items: { _sd: [0, 1, 2] } } : {}) },
        }
        const header = foreignHeader(alg, pair)
        const sdJwt = await instanceFor(alg, pair).issue(claims, frame as never, { header })
        for (const [kid, intake] of Object.entries(INTAKE)) {
          const jwe = await new CompactEncrypt(Buffer.from(sdJwt))
            .setProtectedHeader({ alg: 'ECDH-ES+A256KW', enc: 'A256GCM', kid })
            .encrypt(intake.publicKey)
          const verified = verifyMessage(receive(jwe, type.vct))
          expect({ ...verified.data }).toEqual(claims['data'])
        }
      }
    })

  for (const [alg, pair] of Object.entries(SIGNERS))
    it(`what we hand off (${alg}), jose opens and @sd-jwt/core verifies; a changed one it refuses`, async () => {
      for (const recipient of [KEYS.sealP256, KEYS.sealX25519, KEYS.rsa]) {
        const { presented, jwe } = madeHandoff(pair, recipient)
        const { plaintext, protectedHeader } = await compactDecrypt(jwe, recipient.privateKey)
        expect(Buffer.from(plaintext).toString()).toBe(presented)
        expect(protectedHeader).toMatchObject({ ho: HANDOFF, cty: 'schakel-message+sd-jwt' })
        const options = { keyBindingNonce: HANDOFF, currentDate: Math.floor(NOW / 1000) }
        const { payload, kb } = await instanceFor(alg, pair).verify(presented, options)
        expect(payload).toMatchObject({
          data: { suspectName: ROWS_DATA['suspectName'], items: ['second row'] },
        })
        expect(kb?.payload).toMatchObject({ aud: TBKK, nonce: HANDOFF })
        const changed = presented
          .split('~')
          .filter((_, at) => at !== 2)
          .join('~')
        await expect(instanceFor(alg, pair).verify(changed, options)).rejects.toThrow()
      }
    })

  for (const [alg, pair] of Object.entries(SIGNERS))
    it(`signatures with ${alg}, both ways`, async () => {
      const ours = signJws({ alg, typ: 'test+jwt', kid: 'k' }, { a: alg }, pair.privateKey)
      const { payload } = await compactVerify(ours, pair.publicKey, { algorithms: [alg] })
      expect(JSON.parse(Buffer.from(payload).toString())).toEqual({ a: alg })
      const theirs = await new CompactSign(Buffer.from('{"b":1}'))
        .setProtectedHeader({ alg, typ: 'test+jwt' })
        .sign(pair.privateKey)
      expect(verifyJws(theirs, pair.publicKey, ALL_ALGORITHMS, 'test+jwt').toString()).toBe('{"b":1}')
    })
})
