import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openConfluentRegistry } from '#adapters/schema-registry/confluent.ts'
import { confluentClient } from '#adapters/schema-registry/confluent-client.ts'
import { asFailure } from '#core/failure.ts'
import { loadCodecs } from '#core/log/record-codecs.ts'
import { schemaDigest } from '#core/message/schema-digest.ts'
import { PUBLISHED } from '#schemas/generated/published.ts'
import { registerSchemas } from '../../infra/registry/register.ts'
import { testRegistry } from '../support/registry.ts'
import { schemaRegistryContract } from './schema-registry.ts'

const registry = await testRegistry()
afterAll(() => registry?.stop())

const fresh = () => `t${randomBytes(6).toString('hex')}.`
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'none',
    (error: unknown) => asFailure(error).code,
  )

/** Fields with a default may come and go under FULL_TRANSITIVE. */
const schema = (...fields: readonly string[]) =>
  JSON.stringify({
    type: 'record',
    name: 'grown',
    namespace: 'nl.schakel.test',
    fields: fields.map((name) => ({ name, type: 'string', default: '' })),
  })

if (registry) {
  const { url } = registry
  const put = async (texts: ReadonlyMap<string, string>, subjectPrefix: string) => {
    const published = [...texts].map(([name, text]) => ({ name, sha256: schemaDigest(text) }))
    return registerSchemas({ url, published, texts, subjectPrefix })
  }

  schemaRegistryContract('confluent', async (published, texts) => {
    const subjectPrefix = fresh()
    await put(texts, subjectPrefix)
    return openConfluentRegistry({ url, published, subjectPrefix })
  })

  describe('confluent: registering', () => {
    it('what this build publishes goes in, again gives the same ids, and codecs are made of it', async () => {
      const subjectPrefix = fresh()
      const first = await registerSchemas({ url, subjectPrefix })
      expect([...first.keys()]).toEqual(PUBLISHED.map(({ name }) => name))
      expect(await registerSchemas({ url, subjectPrefix })).toEqual(first)
      const opened = await openConfluentRegistry({ url, subjectPrefix })
      for (const { name, sha256 } of PUBLISHED)
        expect(await opened.byName(name)).toMatchObject({ id: first.get(name), sha256 })
      await loadCodecs(opened)
    })

    it('refuses what is not FULL_TRANSITIVE, and a text that is not the published one', async () => {
      const subjectPrefix = fresh()
      const name = 'nl.schakel.test.grown.v1'
      await put(new Map([[name, schema('a')]]), subjectPrefix)
      const bare = schema('a', 'b').replace(
        '"name":"b","type":"string","default":""',
        '"name":"b","type":"string"',
      )
      expect(await codeOf(put(new Map([[name, bare]]), subjectPrefix))).toBe('OPS_REGISTRY')
      const published = [{ name, sha256: schemaDigest(schema('a')) }]
      const texts = new Map([[name, schema('c')]])
      expect(await codeOf(registerSchemas({ url, published, texts, subjectPrefix }))).toBe('OPS_REGISTRY')
    })

    it('an older build finds its own schema after a newer one registered another', async () => {
      const subjectPrefix = fresh()
      const name = 'nl.schakel.test.grown.v1'
      const grown = [schema('a'), schema('a', 'b'), schema('a', 'b', 'c')]
      for (const text of grown) await put(new Map([[name, text]]), subjectPrefix)
      for (const text of grown) {
        const opened = await openConfluentRegistry({
          url,
          subjectPrefix,
          published: [{ name, sha256: schemaDigest(text) }],
        })
        expect((await opened.byName(name)).sha256).toBe(schemaDigest(text))
      }
    })
  })

  it('the compatibility of a subject is FULL_TRANSITIVE', async () => {
    const subjectPrefix = fresh()
    await put(new Map([['nl.schakel.test.grown.v1', schema('a')]]), subjectPrefix)
    const answer = await fetch(`${url}/config/${subjectPrefix}nl.schakel.test.grown.v1`)
    expect(await answer.json()).toMatchObject({ compatibilityLevel: 'FULL_TRANSITIVE' })
  })
} else {
  it('NOT RUN: no registry', () => {
    expect(process.env['CI']).not.toBe('true')
  })
}

