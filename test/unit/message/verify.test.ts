import { describe, expect, it } from 'vitest'
import type { EndpointUrn, HandoffId, MessageId } from '#core/ids.ts'
import { LIMITS } from '#core/limits.ts'
import { checkAttributes } from '#core/message/cloudevents.ts'
import { sha256Of } from '#core/message/disclosure.ts'
import {
  disclosedName,
  encode,
  forge,
  type Parts,
  partsOf,
  redisclose,
  replaceDigest,
} from '../../support/forge-message.ts'
import {
  ACKNOWLEDGED,
  CONTEXT,
  DISCLOSURE,
  type Draft,
  EXCHANGE,
  HANDOFF,
  issue,
  jwkOf,
  KEYS,
  NCB,
  NOW,
  oinOfUrn,
  outerOf,
  PH,
  ROWS_DATA,
  refusal,
  TBKK,
  TBKK_MANDATE,
  TIP,
  TIP_DATA,
  verifyMessage,
  worldEpoch,
} from '../../support/message-world.ts'

const check = (sdJwt: string, door = {}) => refusal(() => verifyMessage(sdJwt, door))
const checkDraft = (draft: Draft, door = {}) => check(issue(draft), door)
const change = (by: (parts: Parts) => void, draft: Draft = {}) => check(forge(issue(draft), by))
const drop = (parts: Parts, name: string) => {
  parts.disclosures = parts.disclosures.filter((one) => disclosedName(one) !== name)
}
const sdOf = (parts: Parts, name: string) => (parts.payload[name] as { _sd: string[] })._sd
const terms = (urns: readonly string[]) =>
  urns.map((to) => ({
    to: to as EndpointUrn,
    purpose: 'intake',
    basis: 'uavg-33',
    ground: 'none',
    validUntil: null,
  }))

describe('a message is refused for whom and when', () => {
  it('another exchange', () => {
    expect(checkDraft({ visible: { aud: TBKK } })).toBe('MSG_AUD')
  })

  it('submitBy: past, before iat, more than 24 hours away', () => {
    const at = (iat: number, submitBy: number, receivedAt = NOW) =>
      checkDraft(
        { visible: { iat, submitBy } },
        { receivedAt, attributes: outerOf({ visible: { iat, submitBy } }) },
      )
    expect(at(NOW - 10_000, NOW - 1_000)).toBe('MSG_LATE')
    expect(at(NOW, NOW + 1_000, NOW + 1_001)).toBe('MSG_LATE')
    expect(at(NOW, NOW + 1_000, NOW + 1_000)).toBe('accepted')
    expect(at(NOW, NOW - 1_000)).toBe('MSG_SUBMIT_BY')
    expect(at(NOW, NOW + LIMITS.submitByMaxMs + 1_000)).toBe('MSG_SUBMIT_BY')
    expect(at(NOW, NOW + LIMITS.submitByMaxMs)).toBe('accepted')
  })

  it('the future', () => {
    expect(checkDraft({ visible: { iat: NOW + 3_000 } })).toBe('MSG_FUTURE')
    expect(checkDraft({ visible: { iat: NOW + 2_000 } })).toBe('accepted')
  })

  it('an archive copy was in time when it was received', () => {
    const later = NOW + 7_000_000
    const certificate = [...worldEpoch().certificates.values()].map((one) => ({
      ...one,
      notAfter: later + 1,
    }))
    const epoch = worldEpoch({ certificates: new Map(certificate.map((one) => [one.thumbprint, one])) })
    expect(check(issue(), { submitter: null, receivedAt: later, epoch })).toBe('accepted')
  })
})

