import { connect } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createCa } from '#adapters/pki/create-ca.ts'
import { LIMITS } from '#core/limits.ts'
import { readCa, readCertificate } from '#core/message/certificate.ts'
import { type CallOptions, GatewayHarness } from '../../support/gateway-harness.ts'
import { OINS, urn } from '../../support/test-epoch.ts'

const harness = new GatewayHarness()
const ecpat = harness.identity(OINS.ecpat)

const part = (length: number) => 'A'.repeat(length)
const JWE = [part(20), part(30), part(16), part(40), part(22)].join('.')
const HEADERS = {
  'content-type': 'application/jose',
  'ce-specversion': '1.0',
  'ce-id': '0e2f2b4e-7b6a-4c34-9c0a-0d2c8f1f6a01',
  'ce-source': urn(OINS.ecpat, 'meldpunt'),
  'ce-type': 'nl.schakel.tip.ngo.forwarded.v1',
  'ce-subject': '0123456789abcdef0123456789abcdef',
  'ce-time': '2026-11-24T12:00:00Z',
  'ce-dataschema': 'https://schakel.example.nl/schemas/nl.schakel.tip.ngo.forwarded.v1',
}

const post = (change: CallOptions = {}, headers: Record<string, string | undefined> = {}) => {
  const merged = Object.entries({ ...HEADERS, ...headers }).filter((entry) => entry[1] !== undefined)
  return harness.call('/v1/messages', {
    method: 'POST',
    as: ecpat,
    body: JWE,
    headers: Object.fromEntries(merged) as Record<string, string>,
    ...change,
  })
}

beforeAll(() => harness.start())
afterAll(() => harness.gateway.close())

describe('framing', () => {
  it.each([
    ['not base64url', `${part(20)}.${part(30)}.${part(16)}.${part(39)}=.${part(22)}`],
    ['four parts', [part(20), part(30), part(16), part(40)].join('.')],
    ['six parts', `${JWE}.${part(4)}`],
    ['a space at the end', `${JWE} `],
    ['a line feed at the end', `${JWE}\n`],
    ['an iv of another length', [part(20), part(30), part(15), part(40), part(22)].join('.')],
    ['a tag of another length', [part(20), part(30), part(16), part(40), part(21)].join('.')],
    ['no header', `.${JWE.slice(21)}`],
    ['JSON', '{"protected":"x"}'],
    ['nothing', ''],
    ['bytes above ASCII', `${JWE}\u00e9`],
  ])('%s is MSG_FRAMING', async (_name, body) => {
    const reply = await post({ body })
    expect([reply.status, reply.json['code']]).toEqual([400, 'MSG_FRAMING'])
  })

  it.each([
    ['ce-specversion', '0.3'],
    ['ce-id', 'ABC'],
    ['ce-id', '0E2F2B4E-7B6A-4C34-9C0A-0D2C8F1F6A01'],
    ['ce-source', 'urn:nld:oin:00000099000000001000'],
    ['ce-type', 'nl.schakel.tip'],
    ['ce-subject', '123456782'],
    ['ce-subject', 'ho-16-1-0000000000000000'],
    ['ce-time', '2026-11-24T12:00:00.000Z'],
    ['ce-time', '2026-11-24T13:00:00+01:00'],
    ['ce-dataschema', 'https://elsewhere.example/schemas/x'],
    ['ce-id', undefined],
    ['ce-source', undefined],
    ['ce-type', undefined],
    ['ce-subject', undefined],
    ['ce-time', undefined],
    ['ce-dataschema', undefined],
    ['ce-specversion', undefined],
    ['ce-name', 'somebody'],
  ])('attribute %s = %s is MSG_CLAIM and named', async (name, value) => {
    const reply = await post({}, { [name]: value })
    expect([reply.status, reply.json['code'], reply.json['pointer']]).toEqual([400, 'MSG_CLAIM', `/${name}`])
  })

  it.each(['application/json', 'text/plain', 'application/jose+json', undefined])(
    'content type %s is refused with 415',
    async (type) => {
      const reply = await post({}, { 'content-type': type })
      expect([reply.status, reply.json['code']]).toEqual([415, 'MSG_FRAMING'])
    },
  )
})

describe('size', () => {
  const sized = (bytes: number) => {
    const fixed = JWE.length - 40
    return [part(20), part(30), part(16), part(bytes - fixed), part(22)].join('.')
  }

  it('takes 64 KiB and not a byte more, declared or not', async () => {
    expect((await post({ body: sized(LIMITS.jweBytesMax) })).status).toBe(202)
    expect((await post({ body: sized(LIMITS.jweBytesMax), chunked: true })).status).toBe(202)
    const declared = await post({ body: sized(LIMITS.jweBytesMax + 1) })
    expect([declared.status, declared.json['code']]).toEqual([413, 'MSG_SIZE'])
    const chunked = await post({ body: sized(LIMITS.jweBytesMax + 1), chunked: true })
    expect([chunked.status, chunked.json['code']]).toEqual([413, 'MSG_SIZE'])
  })

  it('takes 256 KiB of a type with rows', async () => {
    const type = 'nl.schakel.police.ngo.disclosure.v1'
    const headers = { 'ce-type': type, 'ce-dataschema': `https://schakel.example.nl/schemas/${type}` }
    expect((await post({ body: sized(LIMITS.jwePerItemBytesMax) }, headers)).status).toBe(202)
    expect((await post({ body: sized(LIMITS.jwePerItemBytesMax + 1) }, headers)).status).toBe(413)
  })
})

