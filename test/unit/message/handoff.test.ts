import { describe, expect, it } from 'vitest'
import type { Certificate, ServiceKey } from '#core/decision/epoch.ts'
import type { EndpointUrn, HandoffId, Oin } from '#core/ids.ts'
import type { LabelClaims } from '#core/message/content.ts'
import { encryptJwe } from '#core/message/jwe.ts'
import { openHandoff, verifyHandoff } from '#core/message/open-handoff.ts'
import { openTransit } from '#core/message/open-transit.ts'
import { presentMessage } from '#core/message/present.ts'
import { HANDOFF_CTY, sealHandoff, transitKeyId } from '#core/message/seal-handoff.ts'
import { disclosedName, partsOf, signRaw } from '../../support/forge-message.ts'
import {
  certificateFor,
  DISCLOSURE,
  type Draft,
  ECPAT,
  EXCHANGE,
  HANDOFF,
  issue,
  issueInput,
  jwkOf,
  KEYS,
  labelFor,
  NCB,
  NOW,
  oinOfUrn,
  type Pair,
  ROWS_DATA,
  random,
  refusal,
  TBKK,
  TIP_DATA,
  TRANSIT_KEY,
  verifyMessage,
  worldEpoch,
} from '../../support/message-world.ts'

const SENDER = certificateFor(KEYS.ed25519, oinOfUrn(ECPAT), 'sign')
const sealingTo = (pair: Pair) => certificateFor(pair, oinOfUrn(TBKK), 'seal')
const SHOWN = ['tipRef', 'facts', 'childAtRisk']

interface Made {
  readonly presented: string
  readonly label: string
}

function make(draft: Draft = {}, shown: readonly string[] = SHOWN, claims: Partial<LabelClaims> = {}): Made {
  const verified = verifyMessage(issue(draft))
  const { sdJwt, sdHash } = presentMessage(verified, 0, shown)
  return { presented: sdJwt, label: labelFor({ aud: TBKK, sdHash, ...claims }) }
}

const seal = (text: string, more = {}) =>
  encryptJwe(
    Buffer.from(text),
    { kid: 'k', publicKey: KEYS.sealP256.publicKey },
    { cty: HANDOFF_CTY, ho: HANDOFF, ...more },
    random,
  )

interface Recipient {
  readonly to?: EndpointUrn
  readonly exchange?: EndpointUrn
  readonly labelKeys?: readonly ServiceKey[]
  readonly certificate?: Certificate
  readonly carriers?: ReadonlyMap<Oin, Oin>
}

const read = (jwe: string, as: Recipient = {}) =>
  verifyHandoff(openHandoff(jwe, KEYS.sealP256.privateKey), {
    to: TBKK,
    exchange: EXCHANGE,
    labelKeys: worldEpoch().labelKeys,
    certificate: SENDER,
    ...as,
  })
const check = (text: string, as: Recipient = {}, more = {}) => refusal(() => read(seal(text, more), as))