describe('a message is refused for its label key', () => {
  it('another key, one no longer in force, a private one, something beside it', () => {
    expect(checkDraft({ cnf: jwkOf(KEYS.p256) })).toBe('MSG_CNF')
    expect(checkDraft({ cnf: jwkOf(KEYS.otherLabel) })).toBe('MSG_CNF')
    expect(checkDraft({ cnf: { ...jwkOf(KEYS.label), d: 'AQ' } })).toBe('MSG_CNF')
    expect(checkDraft({ cnf: {} })).toBe('MSG_CNF')
    expect(change(({ payload }) => Object.assign(payload['cnf'] as object, { kid: 'label-1' }))).toBe(
      'MSG_CNF',
    )
  })

  it('is named in what was verified', () => {
    expect(verifyMessage(issue()).labelKid).toBe('label-1')
  })
})

describe('a message is refused for its route', () => {
  const outer = outerOf()
  for (const name of ['id', 'source', 'type', 'subject', 'time', 'dataschema'])
    it(`ce-${name} differs or is absent`, () => {
      const { [name]: gone, ...rest } = outer
      expect(check(issue(), { attributes: { ...outer, [name]: `${outer[name]}x` } })).toBe('MSG_ROUTE')
      expect(check(issue(), { attributes: rest })).toBe('MSG_ROUTE')
    })

  it('an attribute that was not signed', () => {
    expect(check(issue(), { attributes: { ...outer, casenumber: '1' } })).toBe('MSG_ROUTE')
    expect(check(issue(), { attributes: { ...outer, specversion: '0.3' } })).toBe('MSG_ROUTE')
    expect(check(issue(), { attributes: outer })).toBe('accepted')
    expect(() => checkAttributes(outer)).not.toThrow()
  })
})

describe('a message is refused for its type', () => {
  it('unknown, another version, past its sunset', () => {
    const vct = (value: string) => change(({ payload }) => Object.assign(payload, { vct: value }))
    expect(vct('nl.schakel.tip.unknown.v1')).toBe('MSG_SCHEMA')
    expect(vct('nl.schakel.tip.ngo.forwarded.v2')).toBe('MSG_SCHEMA')
    const gone = { types: new Map([[TIP.name, { ...TIP, sunset: NOW }]]) }
    expect(check(issue(), { epoch: worldEpoch(gone) })).toBe('MSG_SCHEMA')
  })

  it('data that does not fit: missing, surplus, wrong form', () => {
    expect(checkDraft({ data: { ...TIP_DATA, facts: null } })).toBe('MSG_DATA')
    expect(checkDraft({ data: { ...TIP_DATA, childAtRisk: 'yes' } })).toBe('MSG_DATA')
    expect(checkDraft({ data: { ...TIP_DATA, contactPolicy: 'ANY' } })).toBe('MSG_DATA')
    expect(change((parts) => redisclose(parts, 'facts', { a: 1 }))).toBe('MSG_DATA')
    expect(change((parts) => redisclose(parts, 'items', null), { type: DISCLOSURE })).not.toBe('accepted')
  })
})