describe('confluent: a registry that misbehaves', () => {
  let asked: string[] = []
  let answer: (path: string) => { status: number; body: string } | undefined = () => undefined
  let url = ''
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    const given = answer(request.url ?? '')
    if (given === undefined) return
    response.writeHead(given.status, { 'content-type': 'application/json' }).end(given.body)
  })
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/apis/ccompat/v7`
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  const name = 'nl.schakel.test.grown.v1'
  const published = [{ name, sha256: schemaDigest(schema('a')) }]
  const open = (patienceMs = 0) => openConfluentRegistry({ url, published, patienceMs })
  const good = (path: string) => ({
    status: 200,
    body: JSON.stringify(path.includes('/schemas/ids/') ? { schema: schema('a') } : { id: 7, version: 1 }),
  })

  it('is asked nothing after the start: not for known names and ids, not for strange ones', async () => {
    answer = good
    const registry = await open()
    asked = []
    for (let n = 0; n < 50; n += 1) {
      expect((await registry.byId(7)).sha256).toBe(published[0]?.sha256)
      expect(await codeOf(registry.byId(8))).toBe('OPS_REGISTRY')
      expect(await codeOf(registry.byName('other'))).toBe('OPS_REGISTRY')
    }
    expect(asked).toEqual([])
  })

  it('comes back while a start waits for it', async () => {
    let bad = 3
    answer = (path) => {
      bad -= 1
      return bad >= 0 ? { status: 503, body: '{}' } : good(path)
    }
    const said: string[] = []
    const registry = await openConfluentRegistry({ url, published, report: (text) => said.push(text) })
    expect((await registry.byName(name)).id).toBe(7)
    expect(said.length).toBeGreaterThan(0)
  })

  it.each([
    ['errors', { status: 500, body: '{"message":"no"}' }],
    ['refuses', { status: 401, body: '{"message":"no"}' }],
    ['talks nonsense', { status: 200, body: 'not json' }],
    ['gives ids that are none', { status: 200, body: '{"id":"7; DROP"}' }],
    ['gives no id', { status: 200, body: '{}' }],
  ])('one that %s is OPS_REGISTRY', async (_, given) => {
    answer = () => given
    expect(await codeOf(open())).toBe('OPS_REGISTRY')
  })

  it.each([
    ['another schema', JSON.stringify({ schema: schema('b') })],
    ['no Avro', JSON.stringify({ schema: '{"type":"nothing"}' })],
    ['no JSON inside', JSON.stringify({ schema: '{' })],
  ])('one that has %s under the id does not have the name', async (_, body) => {
    answer = (path) => (path.includes('/schemas/ids/') ? { status: 200, body } : good(path))
    expect(await codeOf(open().then((registry) => registry.byName(name)))).toBe('OPS_REGISTRY')
  })

  it('one that never answers is OPS_REGISTRY after its time; so is one that is not there', async () => {
    answer = () => undefined
    expect(await codeOf(open())).toBe('OPS_REGISTRY')
    const nobody = { url: 'http://127.0.0.1:1/apis/ccompat/v7', published, patienceMs: 0 }
    expect(await codeOf(openConfluentRegistry(nobody))).toBe('OPS_REGISTRY')
  })

  it('an address that is none, carries a password, or goes in the clear to another host is OPS_CONFIG', () => {
    for (const wrong of ['', 'ftp://127.0.0.1/x', 'http://192.0.2.1/x', 'https://a:b@registry.example.nl/x'])
      expect(() => confluentClient({ url: wrong })).toThrow('OPS_CONFIG')
  })
})
