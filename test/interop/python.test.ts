import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { decryptJwe, encryptJwe } from '#core/message/jwe.ts'
import { clearClaims, foreignHeader, privateJwk, publicJwk, SIGNERS } from '../support/foreign-message.ts'
import { madeHandoff } from '../support/made-handoff.ts'
import {
  DISCLOSURE,
  HANDOFF,
  KEYS,
  type Pair,
  ROWS_DATA,
  random,
  receive,
  TBKK,
  TIP,
  verifyMessage,
} from '../support/message-world.ts'

const SCRIPT = new URL('foreign.py', import.meta.url).pathname

/** Absent python3, jwcrypto or sd-jwt is a failure, not an excuse. */
function python(calls: readonly object[]): readonly { ok?: unknown; error?: string }[] {
  const out = execFileSync('python3', [SCRIPT], { input: JSON.stringify(calls), encoding: 'utf8' })
  return JSON.parse(out) as { ok?: unknown; error?: string }[]
}

const SEALS: Readonly<Record<string, readonly [Pair, string]>> = {
  'P-256': [KEYS.intakeP256, 'ECDH-ES+A256KW'],
  X25519: [KEYS.intakeX25519, 'ECDH-ES+A256KW'],
  RSA: [KEYS.rsa, 'RSA-OAEP-256'],
}

describe('Python jwcrypto 1.5.6 and sd-jwt 0.10.4', () => {
  it('what sd-jwt issues and jwcrypto seals, we open and verify', () => {
    const algorithms = ['ES256', 'ES384', 'PS256']
    const cases = algorithms.flatMap((alg) =>
      [TIP, DISCLOSURE].map((type) => ({ alg, type, pair: SIGNERS[alg] as Pair })),
    )
    const issued = python(
      cases.map(({ alg, type, pair }) => ({
        call: 'issue',
        claims: clearClaims(type),
        rows: ['items'],
        header: foreignHeader(alg, pair),
        key: privateJwk(pair),
      })),
    )
    const intake = { 'intake-p256': KEYS.intakeP256, 'intake-x25519': KEYS.intakeX25519 }
    for (const [kid, pair] of Object.entries(intake)) {
      const header = { alg: 'ECDH-ES+A256KW', enc: 'A256GCM', kid }
      const sealed = python(
        issued.map(({ ok }) => ({ call: 'encrypt', plain: ok, header, key: publicJwk(pair) })),
      )
      sealed.forEach(({ ok, error }, at) => {
        expect(error).toBeUndefined()
        const { type } = cases[at] ?? { type: TIP }
        const verified = verifyMessage(receive(String(ok), type.vct))
        expect(verified.type.name).toBe(type.name)
        if (type === DISCLOSURE) expect(verified.data['items']).toEqual(ROWS_DATA['items'])
      })
    }
  })

  it('what we seal, jwcrypto opens, and the other way round', () => {
    for (const [pair, alg] of Object.values(SEALS)) {
      const jwe = encryptJwe(
        Buffer.from('from us'),
        { kid: 'k', publicKey: pair.publicKey },
        { typ: 'JWE' },
        random,
      )
      const header = { alg, enc: 'A256GCM', kid: 'k' }
      const [opened, theirs] = python([
        { call: 'decrypt', jwe, key: privateJwk(pair) },
        { call: 'encrypt', plain: 'from them', header, key: publicJwk(pair) },
      ])
      expect(opened).toEqual({ ok: 'from us' })
      expect(decryptJwe(String(theirs?.ok), pair.privateKey).plaintext.toString()).toBe('from them')
    }
  })

  it('a hand-off of ours is opened and verified, label and all; a changed one is not', () => {
    for (const alg of ['ES256', 'PS256', 'ES384']) {
      const signer = SIGNERS[alg] as Pair
      const { presented, jwe } = madeHandoff(signer, KEYS.sealX25519)
      const key = publicJwk(signer)
      const terms = { call: 'verify', key, aud: TBKK, nonce: HANDOFF }
      const changed = presented
        .split('~')
        .filter((_, at) => at !== 2)
        .join('~')
      const [opened, verified, refused, other] = python([
        { call: 'decrypt', jwe, key: privateJwk(KEYS.sealX25519) },
        { ...terms, presentation: presented },
        { ...terms, presentation: changed },
        { ...terms, presentation: presented, nonce: 'another' },
      ])
      expect(opened).toEqual({ ok: presented })
      expect(verified?.ok).toMatchObject({
        data: { suspectName: ROWS_DATA['suspectName'], items: ['second row'] },
      })
      expect(refused?.error).toBeDefined()
      expect(other?.error).toBeDefined()
    }
  })
})