describe('disclosures', () => {
  it('one missing: no fact can be stripped', () => {
    expect(change((parts) => drop(parts, 'toExchange'))).toBe('MSG_DISCLOSURE')
    for (const name of Object.keys(TIP_DATA))
      expect(change((parts) => drop(parts, name))).toBe('MSG_DISCLOSURE')
    for (const name of Object.keys(CONTEXT))
      expect(change((parts) => drop(parts, name))).toBe('MSG_FACTS_STRIPPED')
    const unnamed = (type = TIP) =>
      partsOf(issue({ type })).disclosures.flatMap((one, at) =>
        disclosedName(one) === undefined ? [at] : [],
      )
    for (const at of unnamed())
      expect(change((parts) => parts.disclosures.splice(at, 1))).toBe('MSG_DISCLOSURE')
    for (const at of unnamed(DISCLOSURE))
      expect(change((parts) => parts.disclosures.splice(at, 1), { type: DISCLOSURE })).toBe('MSG_DISCLOSURE')
  })

  it('one too many, one twice, one misshapen', () => {
    const salt = Buffer.alloc(16).toString('base64url')
    expect(change((parts) => parts.disclosures.push(encode([salt, 'extra', 1])))).toBe('MSG_DISCLOSURE')
    expect(change((parts) => parts.disclosures.push(parts.disclosures[0] ?? ''))).toBe('MSG_DISCLOSURE')
    for (const odd of [
      [salt],
      [salt, 'a', 1, 2],
      { a: 1 },
      'x',
      [1, 'a', 1],
      ['short', 'a', 1],
      [salt, 5, 1],
      [salt, '_sd', 1],
      [salt, '...', 1],
    ])
      expect(change((parts) => parts.disclosures.push(encode(JSON.stringify(odd))))).toBe('MSG_DISCLOSURE')
    expect(change((parts) => parts.disclosures.push('AAA='))).toBe('MSG_ENCODING')
    expect(change((parts) => parts.disclosures.push(encode('["a" "b"]')))).toBe('MSG_ENCODING')
    expect(change((parts) => parts.disclosures.push(encode(`["${salt}","a",{"b":1,"b":2}]`)))).toBe(
      'MSG_DUPLICATE_MEMBER',
    )
    expect(
      change((parts) =>
        parts.disclosures.push(...Array.from({ length: 1100 }, (_, at) => encode([salt, `x${at}`, 1]))),
      ),
    ).toBe('MSG_DISCLOSURE')
  })

  it('two with one salt: who is shown one could guess at the other', () => {
    const two = (parts: Parts) => {
      redisclose(parts, 'tipRef', 'T-1')
      redisclose(parts, 'childAtRisk', true)
    }
    expect(change((parts) => redisclose(parts, 'tipRef', 'T-1'))).toBe('accepted')
    expect(change(two)).toBe('MSG_DISCLOSURE')
  })

  it('one changed', () => {
    expect(
      change((parts) => {
        parts.disclosures = parts.disclosures.map((one) =>
          disclosedName(one) === 'facts'
            ? encode([Buffer.alloc(16).toString('base64url'), 'facts', 'other'])
            : one,
        )
      }),
    ).toBe('MSG_DISCLOSURE')
  })
})

