import { describe, expect, it } from 'vitest'
import type { Partner } from '#core/decision/epoch.ts'
import type { Oin } from '#core/ids.ts'
import { encode, forge, partsOf, signRaw } from '../../support/forge-message.ts'
import {
  certificateFor,
  ECPAT,
  issue,
  KEYS,
  NCB,
  NOW,
  oinOfUrn,
  PH,
  refusal,
  SUSPENDED,
  TBKK,
  thumbprintOf,
  verifyMessage,
  worldEpoch,
} from '../../support/message-world.ts'

const good = issue()
const check = (sdJwt: string, door = {}) => refusal(() => verifyMessage(sdJwt, door))
const header = (more: Record<string, unknown>) => forge(good, (parts) => Object.assign(parts.header, more))
const payload = (more: Record<string, unknown>) => forge(good, (parts) => Object.assign(parts.payload, more))
const own = thumbprintOf(KEYS.ed25519)

describe('a message is refused for its header', () => {
  const members = {
    jku: 'MSG_HEADER_KEY',
    x5u: 'MSG_HEADER_KEY',
    jwk: 'MSG_HEADER_KEY',
    x5c: 'MSG_HEADER_KEY',
    b64: 'MSG_HEADER_CRIT',
    crit: 'MSG_HEADER_CRIT',
    zip: 'MSG_HEADER_CRIT',
    cty: 'MSG_HEADER',
  }
  for (const [name, code] of Object.entries(members))
    it(name, () => expect(check(header({ [name]: 'https://example.org' }))).toBe(code))

  it('alg none, unknown, or not of this partner', () => {
    const { payload: claims, disclosures } = partsOf(good)
    const tail = `~${disclosures.join('~')}~`
    const none = `${encode({ ...partsOf(good).header, alg: 'none' })}.${encode(claims)}.AA${tail}`
    expect(check(none)).toBe('MSG_ALG')
    expect(check(header({ alg: 'HS256' }))).toBe('MSG_ALG')
    expect(check(header({ alg: 'ES256' }))).toBe('MSG_ALG')
    const epoch = worldEpoch()
    const partner = epoch.partners.get(oinOfUrn(ECPAT)) as Partner
    const partners = new Map([...epoch.partners, [partner.oin, { ...partner, algorithms: ['PS256'] }]])
    expect(check(good, { epoch: { ...epoch, partners } })).toBe('MSG_ALG')
  })

  it('typ, kid and x5t#S256', () => {
    expect(check(header({ typ: 'JWT' }))).toBe('MSG_TYP')
    expect(check(header({ typ: 'Schakel-message+sd-jwt' }))).toBe('MSG_TYP')
    expect(check(header({ kid: 'another' }))).toBe('MSG_HEADER')
    expect(check(header({ 'x5t#S256': 7 }))).toBe('MSG_HEADER')
  })
})

describe('a message is refused for its certificate', () => {
  it('unknown, revoked, of another use, out of date', () => {
    expect(check(header({ 'x5t#S256': thumbprintOf(KEYS.otherLabel) }))).toBe('PEER_KEY_UNKNOWN')
    expect(check(good, { epoch: worldEpoch({ revoked: new Set([own]) }) })).toBe('PEER_KEY_REVOKED')
    const seal = thumbprintOf(KEYS.sealP256)
    const sealed = forge(
      good,
      (parts) => Object.assign(parts.header, { kid: seal, 'x5t#S256': seal, alg: 'ES256' }),
      KEYS.sealP256,
      'ES256',
    )
    expect(check(sealed)).toBe('PEER_CERTIFICATE')
    const epoch = (notBefore: number, notAfter: number) => {
      const certificate = { ...certificateFor(KEYS.ed25519, oinOfUrn(ECPAT), 'sign'), notBefore, notAfter }
      return worldEpoch({ certificates: new Map([[own, certificate]]) })
    }
    expect(check(good, { epoch: epoch(NOW + 1, NOW + 2) })).toBe('PEER_KEY_EXPIRED')
    expect(check(good, { epoch: epoch(NOW - 2, NOW) })).toBe('PEER_KEY_EXPIRED')
    expect(check(good, { epoch: epoch(NOW, NOW + 1) })).toBe('accepted')
  })

  it('of nobody we know', () => {
    const certificate = certificateFor(
      KEYS.ed25519,
      oinOfUrn('urn:nld:oin:00000099000000009999:systeem:x'),
      'sign',
    )
    expect(check(good, { epoch: worldEpoch({ certificates: new Map([[own, certificate]]) }) })).toBe(
      'PEER_UNKNOWN',
    )
  })
})

describe('a message is refused for its signature, and learns no more', () => {
  it('by another key', () => {
    const { header: head, payload: claims, disclosures } = partsOf(good)
    const [input = ''] = signRaw(head, claims).split('~')
    const foreign = signRaw(head, claims, KEYS.p256, 'ES256')
    const forged = [...input.split('.').slice(0, 2), foreign.split('.')[2]].join('.')
    expect(check(`${forged}~${disclosures.join('~')}~`)).toBe('MSG_SIGNATURE')
  })

  it('whatever else is wrong with it', () => {
    const { header: head, disclosures } = partsOf(good)
    for (const claims of ['not JSON', '{}', '{"iss":1,"iss":2}', { iss: TBKK }]) {
      const text = `${encode(head)}.${encode(claims)}.${good.split('~')[0]?.split('.')[2]}~${disclosures.join('~')}~`
      expect(check(text)).toBe('MSG_SIGNATURE')
    }
  })
})

