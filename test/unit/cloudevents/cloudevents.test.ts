import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CloudEvent, checkAttributes, outerAttributes, timeOf } from '#core/message/cloudevents.ts'
import { decodeHeader, encodeHeader, fromHttp, toHttp } from '#core/message/cloudevents-http.ts'
import { fromKafka, toKafka } from '#core/message/cloudevents-kafka.ts'
import { holdsBsn, lintAttributes } from '#core/message/cloudevents-lint.ts'
import { parseStructured } from '#core/message/cloudevents-structured.ts'
import { codeOf } from '../../support/test-pki.ts'

const OURS = outerAttributes(
  {
    jti: '3f2c9f60-5d0e-4a3c-9f3f-0f8a6f0f9a11',
    iss: 'urn:nld:oin:00000099000000001000:systeem:meldpunt',
    vct: 'nl.schakel.tip.ngo.forwarded.v1',
    iat: Date.parse('2026-11-24T18:30:00.999Z'),
  },
  '0123456789abcdef0123456789abcdef',
)
const attributes: Readonly<Record<string, string>> = { ...OURS }
const without = (name: string) =>
  Object.fromEntries(Object.entries(attributes).filter(([key]) => key !== name))
const json = (event: object) => Buffer.from(JSON.stringify(event))

describe('attributes that are refused', () => {
  const bad: Record<string, Record<string, string>> = {
    'no id': without('id'),
    'no source': without('source'),
    'no type': without('type'),
    'no specversion': without('specversion'),
    'empty id': { ...attributes, id: '' },
    'specversion 0.3': { ...attributes, specversion: '0.3' },
    'a space in source': { ...attributes, source: 'urn:nld:x y' },
    'relative dataschema': { ...attributes, dataschema: '/schemas/x' },
    'time without zone': { ...attributes, time: '2026-11-24T18:30:00' },
    'month 13': { ...attributes, time: '2026-13-24T18:30:00Z' },
    'upper-case name': { ...attributes, traceParent: 'x' },
    'attribute named data': { ...attributes, data: 'x' },
    'control character': { ...attributes, subject: 'a\u0000b' },
    'C1 control': { ...attributes, subject: 'a\u0085b' },
    noncharacter: { ...attributes, subject: 'a\uffffb' },
    'lone surrogate': { ...attributes, subject: 'a\ud800b' },
  }
  for (const [name, value] of Object.entries(bad))
    it(name, () => expect(codeOf(() => checkAttributes(value))).toBe('MSG_CLAIM'))
})

describe('HTTP', () => {
  const headers = toHttp({ attributes, data: null }).headers

  it.each([
    ['%C0%A0', 'overlong UTF-8'],
    ['%', 'half an escape'],
    ['%4', 'half an escape'],
    ['%zz', 'no hex'],
    ['caf\u00e9', 'raw bytes'],
    ['a\tb', 'control'],
    ['%ED%A0%80', 'surrogate'],
  ])('refuses %s (%s)', (value) => {
    expect(codeOf(() => fromHttp({ ...headers, 'ce-subject': value }, null))).toBe('MSG_ENCODING')
  })

  it('refuses ce-datacontenttype, doubled headers, batches and other formats', () => {
    expect(codeOf(() => fromHttp({ ...headers, 'ce-datacontenttype': 'text/plain' }, null))).toBe('MSG_CLAIM')
    expect(codeOf(() => fromHttp({ ...headers, 'ce-subject': ['a', 'b'] }, null))).toBe('MSG_CLAIM')
    for (const type of [
      'application/cloudevents-batch+json',
      'application/cloudevents+avro',
      'APPLICATION/CloudEvents',
    ])
      expect(codeOf(() => fromHttp({ 'content-type': type }, Buffer.from('{}')))).toBe('MSG_FRAMING')
    const latin = 'application/cloudevents+json; charset=iso-8859-1'
    expect(codeOf(() => fromHttp({ 'content-type': latin }, Buffer.from('{}')))).toBe('MSG_FRAMING')
  })

  it('encodes what the binding names and takes needless escapes and quotes', () => {
    expect(encodeHeader('Euro € 😀 "100%"')).toBe('Euro%20%E2%82%AC%20%F0%9F%98%80%20%22100%25%22')
    expect(decodeHeader('%41%62c', '/')).toBe('Abc')
    expect(decodeHeader('"a \\"b\\" %25"', '/')).toBe('a "b" %')
  })
})