describe('digests', () => {
  it('nobody can read: a decoy hides a field', () => {
    const decoy = sha256Of('decoy')
    expect(change((parts) => sdOf(parts, 'data').push(decoy))).toBe('MSG_DISCLOSURE')
    expect(change((parts) => sdOf(parts, 'context').push(decoy))).toBe('MSG_DISCLOSURE')
    expect(change(({ payload }) => (payload['_sd'] as string[]).push(decoy))).toBe('MSG_DIGEST_PLACE')
    expect(change(({ payload }) => (payload['terms'] as object[]).push({ '...': decoy }))).toBe(
      'MSG_RECIPIENTS',
    )
  })

  it('digests in other places', () => {
    const digest = sha256Of('x')
    const places: ((parts: Parts) => void)[] = [
      (parts) => Object.assign(parts.payload['data'] as object, { facts: 'in clear' }),
      (parts) => Object.assign(parts.payload['context'] as object, { regime: 'GDPR' }),
      (parts) => Object.assign(parts.payload, { data: { _sd: 'x' } }),
      (parts) => Object.assign(parts.payload, { data: [] }),
      (parts) => Object.assign(parts.payload, { terms: {} }),
      (parts) => Object.assign((parts.payload['terms'] as object[])[0] ?? {}, { to: TBKK }),
      (parts) => redisclose(parts, 'facts', { _sd: [digest] }),
      (parts) => redisclose(parts, 'facts', [{ '...': digest }]),
      (parts) => redisclose(parts, 'handling', [{ '...': digest }]),
      (parts) => redisclose(parts, 'toExchange', { subject: 'x', deep: { _sd: [digest] } }),
      (parts) => Object.assign(parts.payload, { data: { _sd: [1] } }),
    ]
    for (const place of places) expect(change(place)).toBe('MSG_DIGEST_PLACE')
    expect(change((parts) => redisclose(parts, 'items', [{ '...': 'x', a: 1 }]), { type: DISCLOSURE })).toBe(
      'MSG_DIGEST_PLACE',
    )
    expect(change((parts) => redisclose(parts, 'items', ['clear']), { type: DISCLOSURE })).toBe(
      'MSG_DIGEST_PLACE',
    )
  })

  it('a disclosure moved to another place, or met twice', () => {
    expect(
      change((parts) => {
        const [first = ''] = sdOf(parts, 'data')
        const [second = ''] = sdOf(parts, 'context')
        parts.payload = JSON.parse(
          JSON.stringify(parts.payload).replace(first, '#').replace(second, first).replace('#', second),
        ) as Parts['payload']
      }),
    ).not.toBe('accepted')
    expect(
      change((parts) => replaceDigest(parts, sdOf(parts, 'data')[0] ?? '', sdOf(parts, 'data')[1] ?? '')),
    ).toBe('MSG_DISCLOSURE')
    const element = (parts: Parts) => (parts.payload['terms'] as { '...': string }[])[0]?.['...'] ?? ''
    expect(change((parts) => replaceDigest(parts, sdOf(parts, 'data')[0] ?? '', element(parts)))).not.toBe(
      'accepted',
    )
  })

  it('withheldBySender: names nullable fields only, and exactly those not disclosed', () => {
    const withhold = (names: readonly string[]) => ({ toExchange: { withheldBySender: names } })
    expect(checkDraft(withhold(['reporterContact']))).toBe('accepted')
    expect(checkDraft(withhold(['reporterContact', 'suspectDescription']))).toBe('accepted')
    expect(checkDraft(withhold(['facts']))).toBe('MSG_DISCLOSURE')
    expect(checkDraft(withhold(['regime']))).toBe('MSG_DISCLOSURE')
    expect(checkDraft(withhold(['reporterContact', 'reporterContact']))).toBe('MSG_CLAIM')
    expect(change((parts) => drop(parts, 'suspectDescription'), withhold(['reporterContact']))).toBe(
      'MSG_DISCLOSURE',
    )
    const sent = forge(issue(), (parts) => {
      const index = parts.disclosures.findIndex((one) => disclosedName(one) === 'toExchange')
      const [, , value] = JSON.parse(
        Buffer.from(parts.disclosures[index] ?? '', 'base64url').toString('utf8'),
      ) as [string, string, object]
      redisclose(parts, 'toExchange', { ...value, withheldBySender: ['reporterContact'] })
    })
    expect(check(sent)).toBe('MSG_DISCLOSURE')
  })
})

describe('recipients', () => {
  it('none, nine, one twice, one unknown', () => {
    expect(checkDraft({ terms: [] })).toBe('MSG_RECIPIENTS')
    const nine = (parts: Parts) => {
      const salt = Buffer.alloc(16).toString('base64url')
      const extra = encode([salt, { to: NCB, purpose: 'intake', basis: 'uavg-33' }])
      parts.disclosures.push(extra)
      ;(parts.payload['terms'] as object[]).push({ '...': sha256Of(extra) })
    }
    expect(change(nine)).toBe('MSG_RECIPIENTS')
    expect(change(({ payload }) => (payload['terms'] as object[]).pop())).toBe('MSG_RECIPIENTS')
    expect(checkDraft({ terms: terms([TBKK, NCB, TBKK]) })).toBe('MSG_RECIPIENTS')
    expect(checkDraft({ terms: terms([TBKK.replace('zaken', 'elders')]) })).toBe('MSG_RECIPIENT_UNKNOWN')
    expect(checkDraft({ terms: terms(['urn:x']) })).toBe('MSG_CLAIM')
    expect(checkDraft({ terms: terms([TBKK, NCB, PH, TBKK_MANDATE]) })).toBe('accepted')
  })

  it('more than two for a type with rows; any for a type to the exchange', () => {
    expect(checkDraft({ type: DISCLOSURE, terms: terms([TBKK, NCB, PH]) })).toBe('MSG_RECIPIENTS')
    expect(checkDraft({ type: DISCLOSURE, terms: terms([TBKK, NCB]) })).toBe('accepted')
    const data = { handOff: HANDOFF, sdHash: sha256Of('x') }
    expect(checkDraft({ type: ACKNOWLEDGED, data, terms: terms([TBKK]) })).toBe('MSG_SCOPE')
    expect(checkDraft({ type: ACKNOWLEDGED, data })).toBe('accepted')
  })

  it('terms with a member too many or a code that is none', () => {
    const odd = (more: object) => checkDraft({ terms: [{ ...terms([TBKK])[0], ...more }] as never })
    expect(odd({ basis: 'x y' })).toBe('MSG_CLAIM')
    expect(odd({ purpose: '' })).toBe('MSG_CLAIM')
    expect(odd({ basis: undefined })).toBe('MSG_CLAIM')
  })
})