describe('a hand-off is refused by its recipient', () => {
  const { presented, label } = make()
  const whole = presented + label

  it('without a label, or with one of somebody else', () => {
    expect(check(presented)).toBe('MSG_FRAMING')
    expect(
      check(
        `${presented}${signRaw({ alg: 'ES256', typ: 'kb+jwt', kid: 'label-1' }, {}, KEYS.p256, 'ES256')}`,
      ),
    ).toBe('MSG_EVIDENCE')
    expect(check(whole, { labelKeys: [] })).toBe('MSG_EVIDENCE')
  })

  it('made for another recipient, another hand-off, another exchange', () => {
    expect(check(whole, { to: NCB })).toBe('MSG_AUD')
    expect(check(whole, {}, { ho: 'ho-3-8-0011223344556677' })).toBe('MSG_EVIDENCE')
    expect(check(whole, {}, { ho: 'x' })).toBe('MSG_CLAIM')
    expect(check(whole, {}, { ho: undefined })).toBe('MSG_CLAIM')
    expect(check(whole, {}, { cty: 'other' })).toBe('MSG_JWE_HEADER')
    expect(check(whole, { exchange: NCB })).toBe('MSG_AUD')
  })

  it('shown more or less than was labelled', () => {
    const other = make({}, ['tipRef', 'facts', 'childAtRisk', 'place'])
    expect(check(other.presented + label)).toBe('MSG_EVIDENCE')
    const cut = presented
      .split('~')
      .filter((_, at) => at !== 3)
      .join('~')
    expect(check(cut + label)).toBe('MSG_EVIDENCE')
  })

  it('terms of somebody else', () => {
    const terms = [{ to: NCB, purpose: 'intake', basis: 'uavg-33', ground: 'none', validUntil: null }]
    const swapped = make({ terms })
    expect(check(swapped.presented + swapped.label)).toBe('MSG_AUD')
    const approval = { handOff: 'ho-3-8-0011223344556677' as HandoffId, guard: 'g', ask: 'a', until: NOW }
    const asked = make({ terms }, SHOWN, { approval })
    expect(check(asked.presented + asked.label)).toBe('accepted')
  })

  it('a sender signature that does not hold, a certificate of another', () => {
    expect(check(whole, { certificate: { ...SENDER, publicKey: KEYS.p256.publicKey } })).toBe('MSG_ALG')
    const other = certificateFor(KEYS.p256, oinOfUrn(ECPAT), 'sign')
    expect(check(whole, { certificate: other })).toBe('PEER_CERTIFICATE')
    expect(check(whole, { certificate: { ...SENDER, use: 'seal' } })).toBe('PEER_CERTIFICATE')
    expect(check(whole, { certificate: { ...SENDER, oin: oinOfUrn(NCB) } })).toBe('PEER_IDENTITY')
  })

  it("a carrier's signature, but for the bodies that the exchange says it signs for", () => {
    const certificate = { ...SENDER, oin: oinOfUrn(NCB) }
    const carriers = (body: EndpointUrn) => new Map([[oinOfUrn(body), oinOfUrn(NCB)]])
    expect(check(whole, { certificate, carriers: carriers(TBKK) })).toBe('PEER_IDENTITY')
    expect(read(seal(whole), { certificate, carriers: carriers(ECPAT) }).from).toBe(ECPAT)
  })

  it('a message that its sender bound to another label key', () => {
    const { labelKeys } = worldEpoch()
    const old = labelKeys.map((key) => ({ ...key, from: 0, until: NOW + 1 }))
    const verified = verifyMessage(issue({ cnf: jwkOf(KEYS.otherLabel) }), {
      epoch: worldEpoch({ labelKeys: old }),
    })
    expect(verified.labelKid).toBe('label-0')
    const shown = presentMessage(verified, 0, SHOWN)
    expect(check(shown.sdJwt + labelFor({ aud: TBKK, sdHash: shown.sdHash }))).toBe('MSG_CNF')
  })

  it('sealed to another', () => {
    expect(refusal(() => openHandoff(seal(whole), KEYS.intakeP256.privateKey))).toBe('MSG_SEAL')
  })
})

describe('a presentation', () => {
  it('holds the own terms, the context of the table, and what is shown: nothing else', () => {
    const input = issueInput()
    const { presented } = make()
    const names = partsOf(presented).disclosures.map(disclosedName)
    const context = Object.keys(input.context).filter((name) => name !== 'wpgClass' && name !== 'fieldClass')
    expect(names.slice(1).sort()).toEqual([...context, ...SHOWN].sort())
    expect(names[0]).toBeUndefined()
    const clear = partsOf(presented)
      .disclosures.map((one) => Buffer.from(one, 'base64url').toString())
      .join()
    for (const secret of ['plausible', 'r-1', 'a.tester', '0123456789abcdef0123456789abcdef'])
      expect(clear.includes(secret)).toBe(false)
  })

  it('shows rows one by one, never without their field', () => {
    const verified = verifyMessage(issue({ type: DISCLOSURE }))
    const { sdJwt } = presentMessage(verified, 0, ['items', 'items/0', 'items/2'])
    const clear = partsOf(sdJwt)
      .disclosures.map((one) => Buffer.from(one, 'base64url').toString())
      .join()
    expect(clear).toContain('first row')
    expect(clear).not.toContain('second row')
    expect(refusal(() => presentMessage(verified, 0, ['items/0']))).toBe('BUG_INVARIANT')
  })

  it('refuses names that are no disclosed members: nothing leaves on a doubt', () => {
    const verified = verifyMessage(issue({ toExchange: { withheldBySender: ['reporterContact'] } }))
    for (const name of [
      'toExchange',
      'context/wpgClass',
      'terms/0',
      'unknown',
      'reporterContact',
      'facts/0',
      'constructor',
    ])
      expect(refusal(() => presentMessage(verified, 0, ['facts', name]))).toBe('BUG_INVARIANT')
    expect(refusal(() => presentMessage(verified, 7, ['facts']))).toBe('BUG_INVARIANT')
  })
})

