import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadAssets } from '#web/page-assets.ts'
import { PAGE_LIMITS, pageServer } from '#web/page-server.ts'

const reports: string[] = []
const server = pageServer({
  assets: loadAssets(),
  refused: (_request, reply, { status }) => reply.type('text/plain').send(String(status)),
  report: (_error, id) => reports.push(id),
})
server.get('/', async () => 'page')
server.post('/form', async (request) => request.body)
server.get('/broken', async () => {
  throw new Error('secret detail')
})
let base = ''

beforeAll(async () => {
  await server.listen({ host: '127.0.0.1', port: 0 })
  base = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`
})
afterAll(() => server.close())

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
const post = (headers: Record<string, string>, body = 'a=1') =>
  fetch(`${base}/form`, { method: 'POST', headers: { ...FORM, ...headers }, body })

describe('a page server refuses', () => {
  it('a form from elsewhere, or from nowhere', async () => {
    expect((await post({ origin: 'https://elsewhere.example' })).status).toBe(403)
    expect((await post({ origin: base, 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    expect((await post({ origin: base, 'sec-fetch-site': 'same-site' })).status).toBe(403)
    expect((await post({ origin: 'null' })).status).toBe(403)
  })

  it('other methods, other bodies, too much, and what is not UTF-8', async () => {
    expect((await fetch(`${base}/form`, { method: 'DELETE' })).status).toBe(405)
    expect((await post({ origin: base, 'content-type': 'application/json' }, '{}')).status).toBe(400)
    expect((await post({ origin: base }, `a=${'x'.repeat(PAGE_LIMITS.formBytes)}`)).status).toBe(413)
    expect((await post({ origin: base }, 'a=%ff%fe')).status).toBe(400)
    expect((await post({ origin: base }, 'a=1&'.repeat(300))).status).toBe(400)
  })

  it('files that are not named, and tells nothing of what broke', async () => {
    expect((await fetch(`${base}/assets/page-server.ts`)).status).toBe(404)
    const broken = await fetch(`${base}/broken`)
    expect([broken.status, await broken.text()]).toEqual([500, '500'])
    expect(reports).toHaveLength(1)
  })
})

describe('a page server answers', () => {
  it('a form of its own page, trimmed, line ends as one', async () => {
    const answer = await post({ 'sec-fetch-site': 'same-origin' }, 'a=+x%0D%0Ay+&a=2&b=')
    expect(await answer.json()).toEqual({ a: 'x\ny', b: '' })
  })

  it('with security headers on everything', async () => {
    for (const path of ['/', '/assets/schakel.css', '/nothing', '/broken']) {
      const { headers } = await fetch(base + path)
      expect(headers.get('content-security-policy')).toContain("default-src 'none'")
      expect(headers.get('x-content-type-options')).toBe('nosniff')
    }
  })
})