describe('Kafka', () => {
  const { headers } = toKafka({ attributes, data: null })

  it('refuses ce_datacontenttype and bytes that are no UTF-8', () => {
    expect(codeOf(() => fromKafka({ ...headers, ce_datacontenttype: 'text/plain' }, null))).toBe('MSG_CLAIM')
    expect(codeOf(() => fromKafka({ ...headers, ce_subject: Buffer.from([0xc0, 0xa0]) }, null))).toBe(
      'MSG_ENCODING',
    )
  })

  it('does not percent-encode, names the content type once and ignores headers of others', () => {
    const event = {
      attributes: { ...attributes, subject: 'é %20', datacontenttype: 'application/jose' },
      data: Buffer.from('x'),
    }
    const message = toKafka(event)
    expect(Buffer.from(message.headers['ce_subject'] ?? []).toString('utf8')).toBe('é %20')
    expect(Object.keys(message.headers)).not.toContain('ce_datacontenttype')
    expect(fromKafka({ ...message.headers, other: 'x' }, message.value)).toEqual(event)
    expect(toKafka({ attributes, data: null }).value).toBeNull()
  })
})

describe('structured mode', () => {
  it.each([
    ['MSG_ENCODING', Buffer.from('{')],
    ['MSG_ENCODING', Buffer.from([0xff])],
    ['MSG_DUPLICATE_MEMBER', Buffer.from('{"id":"a","id":"b"}')],
    ['MSG_CLAIM', json([attributes])],
    ['MSG_CLAIM', json({ ...attributes, nested: {} })],
    ['MSG_CLAIM', json({ ...attributes, number: 1.5 })],
    ['MSG_CLAIM', json({ ...attributes, number: 2 ** 31 })],
    ['MSG_CLAIM', json({ ...attributes, data: 1, data_base64: 'AA==' })],
    ['MSG_ENCODING', json({ ...attributes, data_base64: 'A' })],
    ['MSG_CLAIM', json({ ...attributes, id: null })],
  ])('refuses: %s', (code, bytes) => expect(codeOf(() => parseStructured(bytes))).toBe(code))

  it('reads bytes, texts, booleans, integers and nulls', () => {
    const event = parseStructured(
      json({ ...attributes, flag: true, count: -7, gone: null, data_base64: 'AAE=' }),
    )
    expect(event).toEqual({
      attributes: { ...attributes, flag: 'true', count: '-7' },
      data: Buffer.from([0, 1]),
    })
    const plain = parseStructured(json({ ...attributes, datacontenttype: 'text/plain', data: 'hé' }))
    expect(Buffer.from(plain.data ?? []).toString()).toBe('hé')
    expect(parseStructured(json(attributes)).data).toBeNull()
  })
})

describe('both bindings', () => {
  it('give back what they took', () => {
    const value = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => {
      return codeOf(() => checkAttributes({ ...attributes, subject: text })) === 'accepted'
    })
    const event = fc.record({
      attributes: fc.record({ subject: value, sequence: value }).map((more) => ({ ...attributes, ...more })),
      data: fc.option(fc.uint8Array()),
    })
    fc.assert(
      fc.property(event, (sent: CloudEvent) => {
        const kafka = toKafka(sent)
        expect(fromKafka(kafka.headers, kafka.value)).toEqual(sent)
        const http = toHttp(sent)
        expect(fromHttp(http.headers, http.body)).toEqual(sent)
      }),
    )
  })
})

describe('NL GOV profile', () => {
  const rules = (change: Record<string, string>) =>
    lintAttributes({ ...attributes, ...change }).map(
      (finding) => `${finding.level} ${finding.attribute} ${finding.rule}`,
    )

  it('finds nothing in ours', () => expect(rules({})).toEqual([]))

  it.each([
    ['error subject bsn', { subject: '111222333' }],
    ['error subject bsn', { subject: 'persoon/1234.56.782' }],
    ['error subject bsn', { subject: 'burger%20123456782' }],
    ['error source bsn', { source: 'urn:nld:oin:00000099000000001000:systeem:123456782' }],
    ['warn source source', { source: '/relative' }],
    ['error type type', { type: 'Tip' }],
    ['error type type', { type: 'nl.schakel.v1.tip.v2' }],
    ['error dataschema dataschema', { dataschema: 'http://x.example' }],
    ['error traceparent traceparent', { traceparent: `00-${'0'.repeat(32)}-${'1'.repeat(16)}-01` }],
    ['warn averylongattributename name-length', { averylongattributename: 'x' }],
    ['error UP name', { UP: 'x' }],
  ])('%s', (finding, change: Record<string, string>) => expect(rules(change)).toContain(finding))

  it('names what is missing', () => {
    expect(lintAttributes({}).map((finding) => finding.attribute)).toEqual([
      'id',
      'source',
      'specversion',
      'type',
    ])
  })

  it('takes only the elfproef for a BSN, and not our own random forms', () => {
    expect(holdsBsn('123456789')).toBe(false)
    expect(holdsBsn('00000099000000001000')).toBe(false)
    expect(holdsBsn('ho-3-111222333-0123456789abcdef')).toBe(false)
    expect(holdsBsn('000000000')).toBe(false)
    expect(holdsBsn('123-456-782')).toBe(true)
  })

  it('time is whole seconds, downwards', () => {
    expect(OURS.time).toBe('2026-11-24T18:30:00Z')
    expect(timeOf(0)).toBe('1970-01-01T00:00:00Z')
  })
})