describe('a sealed hand-off', () => {
  for (const [name, pair] of Object.entries({
    'P-256': KEYS.sealP256,
    X25519: KEYS.sealX25519,
    RSA: KEYS.rsa,
  }))
    it(`${name}: through both layers to its recipient`, () => {
      const { presented, label } = make({ type: DISCLOSURE }, ['suspectName', 'items', 'items/1'])
      const sealed = sealHandoff(HANDOFF, presented + label, sealingTo(pair), TRANSIT_KEY, random)
      const jwe = openTransit(HANDOFF, sealed, TRANSIT_KEY)
      const handoff = verifyHandoff(openHandoff(jwe, pair.privateKey), {
        to: TBKK,
        exchange: EXCHANGE,
        labelKeys: worldEpoch().labelKeys,
        certificate: SENDER,
      })
      expect(handoff).toMatchObject({
        handoff: HANDOFF,
        from: ECPAT,
        to: TBKK,
        type: DISCLOSURE.vct,
        iat: NOW,
        evidence: label,
      })
      expect({ ...handoff.data }).toEqual({ suspectName: ROWS_DATA['suspectName'], items: ['second row'] })
      expect(handoff.terms).toEqual({
        to: TBKK,
        purpose: 'intake',
        basis: 'uavg-33',
        ground: 'none',
        validUntil: null,
      })
      expect(handoff.context).toMatchObject({ regime: 'GDPR', occurredAt: NOW - 60_000 })
    })

  it('opens under no other id, day or key; a bit flipped anywhere is seen', () => {
    const { presented, label } = make()
    const sealed = sealHandoff(HANDOFF, presented + label, sealingTo(KEYS.sealP256), TRANSIT_KEY, random)
    const open = (bytes: Uint8Array, id = HANDOFF, key: Uint8Array = TRANSIT_KEY) =>
      refusal(() => openTransit(id, bytes, key))
    expect(open(sealed)).toBe('accepted')
    expect(open(sealed, 'ho-3-8-0011223344556677' as HandoffId)).toBe('OPS_KEY')
    expect(open(sealed, HANDOFF, Buffer.alloc(32))).toBe('OPS_KEY')
    expect(open(sealed, HANDOFF, Buffer.alloc(16))).toBe('OPS_KEY')
    for (const at of [0, 15, 16, 27, 28, sealed.length >> 1, sealed.length - 16, sealed.length - 1]) {
      const flipped = Buffer.from(sealed)
      flipped[at] = (flipped[at] ?? 0) ^ 1
      expect(open(flipped)).toBe('OPS_KEY')
    }
    for (const length of [0, 43, sealed.length - 1]) expect(open(sealed.subarray(0, length))).toBe('OPS_KEY')
  })

  it('is never sealed to a signing certificate', () => {
    expect(refusal(() => sealHandoff(HANDOFF, 'x', SENDER, TRANSIT_KEY, random))).toBe('BUG_INVARIANT')
  })

  it('names the transit key by the day, UTC', () => {
    expect(transitKeyId(NOW)).toBe('t:2026-11-24')
    expect(transitKeyId(Date.UTC(2026, 10, 24, 23, 59, 59, 999))).toBe('t:2026-11-24')
    expect(transitKeyId(Date.UTC(2026, 10, 25))).toBe('t:2026-11-25')
  })

  it('shows nothing withheld in any byte that leaves', () => {
    const data = { ...TIP_DATA, reporterHandle: 'needle-in-a-message' }
    const { presented, label } = make({ data })
    const handoff = read(seal(presented + label))
    const bytes = [presented, label, JSON.stringify(handoff)].flatMap((text) => text.split(/[.~]/))
    for (const part of bytes) {
      expect(part).not.toContain('needle')
      expect(Buffer.from(part, 'base64url').toString('latin1')).not.toContain('needle')
    }
  })
})