describe('toExchange and context', () => {
  it('malformed members', () => {
    const odd: Draft[] = [
      { toExchange: { subject: 'case 7' as MessageId } },
      { toExchange: { inReplyTo: 'x' as HandoffId } },
      { toExchange: { supersedes: 'ho-16-1-0011223344556677' as HandoffId } },
      { toExchange: { origin: ['short' as never] } },
      { toExchange: { preparedBy: { actor: '', role: 'r', automated: false } } },
      { toExchange: { preparedBy: { actor: 'a', role: 'r', automated: 'no' as never } } },
      { toExchange: { preparedBy: { actor: 'x'.repeat(300), role: 'r', automated: false } } },
      { toExchange: { freeTextReviewed: {} as never } },
      { toExchange: { evidence: 'x' as never } },
      { toExchange: { evidence: Array.from({ length: 17 }, (_, at) => `e${at}`) } },
      { context: { regime: null as never } },
      { context: { handling: 'TLP: RED' } },
      { context: { fieldClass: { unknown: '8' } } },
      { context: { fieldClass: { facts: 8 as never } } },
    ]
    for (const draft of odd) expect(checkDraft(draft)).toBe('MSG_CLAIM')
    expect(change((parts) => redisclose(parts, 'occurredAt', '2026'))).toBe('MSG_CLAIM')
  })

  it('a class per field, and per row where there are rows', () => {
    expect(checkDraft({ context: { fieldClass: { facts: '8' } } })).toBe('accepted')
    expect(checkDraft({ context: { fieldClass: { 'facts/0': '8' } } })).toBe('MSG_CLAIM')
    expect(checkDraft({ type: DISCLOSURE, context: { fieldClass: { 'items/0': '12' } } })).toBe('accepted')
    expect(checkDraft({ type: DISCLOSURE, context: { fieldClass: { 'items/x': '12' } } })).toBe('MSG_CLAIM')
  })
})