describe('identity', () => {
  it('no certificate is 401', async () => {
    const reply = await post({ as: undefined })
    expect([reply.status, reply.json['code']]).toEqual([401, 'PEER_CERTIFICATE'])
  })

  it('a certificate of another anchor is 401, also when it names a partner', async () => {
    const reply = await post({ as: harness.identity(OINS.ecpat, createCa(harness.pki)) })
    expect([reply.status, reply.json['code']]).toEqual([401, 'PEER_CERTIFICATE'])
  })

  it('a signing certificate does not open the door', async () => {
    const { sign } = ecpat
    const reply = await post({ as: { ...ecpat, tls: sign } }).catch(() => ({ status: 401, json: {} }))
    expect(reply.status).toBe(401)
  })

  it('an OIN that is no partner is 403, a suspended partner too', async () => {
    const stranger = await post({ as: harness.identity(OINS.stranger) })
    expect([stranger.status, stranger.json['code']]).toEqual([403, 'PEER_UNKNOWN'])
    const suspended = await post({ as: harness.identity(OINS.suspended) })
    expect([suspended.status, suspended.json['code']]).toEqual([403, 'PEER_SUSPENDED'])
  })

  it('a certificate that ran out by our clock is 401 on a connection that is still open', async () => {
    const before = harness.now
    harness.now = Date.UTC(2036, 0, 1)
    harness.readAt = harness.now
    const reply = await post()
    harness.now = before
    harness.readAt = before
    expect([401, 503]).toContain(reply.status)
  })

  it('revocation works at the next epoch, and a stale or foreign CRL lets nobody in', async () => {
    const lost = harness.identity(OINS.ecpat)
    expect((await post({ as: lost })).status).toBe(202)
    const { serial } = readCertificate(lost.tls.certPem, readCa(harness.ca.certPem))
    harness.revoke([serial])
    const reply = await post({ as: lost })
    expect([reply.status, reply.json['code']]).toEqual([401, 'PEER_KEY_REVOKED'])
    expect((await post()).status).toBe(202)
    harness.now += 31 * 86_400_000
    harness.readAt = harness.now
    const stale = await post()
    expect([stale.status, stale.json['code']]).toEqual([503, 'OPS_CONTROL'])
    harness.now -= 31 * 86_400_000
    harness.readAt = harness.now
    harness.artefacts.set('pki/crl.pem', Buffer.from('-----BEGIN X509 CRL-----\n-----END X509 CRL-----\n'))
    harness.epoch = { ...harness.epoch, number: harness.epoch.number + 1 }
    const foreign = await post()
    expect([foreign.status, foreign.json['code']]).toEqual([503, 'OPS_CONTROL'])
    harness.revoke([])
    expect((await post()).status).toBe(202)
  })

  it('control that was not read for more than 10 s lets nobody in', async () => {
    harness.readAt = harness.now - LIMITS.controlAgeMs - 1
    const reply = await post()
    harness.readAt = harness.now
    expect([reply.status, reply.json['code'], reply.headers['retry-after']]).toEqual([
      503,
      'OPS_CONTROL',
      '1',
    ])
    expect((await post()).status).toBe(202)
  })
})

