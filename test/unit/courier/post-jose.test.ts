import { randomBytes } from 'node:crypto'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { guardedLookup } from '#adapters/http/address-guard.ts'
import { type PostOptions, postJose } from '#adapters/http/post-jose.ts'
import { createCa } from '#adapters/pki/create-ca.ts'
import { issueIdentity } from '#adapters/pki/issue-identity.ts'
import { generateKeyPair } from '#adapters/pki/system-pki-ports.ts'
import { OINS } from '../../support/test-epoch.ts'

const pki = {
  clock: { now: () => Date.now() },
  bytes: (n: number) => randomBytes(n),
  keyPair: generateKeyPair,
}
const ca = createCa(pki)
const identity = (oin: string) => issueIdentity(pki, ca, { oin, commonName: 'test', organisation: 'Test' })
const [exchange, partner] = [identity(OINS.exchange), identity(OINS.tbkk)]

interface Seen {
  readonly path: string
  readonly body: string
  readonly type: string | undefined
  readonly authorized: boolean
}

const seen: Seen[] = []
let server: Server
let base = ''

const options = (change: Partial<PostOptions> = {}): PostOptions => ({
  tls: { key: exchange.tls.keyPem, cert: exchange.tls.certPem, ca: ca.certPem },
  timeoutMs: 5_000,
  allowedHosts: new Set(['127.0.0.1', 'localhost']),
  signal: new AbortController().signal,
  ...change,
})

beforeAll(async () => {
  const tls = { key: partner.tls.keyPem, cert: partner.tls.certPem, ca: ca.certPem, requestCert: true }
  server = createServer(tls, (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { authorized } = request.socket as TLSSocket
      const path = request.url ?? ''
      seen.push({
        path,
        body: Buffer.concat(chunks).toString(),
        type: request.headers['content-type'],
        authorized,
      })
      if (path === '/silent') return
      if (path === '/moved') response.writeHead(307, { location: '/in' })
      else response.writeHead(path === '/busy' ? 429 : 202, path === '/busy' ? { 'retry-after': '9' } : {})
      response.end('x'.repeat(1024))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

describe('what does not go out', () => {
  it('a special address that is not allowed, by number or by name', async () => {
    const refused = { code: 'OPS_DELIVERY' }
    const port = base.split(':')[2]
    const none = options({ allowedHosts: new Set() })
    await expect(postJose(`${base}/in`, {}, 'jwe', none)).rejects.toMatchObject(refused)
    await expect(postJose(`https://localhost:${port}/in`, {}, 'jwe', none)).rejects.toMatchObject(refused)
    expect(seen).toEqual([])
  })

  it('nothing to a server of another anchor', async () => {
    const foreign = options({ tls: { ...options().tls, ca: createCa(pki).certPem } })
    await expect(postJose(`${base}/in`, {}, 'jwe', foreign)).rejects.toMatchObject({ code: 'OPS_DELIVERY' })
    expect(seen).toEqual([])
  })

  it('a name that resolves to a special address is no address, for one and for all', async () => {
    for (const all of [true, false]) {
      const error = await new Promise((resolve) =>
        guardedLookup(new Set())('localhost', { all }, (cause) => resolve(cause)),
      )
      expect(error).toMatchObject({ code: 'OPS_DELIVERY' })
    }
  })
})

describe('what goes out', () => {
  it('the JWE as it is, over mTLS, with its type', async () => {
    expect(await postJose(`${base}/in`, { 'ce-id': 'x' }, 'a.b.c.d.e', options())).toMatchObject({
      status: 202,
    })
    expect(seen.at(-1)).toEqual({
      path: '/in',
      body: 'a.b.c.d.e',
      type: 'application/jose',
      authorized: true,
    })
  })

  it('a redirect is an answer, never followed; Retry-After is handed on', async () => {
    expect((await postJose(`${base}/moved`, {}, 'jwe', options())).status).toBe(307)
    expect(seen.at(-1)?.path).toBe('/moved')
    expect(await postJose(`${base}/busy`, {}, 'jwe', options())).toEqual({ status: 429, retryAfter: '9' })
  })

  it('silence ends with the time-out', async () => {
    const short = options({ timeoutMs: 100 })
    await expect(postJose(`${base}/silent`, {}, 'jwe', short)).rejects.toMatchObject({ code: 'OPS_DELIVERY' })
  })
})