describe('imagery is refused wherever it hides', () => {
  const jpeg = Buffer.concat([Buffer.from('ffd8ffe000104a46494600', 'hex'), Buffer.alloc(100, 5)])
  const png = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(100, 5)])
  const heic = Buffer.concat([Buffer.from('00000018667479706865696300000000', 'hex'), Buffer.alloc(100, 5)])
  const webp = Buffer.concat([Buffer.from('52494646000000005745425056503820', 'hex'), Buffer.alloc(100, 5)])
  const texts: Record<string, string> = {
    jpeg: jpeg.toString('base64'),
    'jpeg base64url': jpeg.toString('base64url'),
    'jpeg with line breaks': (jpeg.toString('base64').match(/.{1,40}/g) ?? []).join('\n'),
    'jpeg inside text': `see this: ${jpeg.toString('base64')} thanks`,
    png: png.toString('base64'),
    gif: Buffer.concat([Buffer.from('GIF89a'), Buffer.alloc(60)]).toString('base64'),
    webp: webp.toString('base64'),
    'heic, mp4': heic.toString('base64'),
    'data URI': 'data:image/png;base64,AAAA',
    'data URI inside text': 'look data:video/mp4;base64,AAAA',
  }
  for (const [name, text] of Object.entries(texts))
    it(name, () => {
      expect(checkDraft({ data: { ...TIP_DATA, facts: text } })).toBe('MSG_CONTENT_PROHIBITED')
      expect(checkDraft({ type: DISCLOSURE, data: { ...ROWS_DATA, items: ['x', text] } })).toBe(
        'MSG_CONTENT_PROHIBITED',
      )
      expect(change((parts) => redisclose(parts, 'facts', [{ deep: [text] }]))).toBe('MSG_CONTENT_PROHIBITED')
    })

  it('before anything else may refuse the message, since a refused message is kept', () => {
    const data = { ...TIP_DATA, facts: texts['jpeg'] }
    expect(checkDraft({ data, visible: { aud: TBKK, submitBy: NOW - 1 } })).toBe('MSG_CONTENT_PROHIBITED')
  })

  it('hashes, references and plain words pass', () => {
    const facts = `${sha256Of('x')} ${Buffer.alloc(60, 1).toString('hex')} data: image of nothing`
    expect(checkDraft({ data: { ...TIP_DATA, facts } })).toBe('accepted')
  })
})

describe('a verified message', () => {
  it('holds exactly what its sender said', () => {
    const draft: Draft = {
      terms: terms([TBKK, NCB]),
      toExchange: { withheldBySender: ['reporterContact'], reviewAt: NOW, freeTextReviewed: { actor: 'b' } },
      data: { ...TIP_DATA, reporterContact: 'never leaves' },
    }
    const verified = verifyMessage(issue(draft), { attributes: outerOf(draft) })
    expect(verified.context).toEqual({ ...CONTEXT })
    expect({ ...verified.data }).toEqual({ ...TIP_DATA, reporterContact: null })
    expect(verified.terms.map((one) => one.terms.to).sort()).toEqual([TBKK, NCB].sort())
    expect(verified.toExchange).toMatchObject({
      reviewAt: NOW,
      freeTextReviewed: { actor: 'b' },
      origin: 'own',
    })
    expect(verified.visible.aud).toBe(EXCHANGE)
    // The signed part without its signature: one content signed twice is one message.
    expect(verified.issuerDigest).toBe(sha256Of(verified.issuerJwt.split('.').slice(0, 2).join('.')))
    expect(verified.disclosures.has('reporterContact')).toBe(false)
    expect(oinOfUrn(verified.visible.iss)).toBe(verified.certificate.oin)
  })

  it('hides how many are asked: eight terms, ten digests of context and exchange, one of each field', () => {
    for (const to of [[TBKK], [TBKK, NCB, PH]]) {
      const { payload } = partsOf(issue({ terms: terms(to) }))
      expect((payload['terms'] as unknown[]).length).toBe(8)
      expect((payload['_sd'] as unknown[]).length).toBe(1)
      for (const [name, count] of [
        ['context', 9],
        ['data', TIP.fields.length],
      ] as const) {
        const digests = (payload[name] as { _sd: string[] })._sd
        expect(digests.length).toBe(count)
        expect(digests).toEqual([...digests].sort())
      }
    }
  })

  it('has rows of their own', () => {
    const verified = verifyMessage(issue({ type: DISCLOSURE }))
    expect(verified.data['items']).toEqual(ROWS_DATA['items'])
    expect([...verified.disclosures.keys()].filter((name) => name.startsWith('items'))).toEqual([
      'items',
      'items/0',
      'items/1',
      'items/2',
    ])
    expect(
      verifyMessage(issue({ type: DISCLOSURE, data: { ...ROWS_DATA, items: [] } })).data['items'],
    ).toEqual([])
  })
})
