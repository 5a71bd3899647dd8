import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Failure } from '#core/failure.ts'
import type { EndpointUrn } from '#core/ids.ts'
import { presentMessage } from '#core/message/present.ts'
import { verifySdJwt } from '#core/message/sd-jwt-verify.ts'
import { forge } from '../support/forge-message.ts'
import {
  DISCLOSURE,
  issue,
  KEYS,
  NCB,
  PH,
  ROWS_DATA,
  receive,
  refusal,
  sealTo,
  TBKK,
  TBKK_MANDATE,
  TIP,
  verifyMessage,
} from '../support/message-world.ts'

const line = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
  .filter((text) => /^[\p{L}\p{N} .,'"\\/{}[\]:~-]+$/u.test(text) && text.trim() === text)
const rows = fc.array(line, { maxLength: 12 })
const recipients = fc.subarray([TBKK, NCB, PH, TBKK_MANDATE], { minLength: 1, maxLength: 2 })
const termsOf = (urns: readonly EndpointUrn[]) =>
  urns.map((to) => ({ to, purpose: 'intake', basis: 'uavg-33', ground: 'none', validUntil: null }))

describe('a message, whatever it says', () => {
  it('arrives as it was sent', () => {
    fc.assert(
      fc.property(
        rows,
        line,
        recipients,
        fc.constantFrom('P-256' as const, 'X25519' as const),
        (items, suspectName, to, curve) => {
          const data = { ...ROWS_DATA, items, suspectName }
          const sdJwt = issue({ type: DISCLOSURE, data, terms: termsOf(to) })
          const received = receive(sealTo(sdJwt, curve), DISCLOSURE.vct)
          expect(received).toBe(sdJwt)
          const verified = verifyMessage(received)
          expect({ ...verified.data }).toEqual(data)
          expect(verified.terms.map((one) => one.terms.to).sort()).toEqual([...to].sort())
        },
      ),
      { numRuns: 60 },
    )
  })

  it('loses no disclosure on the way', () => {
    const sdJwt = issue({ type: DISCLOSURE })
    const count = sdJwt.split('~').length - 2
    for (let at = 1; at <= count; at++) {
      const stripped = sdJwt
        .split('~')
        .filter((_, index) => index !== at)
        .join('~')
      const code = refusal(() => verifyMessage(stripped))
      expect(['MSG_DISCLOSURE', 'MSG_FACTS_STRIPPED']).toContain(code)
    }
  })
})

describe('a message that was tampered with', () => {
  it('is refused when any character of it is changed', () => {
    const sdJwt = issue()
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_~. ='
    fc.assert(
      fc.property(fc.nat(sdJwt.length - 1), fc.constantFrom(...alphabet), (at, other) => {
        fc.pre(sdJwt[at] !== other)
        const changed = sdJwt.slice(0, at) + other + sdJwt.slice(at + 1)
        expect(refusal(() => verifyMessage(changed))).toMatch(/^(MSG|PEER)_/)
      }),
      { numRuns: 1500 },
    )
  })

  it('is refused when any byte of its seal is changed', () => {
    const jwe = Buffer.from(sealTo(issue()))
    fc.assert(
      fc.property(fc.nat(jwe.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const changed = Buffer.from(jwe)
        changed[at] = (changed[at] ?? 0) ^ by
        expect(refusal(() => receive(changed.toString('latin1'), TIP.vct))).toMatch(/^MSG_/)
      }),
      { numRuns: 1000 },
    )
  })

  it('hostile bytes never do worse than a failure of the message', () => {
    const good = issue()
    const hostile = fc.oneof(
      fc.string({ maxLength: 200 }),
      fc
        .array(
          fc.constantFrom('~', '.', 'e30', 'eyJhbGciOiJub25lIn0', 'W10', '=', ...good.split('~').slice(0, 4)),
          { maxLength: 12 },
        )
        .map((parts) => parts.join('')),
    )
    fc.assert(
      fc.property(hostile, (text) => {
        expect(refusal(() => verifyMessage(text))).toMatch(/^(MSG|PEER)_/)
        expect(refusal(() => receive(text, TIP.vct))).toMatch(/^MSG_/)
      }),
      { numRuns: 500 },
    )
  })

  it('signed nonsense is refused: any JSON in place of any claim', () => {
    const good = issue()
    const claim = fc.constantFrom(
      'iss',
      'aud',
      'jti',
      'iat',
      'submitBy',
      'vct',
      'cnf',
      '_sd_alg',
      'terms',
      '_sd',
      'context',
      'data',
    )
    fc.assert(
      fc.property(claim, fc.jsonValue({ maxDepth: 4 }), (name, value) => {
        const sdJwt = forge(good, (parts) => {
          parts.payload[name] = value
        })
        try {
          verifyMessage(sdJwt)
          expect.unreachable()
        } catch (error) {
          expect(error).toBeInstanceOf(Failure)
          expect((error as Failure).family).toMatch(/MSG|PEER/)
        }
      }),
      { numRuns: 400 },
    )
  })
})

describe('a presentation', () => {
  it('of any selection stays a valid SD-JWT of what was selected', () => {
    const verified = verifyMessage(issue({ type: DISCLOSURE }))
    const names = ['suspectName', 'conditions', 'source', 'items', 'items/0', 'items/1', 'items/2']
    fc.assert(
      fc.property(fc.subarray(names), (chosen) => {
        const shown = chosen.includes('items') ? chosen : chosen.filter((name) => !name.startsWith('items/'))
        const { sdJwt } = presentMessage(verified, 0, shown)
        const claims = verifySdJwt(sdJwt, {
          key: KEYS.ed25519.publicKey,
          algorithms: ['Ed25519'],
          headers: ['x5t#S256'],
        })
        const data = claims['data'] as Record<string, unknown>
        expect(Object.keys(data).sort()).toEqual(shown.filter((name) => !name.includes('/')).sort())
        expect((claims['terms'] as unknown[]).length).toBe(1)
        if (shown.includes('items'))
          expect((data['items'] as unknown[]).length).toBe(
            shown.filter((name) => name.startsWith('items/')).length,
          )
      }),
    )
  })
})