describe('a message is refused for who signed it', () => {
  it('an iss of another organisation than the certificate', () => {
    expect(check(payload({ iss: TBKK }))).toBe('PEER_IDENTITY')
  })

  it('handed in by another than its sender', () => {
    expect(check(good, { submitter: oinOfUrn(TBKK) })).toBe('PEER_IDENTITY')
    expect(check(good, { submitter: oinOfUrn(NCB) })).toBe('PEER_IDENTITY')
    expect(check(good, { submitter: '' })).toBe('PEER_IDENTITY')
  })

  it('a carrier may hand in for the body it carries, nobody else may', () => {
    const certificate = certificateFor(KEYS.ed25519, oinOfUrn(PH), 'sign')
    const epoch = worldEpoch({ certificates: new Map([[own, certificate]]) })
    const fromPh = issue({ visible: { iss: PH } })
    expect(check(fromPh, { epoch, submitter: oinOfUrn(NCB) })).toBe('accepted')
    expect(check(fromPh, { epoch, submitter: oinOfUrn(PH) })).toBe('accepted')
    expect(check(fromPh, { epoch, submitter: oinOfUrn(TBKK) })).toBe('PEER_IDENTITY')
  })

  it('a carrier signs for a body without a key of its own, and for no other', () => {
    const signedBy = (...oins: Oin[]) => {
      const pairs = [KEYS.ed25519, KEYS.p256].slice(0, oins.length)
      const certificates = pairs.map((pair, index) => certificateFor(pair, oins[index] as Oin, 'sign'))
      return worldEpoch({ certificates: new Map(certificates.map((one) => [one.thumbprint, one])) })
    }
    const fromPh = issue({ visible: { iss: PH } })
    const door = { epoch: signedBy(oinOfUrn(NCB)), submitter: oinOfUrn(NCB) }
    expect(check(fromPh, door)).toBe('accepted')
    expect(check(fromPh, { ...door, submitter: oinOfUrn(TBKK) })).toBe('PEER_IDENTITY')
    expect(check(issue({ visible: { iss: TBKK } }), door)).toBe('PEER_IDENTITY')
    expect(check(fromPh, { ...door, epoch: signedBy(oinOfUrn(NCB), oinOfUrn(PH)) })).toBe('PEER_IDENTITY')
    const by = (oin: Oin) => ({ epoch: signedBy(oin), submitter: oin })
    expect(check(fromPh, by(oinOfUrn(ECPAT)))).toBe('PEER_IDENTITY')
    const ncb = door.epoch.partners.get(oinOfUrn(NCB)) as Partner
    const partners = new Map([...door.epoch.partners, [ncb.oin, { ...ncb, suspended: true }]])
    expect(check(fromPh, { ...door, epoch: { ...door.epoch, partners } })).toBe('PEER_SUSPENDED')
  })

  it('an endpoint that is not registered, a partner that is suspended', () => {
    const unknown = ECPAT.replace('meldpunt', 'elders')
    expect(check(payload({ iss: unknown }))).toBe('PEER_UNKNOWN')
    const certificate = certificateFor(KEYS.ed25519, oinOfUrn(SUSPENDED), 'sign')
    const epoch = worldEpoch({ certificates: new Map([[own, certificate]]) })
    const door = { epoch, submitter: oinOfUrn(SUSPENDED) }
    expect(check(issue({ visible: { iss: SUSPENDED } }), door)).toBe('PEER_SUSPENDED')
  })
})

describe('a message is refused for its claims', () => {
  it('one missing, one too many, one malformed', () => {
    for (const name of Object.keys(partsOf(good).payload)) {
      const gone = forge(good, (parts) => {
        delete parts.payload[name]
      })
      expect(check(gone)).toBe('MSG_CLAIM')
    }
    expect(check(payload({ exp: 1 }))).toBe('MSG_CLAIM')
    expect(check(payload({ nbf: 1 }))).toBe('MSG_CLAIM')
    for (const iat of ['1', 1.5, -1, null, Number.MAX_SAFE_INTEGER])
      expect(check(payload({ iat }))).toBe('MSG_CLAIM')
    for (const jti of ['x', 7, '11111111-2222-4333-8444-55555555555G'])
      expect(check(payload({ jti }))).toBe('MSG_CLAIM')
    for (const vct of ['tip', 'nl.schakel.tip.v0', `${partsOf(good).payload['vct']}.x`])
      expect(check(payload({ vct }))).toBe('MSG_CLAIM')
    expect(check(payload({ iss: 'urn:x' }))).toBe('MSG_CLAIM')
    expect(check(payload({ _sd_alg: 'sha-512' }))).toBe('MSG_CLAIM')
  })

  it('a member twice', () => {
    const { header: head, payload: claims, disclosures } = partsOf(good)
    const text = JSON.stringify(claims).replace('{', `{"iss":"${ECPAT}",`)
    expect(check(`${signRaw(head, text)}~${disclosures.join('~')}~`)).toBe('MSG_DUPLICATE_MEMBER')
  })

  it('framing: no final tilde, an empty disclosure, a KB-JWT of somebody', () => {
    expect(check(good.slice(0, -1))).toBe('MSG_FRAMING')
    expect(check(good.split('~')[0] ?? '')).toBe('MSG_FRAMING')
    expect(check(`${good}~`)).toBe('MSG_DISCLOSURE')
    expect(check(`${good}${signRaw({ alg: 'Ed25519', typ: 'kb+jwt' }, {})}`)).toBe('MSG_FRAMING')
  })
})

describe('a message is accepted', () => {
  for (const [name, pair] of Object.entries({
    Ed25519: KEYS.ed25519,
    ES256: KEYS.p256,
    ES384: KEYS.p384,
    PS256: KEYS.rsa,
  }))
    it(`signed with ${name}`, () => {
      const verified = verifyMessage(issue({ signer: pair }))
      expect(verified.certificate.thumbprint).toBe(thumbprintOf(pair))
      expect(verified.sender.urn).toBe(ECPAT)
    })
})