describe('transport', () => {
  it.each(['TLSv1', 'TLSv1.1'] as const)('%s does not connect', async (version) => {
    await expect(handshake({ maxVersion: version, minVersion: version })).rejects.toThrow()
  })

  it('DHE and CBC do not connect, an NCSC suite does', async () => {
    for (const ciphers of ['DHE-RSA-AES256-GCM-SHA384', 'ECDHE-ECDSA-AES256-SHA384', 'AES256-GCM-SHA384'])
      await expect(handshake({ maxVersion: 'TLSv1.2', ciphers })).rejects.toThrow()
    expect(await handshake({ maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384' })).toBe(
      'TLSv1.2',
    )
    expect(await handshake({})).toBe('TLSv1.3')
  })

  function handshake(options: object): Promise<string | null> {
    return new Promise((resolve, reject) => {
      const socket = connect(
        { port: harness.gateway.port, host: '127.0.0.1', ca: harness.ca.certPem, ...options },
        () => {
          resolve(socket.getProtocol())
          socket.destroy()
        },
      )
      socket.on('error', reject)
    })
  }
})

describe('durability', () => {
  it('doubt about the append is 503 with Retry-After, never 202', async () => {
    harness.logDown = true
    const reply = await post()
    harness.logDown = false
    expect([reply.status, reply.json['code'], reply.headers['retry-after']]).toEqual([
      503,
      'OPS_LOG_UNAVAILABLE',
      '1',
    ])
    expect(harness.failures.at(-1)?.code).toBe('OPS_LOG_UNAVAILABLE')
  })
})

describe('problems', () => {
  it('are RFC 9457, in the language asked for, and carry the security headers', async () => {
    const reply = await post({ body: 'x' }, { 'accept-language': 'nl-NL,nl;q=0.9' })
    expect(reply.headers['content-type']).toContain('application/problem+json')
    expect(reply.json).toMatchObject({
      status: 400,
      code: 'MSG_FRAMING',
      type: expect.stringContaining('MSG_FRAMING'),
    })
    for (const name of ['title', 'detail', 'next', 'instance']) expect(typeof reply.json[name]).toBe('string')
    expect(reply.headers).toMatchObject({
      'api-version': '1.0.0',
      'cache-control': 'no-store',
      'content-security-policy': "frame-ancestors 'none'",
      'strict-transport-security': expect.any(String),
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    })
    const english = await post({ body: 'x' })
    expect(english.json['title']).not.toBe(reply.json['title'])
  })

  it('an unknown path is 404, a known one with another method 405 with Allow', async () => {
    expect((await harness.call('/v2/nothing', { as: ecpat })).status).toBe(404)
    const reply = await harness.call('/v1/keys', { as: ecpat, method: 'DELETE' })
    expect([reply.status, reply.headers['allow']]).toEqual([405, 'GET'])
  })

  it.each([
    '/v1/messages/nonsense',
    '/v1/messages/0e2f2b4e-7b6a-4c34-9c0a-0d2c8f1f6aff',
    '/v1/handoffs/ho-1-1-zz',
    '/v1/handoffs/ho-1-1-0000000000000000',
    '/v1/certificates/..%2f..%2fkeys',
    `/v1/certificates/${'A'.repeat(43)}`,
    '/v1/types/nl.schakel.none.v1',
  ])('%s is OPS_NOT_FOUND', async (path) => {
    const reply = await harness.call(path, { as: ecpat })
    expect([reply.status, reply.json['code']]).toEqual([404, 'OPS_NOT_FOUND'])
  })

  it.each([
    ['/v1/inbox?after=1.2.3', '/after'],
    [`/v1/inbox?after=${Array(16).fill('01').join('.')}`, '/after'],
    [`/v1/inbox?after=${Array(16).fill('-1').join('.')}`, '/after'],
    ['/v1/inbox?limit=0', '/limit'],
    ['/v1/inbox?limit=101', '/limit'],
    ['/v1/inbox?limit=1&limit=2', '/limit'],
    ['/v1/inbox?bsn=123456782', '/bsn'],
    ['/v1/inbox?endpoint=A%20B', '/endpoint'],
    ['/v1/stream?after=x', '/after'],
  ])('%s is MSG_CLAIM', async (path, pointer) => {
    const reply = await harness.call(path, { as: ecpat })
    expect([reply.status, reply.json['code'], reply.json['pointer']]).toEqual([400, 'MSG_CLAIM', pointer])
  })
})

describe('what is no HTTP', () => {
  it.each([
    ['no HTTP', 'HELLO\r\n\r\n', 400],
    [
      'two lengths',
      'POST /v1/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx',
      400,
    ],
    ['headers without end', `GET /healthz HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    [
      'a path that does not decode',
      'GET /v1/types/%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
      400,
    ],
  ])('%s is a problem too', async (_name, text, status) => {
    const answer = await raw(text)
    expect(answer.startsWith(`HTTP/1.1 ${status} `)).toBe(true)
    expect(answer).toContain('application/problem+json')
    expect(answer.toLowerCase()).toContain('x-content-type-options: nosniff')
    const body = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4)) as object
    expect(body).toMatchObject({ status, code: 'MSG_FRAMING' })
  })

  function raw(text: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const { port } = harness.gateway
      const tls = { key: ecpat.tls.keyPem, cert: ecpat.tls.certPem, ca: harness.ca.certPem }
      const socket = connect({ port, host: '127.0.0.1', ...tls }, () => socket.write(text))
      const chunks: Buffer[] = []
      socket.on('data', (chunk: Buffer) => chunks.push(chunk))
      socket.on('error', reject)
      socket.on('close', () => resolve(Buffer.concat(chunks).toString('utf8')))
    })
  }
})

describe('rate', () => {
  it('a partner beyond its rate is 429 with Retry-After, others are not held up', async () => {
    const own = new GatewayHarness()
    await own.start({ requestsPerSecond: 3 })
    const partner = own.identity(OINS.tbkk)
    const statuses = []
    for (let index = 0; index < 5; index += 1)
      statuses.push((await own.call('/v1/keys', { as: partner })).status)
    expect(statuses).toEqual([200, 200, 200, 429, 429])
    const limited = await own.call('/v1/keys', { as: partner })
    expect([limited.json['code'], limited.headers['retry-after']]).toEqual(['PEER_RATE', '1'])
    expect((await own.call('/v1/keys', { as: own.identity(OINS.ecpat) })).status).toBe(200)
    own.now += 1000
    expect((await own.call('/v1/keys', { as: partner })).status).toBe(200)
    await own.gateway.close()
  })
})
