import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Failure } from '#core/failure.ts'
import { makeSecret } from '#web/accounts.ts'
import { Door } from '#web/door.ts'
import { html } from '#web/html.ts'
import { listen, openSite } from '#web/site.ts'
import { askSite, type SiteAsking } from '../../support/ask-site.ts'

const words = (product: string) => ({ product, tagline: 'synthetic', desk: `${product} desk`, rest: 'rest' })
const secret = await makeSecret('correct horse')
const reported: Failure[] = []
const door = new Door({
  cookie: 'schakel-test',
  now: () => 0,
  accounts: async () => [{ actor: 'ann-1', name: 'Ann', roles: ['desk'], secret }],
})
const site = openSite({
  texts: { nl: words('Balie'), en: words('Desk') },
  menu: [
    { path: '/', label: (texts) => texts.desk },
    { path: '/rest', label: (texts) => texts.rest },
  ],
  rolesFor: (path) => (path === '/open' ? null : path.startsWith('/rest') ? ['approver'] : ['desk']),
  door,
  footer: () => html`<p>foot</p>`,
  report: (failure) => reported.push(failure),
})
let running: Awaited<ReturnType<typeof listen>>
const ask = (path: string, asking?: SiteAsking) => askSite(running.url, path, asking)
const cookieFor = (...roles: string[]) =>
  door.enterByCode(door.startCode({ actor: 'x-1', name: 'X', roles })).split(';')[0] ?? ''

beforeAll(async () => {
  for (const path of ['/', '/open', '/rest', '/rest/deep'])
    site.server.get(path, async (request, reply) =>
      site.page(request, reply, { title: path, main: html`<h1>${path}</h1>`, below: '/rest' }),
    )
  site.server.get('/broken', async () => {
    throw new Error('secret detail')
  })
  site.server.post('/', async (request) => ({ actor: site.user(request)?.actor }))
  running = await listen(site, '127.0.0.1', 0)
})
afterAll(() => running.close())

describe('a site', () => {
  it('listens on loopback only', async () => {
    await expect(listen(site, '0.0.0.0', 0)).rejects.toMatchObject({ code: 'OPS_USAGE' })
  })

  it('shows nothing to who is not signed in, and shows browsers the way', async () => {
    const page = await ask('/?lang=nl')
    expect([page.status, page.headers['location']]).toEqual([303, '/sign-in?lang=nl'])
    expect((await ask('/', { headers: { accept: 'application/json' } })).status).toBe(401)
    expect((await ask('/', { form: {} })).status).toBe(401)
    expect((await ask('/open')).status).toBe(200)
  })

  it('keeps roles apart', async () => {
    const cookie = cookieFor('desk')
    expect((await ask('/', { cookie })).status).toBe(200)
    expect((await ask('/rest/deep', { cookie })).status).toBe(403)
    expect((await ask('/', { cookie })).body).not.toContain('href="/rest"')
    const other = await ask('/', { cookie: cookieFor('approver') })
    expect([other.status, other.headers['location']]).toEqual([303, '/rest'])
    expect((await ask('/', { cookie: cookieFor('none') })).status).toBe(403)
  })

  it('gives no page by another spelling of its address: the router decodes, and roles are judged as sent', async () => {
    const cookie = cookieFor('desk')
    for (const path of ['/%72est', '/%72est/deep', '/r%65st', '/%6fpen', '/rest%2fdeep'])
      expect([path, (await ask(path, { cookie })).status]).toEqual([path, 404])
  })

  it('takes no form from elsewhere', async () => {
    const cookie = cookieFor('desk')
    const foreign = { cookie, form: {}, headers: { 'sec-fetch-site': 'cross-site' } }
    expect((await ask('/', foreign)).status).toBe(403)
    expect((await ask('/', { cookie, form: {} })).body).toContain('x-1')
  })

  it('signs in with account or code, and out', async () => {
    expect((await ask('/sign-in', { form: { actor: 'ann-1', passphrase: 'no' } })).status).toBe(401)
    expect((await ask('/sign-in?code=wrong')).status).toBe(401)
    const entered = await ask('/sign-in', { form: { actor: 'ann-1', passphrase: 'correct horse' } })
    const cookie = String(entered.headers['set-cookie']).split(';')[0] ?? ''
    expect(entered.status).toBe(303)
    expect((await ask('/?lang=en', { cookie })).body).toContain('Signed in: Ann')
    await ask('/sign-out', { cookie, form: {} })
    expect((await ask('/', { cookie })).status).toBe(303)
  })

  it('answers a failure in both languages without its cause', async () => {
    const cookie = cookieFor('desk')
    const page = await ask('/broken?lang=nl', { cookie })
    expect([page.status, page.headers['content-language'], page.body.includes('secret detail')]).toEqual([
      500,
      'nl',
      false,
    ])
    expect(reported).toHaveLength(1)
    expect((await ask('/nothing', { cookie })).status).toBe(404)
  })

  it('marks the page in the menu, and the section of what lies below', async () => {
    const cookie = cookieFor('approver')
    expect((await ask('/rest', { cookie })).body).toContain('<a href="/rest" aria-current="page">')
    expect((await ask('/rest/deep', { cookie })).body).toContain('<a href="/rest" aria-current="true">')
  })
})
