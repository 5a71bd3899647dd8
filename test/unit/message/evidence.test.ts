import { describe, expect, it } from 'vitest'
import type { HandoffId } from '#core/ids.ts'
import { LIMITS } from '#core/limits.ts'
import { sha256Of } from '#core/message/disclosure.ts'
import { openEvidence } from '#core/message/evidence.ts'
import { verifyLabel } from '#core/message/open-label.ts'
import { encode, signRaw } from '../../support/forge-message.ts'
import {
  ECPAT,
  FACTS,
  HANDOFF,
  issue,
  KEYS,
  labelClaims,
  labelFor,
  NCB,
  NOW,
  PH,
  refusal,
  SEAL_KEYS,
  TBKK,
  TBKK_MANDATE,
  verifyMessage,
  worldEpoch,
} from '../../support/message-world.ts'

const good = labelFor()
const [head = '', body = '', signature = ''] = good.split('.')
const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as Record<string, unknown>
const header = { alg: 'ES256', typ: 'kb+jwt', kid: 'label-1' }
const open = (compact: string, presenter = ECPAT, epoch = worldEpoch(), keys = SEAL_KEYS) =>
  refusal(() => openEvidence(compact, presenter, epoch, keys))
const sign = (more: object, head2: object = header) =>
  signRaw(head2, { ...claims, ...more }, KEYS.label, 'ES256')

describe('evidence is refused', () => {
  const bad: Record<string, string> = {
    'not ours: signed by another key': signRaw(header, claims, KEYS.p256, 'ES256'),
    'not ours: an unknown kid': signRaw({ ...header, kid: 'label-9' }, claims, KEYS.label, 'ES256'),
    'of another of our keys than it names': labelFor({}, { kid: 'label-0' }),
    'no kid': signRaw({ alg: 'ES256', typ: 'kb+jwt' }, claims, KEYS.label, 'ES256'),
    'another typ': sign({}, { ...header, typ: 'JWT' }),
    'with a key in its header': sign({}, { ...header, jwk: {} }),
    'another alg': signRaw({ ...header, alg: 'Ed25519' }, claims, KEYS.ed25519, 'Ed25519'),
    'signature of nothing': `${head}.${body}.${'A'.repeat(86)}`,
    none: `${encode({ ...header, alg: 'none' })}.${body}.${signature}`,
    changed: `${head}.${encode({ ...claims, aud: NCB })}.${signature}`,
    'a claim too many': sign({ exp: 1 }),
    'no nonce': sign({ nonce: undefined }),
    'a nonce that is no hand-off': sign({ nonce: 'x' }),
    'no sealed facts': sign({ sealed: undefined }),
    'sealed facts of another label': sign({ nonce: 'ho-3-8-0011223344556677' }),
    'sealed facts cut': sign({ sealed: 'AAAA' }),
    'before its key was in force': labelFor({ iat: NOW - 3_602_000 }),
    'long after its key was in force': labelFor({
      iat: NOW + 3_600_000 + LIMITS.submitByMaxMs + LIMITS.heldDeadlineMs,
    }),
    'not compact': JSON.stringify(claims),
    'with spaces': ` ${good}`,
    empty: '',
    'an SD-JWT with it': `${issue()}${good}`,
  }
  for (const [name, compact] of Object.entries(bad))
    it(name, () => expect(open(compact)).toBe('MSG_EVIDENCE'))

  it('presented by anybody but the endpoint it was made for', () => {
    for (const presenter of [TBKK, NCB, PH]) expect(open(good, presenter)).toBe('MSG_EVIDENCE')
    expect(open(labelFor({ aud: TBKK }), TBKK_MANDATE)).toBe('MSG_EVIDENCE')
    expect(open(labelFor({ aud: TBKK }), TBKK)).toBe('accepted')
  })

  it('withdrawn', () => {
    const epoch = worldEpoch({ withdrawnLabels: new Set([HANDOFF]) })
    expect(open(good, ECPAT, epoch)).toBe('MSG_EVIDENCE_WITHDRAWN')
    const other = worldEpoch({ withdrawnLabels: new Set(['ho-3-9-0011223344556677' as HandoffId]) })
    expect(open(good, ECPAT, other)).toBe('accepted')
  })

  it('once its seal key was destroyed, or under another', () => {
    expect(open(good, ECPAT, worldEpoch(), new Map())).toBe('MSG_EVIDENCE')
    expect(open(good, ECPAT, worldEpoch(), new Map([['label-1', Buffer.alloc(32)]]))).toBe('MSG_EVIDENCE')
  })

  it('in a message: with a pointer to which one; an origin that names none of it', () => {
    const check = (evidence: readonly string[], origin: 'own' | readonly string[] = 'own') =>
      refusal(() => verifyMessage(issue({ toExchange: { evidence, origin: origin as never } })))
    expect(check([good])).toBe('accepted')
    expect(check([good, labelFor({ aud: NCB })])).toBe('MSG_EVIDENCE')
    expect(check([good, good])).toBe('MSG_CLAIM')
    expect(check([good], [sha256Of(good)])).toBe('accepted')
    expect(check([good], [sha256Of('other')])).toBe('MSG_EVIDENCE')
    expect(check([], [sha256Of(good)])).toBe('MSG_EVIDENCE')
    try {
      verifyMessage(issue({ toExchange: { evidence: [good, labelFor({ aud: NCB })] } }))
    } catch (error) {
      expect(error).toMatchObject({ code: 'MSG_EVIDENCE', pointer: '/toExchange/evidence/1' })
    }
  })
})

describe('evidence', () => {
  it('gives the facts we sealed, whole', () => {
    const evidence = openEvidence(good, ECPAT, worldEpoch(), SEAL_KEYS)
    expect(evidence).toMatchObject({
      digest: sha256Of(good),
      handoff: HANDOFF,
      type: 'risk.assessment.completed',
      handling: 'AMBER',
      purposeLimit: ['prevent-offence'],
      from: TBKK,
      facts: FACTS.facts,
      marks: FACTS.marks,
      iat: NOW - 60_000,
    })
  })

  it('holds under a key that has been replaced since, if it was in force then', () => {
    const then = NOW - 60 * 86_400_000
    const old = labelFor(
      { iat: then },
      { kid: 'label-0', key: KEYS.otherLabel.privateKey, sealKey: Buffer.alloc(32, 8) },
    )
    expect(open(old)).toBe('accepted')
  })

  it('tells a recipient its terms, never our facts', () => {
    const label = verifyLabel(good, worldEpoch().labelKeys)
    expect(label).toMatchObject({ ...labelClaims(), kid: 'label-1' })
    expect(Buffer.from(label.sealed, 'base64url').includes('riskAssessment')).toBe(false)
    expect(Buffer.from(good.split('.')[1] ?? '', 'base64url').includes(TBKK)).toBe(false)
  })

  it('never seals the same facts to the same bytes', () => {
    expect(labelFor().split('.')[1]).not.toBe(labelFor().split('.')[1])
  })
})
