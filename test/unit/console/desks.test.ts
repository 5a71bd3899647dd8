import { afterEach, describe, expect, it } from 'vitest'
import type { Epoch } from '#core/decision/epoch.ts'
import { Failure } from '#core/failure.ts'
import type { ConsolePorts } from '#services/console/ports.ts'
import type { ReplayAnswer, ReplayAsk } from '#services/console/replay-ask.ts'
import { rolesFor } from '#services/console/roles.ts'
import { ConsoleHarness, NO_OPERATIONS } from '../../support/console-harness.ts'
import { handoffId, storyRows } from '../../support/console-rows.ts'
import { testEpochOf } from '../../support/test-epoch.ts'

const EVIL = '"><script>alert(1)</script>'
const epoch = {
  ...testEpochOf(),
  profile: { strict: false },
  registers: new Map(),
  facts: [],
} as unknown as Epoch

let harness: ConsoleHarness | undefined
async function started(change: Partial<ConsolePorts> = {}): Promise<ConsoleHarness> {
  harness = await new ConsoleHarness(epoch, change).start()
  return harness
}
afterEach(async () => {
  await harness?.close()
  harness = undefined
})

const HTML = { accept: 'text/html' }
const form = (console: ConsoleHarness, path: string, body: string, headers: Record<string, string> = {}) =>
  console.ask(path, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': String(Buffer.byteLength(body)),
      origin: console.url,
      ...headers,
    },
  })

describe('each page is behind a role', () => {
  it('nobody signed in sees no hand-off: a reader is shown the way, a script gets 401', async () => {
    const console = await started()
    console.cookie = ''
    for (const path of [
      '/',
      '/handoff/ho-3-2-00000000000000ff',
      '/ledger',
      '/matrix',
      '/operator',
      '/replay',
    ]) {
      const reader = await console.ask(path, { headers: HTML })
      expect([path, reader.status, reader.headers['location']]).toEqual([path, 303, '/sign-in'])
      expect((await console.ask(path)).status).toBe(401)
    }
    expect((await console.ask('/events')).status).toBe(401)
    expect((await form(console, '/replay', '')).status).toBe(401)
  })

  it('the operator reads no decision, the auditor runs nothing', async () => {
    const console = await started()
    console.cookie = console.signIn('operator')
    expect((await console.ask('/operator')).status).toBe(200)
    for (const path of ['/handoff/ho-3-2-00000000000000ff', '/replay', '/fragment/handoffs', '/events'])
      expect([path, (await console.ask(path)).status]).toEqual([path, 403])
    expect((await console.ask('/')).headers['location']).toBe('/operator')
    console.cookie = console.signIn('auditor')
    for (const path of ['/operator', '/fragment/operator'])
      expect([path, (await console.ask(path)).status]).toEqual([path, 403])
    expect((await console.ask('/')).status).toBe(200)
  })

  it('a path that nobody thought of is the auditor’s', () => {
    expect(rolesFor('/something/new')).toEqual(['auditor'])
    expect(rolesFor('/aboutx')).toEqual(['auditor'])
  })

  it('the menu names only what this reader may open', async () => {
    const console = await started()
    console.cookie = console.signIn('operator')
    const { body } = await console.ask('/operator')
    expect(body).not.toContain('href="/replay"')
    expect(body).toContain('href="/ledger"')
  })
})

describe('signing in', () => {
  it('a wrong code, and a wrong passphrase, let nobody in', async () => {
    const console = await started()
    console.cookie = ''
    expect((await console.ask('/sign-in?code=wrong')).status).toBe(401)
    const answer = await form(console, '/sign-in', 'actor=nobody&passphrase=x')
    expect([answer.status, answer.headers['set-cookie']]).toEqual([401, undefined])
  })

  it('a start code leads on, out of the address bar; signing out ends it', async () => {
    const console = await started()
    const code = console.door.startCode({ actor: 'a', name: EVIL, roles: ['auditor'] })
    console.cookie = ''
    const answer = await console.ask(`/sign-in?code=${code}`)
    expect([answer.status, answer.headers['location']]).toEqual([303, '/'])
    console.cookie = String(answer.headers['set-cookie']).split(';')[0] ?? ''
    const page = await console.ask('/')
    expect(page.status).toBe(200)
    expect(page.body).not.toContain('<script>alert')
    await form(console, '/sign-out', '')
    expect((await console.ask('/')).status).toBe(401)
  })
})

describe('the operator’s desk', () => {
  it('tells services, partitions, what was set aside, and charts with their numbers', async () => {
    const console = await started({
      operations: async () => ({
        ...NO_OPERATIONS,
        services: [{ name: EVIL, ready: false, note: 'unavailable OPS_LOG' }],
        newestEpoch: 4,
        partitions: [{ partition: 3, head: 17, epoch: 3, waiting: null, voids: 2 }],
        parked: [{ partition: 3, seq: 9, code: 'BUG_UNEXPECTED', at: NO_OPERATIONS.at }],
        parkedTotal: 1,
        verdicts: [{ from: NO_OPERATIONS.at, permit: 5, redacted: 0, hold: 1, deny: 2 }],
        reasons: [{ code: 'NO_LEGAL_BASIS', count: 2 }],
        deadlines: [{ from: NO_OPERATIONS.at, held: 1, sealed: 0 }],
      }),
    })
    const { body } = await console.ask('/operator?lang=en')
    for (const text of [
      'OPS_LOG',
      'schakel redrive 3-9',
      'NO_LEGAL_BASIS',
      'behind',
      '<td class="number">5</td>',
    ])
      expect(body).toContain(text)
    expect(body).not.toContain('<script>alert')
  })

  it('says 503 while the exchange cannot be read', async () => {
    const console = await started({ operations: () => Promise.reject(new Failure('OPS_LOG_UNAVAILABLE')) })
    expect((await console.ask('/operator')).status).toBe(503)
  })
})

describe('the auditor’s replay', () => {
  const answer: ReplayAnswer = {
    total: 12,
    rederived: 11,
    reasoned: 1,
    attested: 0,
    differs: 1,
    seconds: 1,
    differing: [{ handoff: handoffId(3, 4), what: EVIL }],
    flips: [
      {
        handoff: handoffId(3, 4),
        type: 'kmar.alert',
        was: 'permit',
        would: 'deny',
        reasons: ['NO_LEGAL_BASIS'],
        members: [],
      },
    ],
  }
  const rules = async () => new Map([['contracts/legal/wpg-15.cedar', `// ${EVIL}`]])

  it('refuses what is no date, no partner, no rule of ours', async () => {
    const console = await started({ rules })
    for (const body of [
      'from=yesterday',
      'from=2026-13-45',
      'partner=x',
      'type=%3Cx',
      'file=contracts/legal/x.cedar',
    ])
      expect([body, (await form(console, '/replay', body)).status]).toEqual([body, 400])
    expect((await console.ask('/replay?file=../../etc/passwd')).status).toBe(404)
  })

  it('runs one at a time, shows how far it is, and what differs and would flip', async () => {
    const asked: ReplayAsk[] = []
    const { promise, resolve } = Promise.withResolvers<ReplayAnswer>()
    const console = await started({
      rules,
      replay: (ask, progress) => {
        asked.push(ask)
        progress(7)
        return promise
      },
    })
    const body = `from=2026-01-01&file=contracts%2Flegal%2Fwpg-15.cedar&rule=${encodeURIComponent('permit(principal, action, resource);')}`
    expect((await form(console, '/replay', body)).status).toBe(303)
    expect(asked[0]?.rules?.get('contracts/legal/wpg-15.cedar')).toBe('permit(principal, action, resource);')
    expect(asked[0]?.from).toBe(Date.UTC(2026, 0, 1))
    expect((await form(console, '/replay', body)).status).toBe(409)
    expect((await console.ask('/replay?lang=en')).body).toContain('7 verdicts so far')
    resolve(answer)
    await promise
    const page = (await console.ask('/replay?lang=en')).body
    expect(page).toContain('NO_LEGAL_BASIS')
    expect(page).toContain('data-ended')
    expect(page).not.toContain('<script>alert')
  })

  it('stops when it is told to', async () => {
    const console = await started({
      rules,
      replay: (_ask, _progress, signal) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    })
    await form(console, '/replay', '')
    expect((await form(console, '/replay/stop', '')).status).toBe(303)
    await new Promise((resolve) => setImmediate(resolve))
    expect((await console.ask('/fragment/replay')).body).toContain('data-ended')
    expect(console.reported).toEqual([])
  })

  it('is not offered where this process may not read what was handed in', async () => {
    const console = await started({ rules, replay: null })
    const page = await console.ask('/replay?lang=en')
    expect([page.status, page.body.includes('<form method="post" action="/replay')]).toEqual([200, false])
    expect((await form(console, '/replay', '')).status).toBe(405)
  })

  it('a text that is no rule is the reader’s to mend', async () => {
    const console = await started({ rules, replay: () => Promise.reject(new Failure('OPS_CONTROL')) })
    await form(console, '/replay', 'file=contracts%2Flegal%2Fwpg-15.cedar&rule=nonsense')
    await new Promise((resolve) => setImmediate(resolve))
    expect((await console.ask('/fragment/replay')).body).toContain('OPS_CONTROL')
  })
})

describe('search', () => {
  it('finds a hand-off and a message by id, and nothing by another', async () => {
    const console = await started()
    for (const { row, records } of storyRows()) console.view.put(row, undefined, records)
    const [first] = storyRows()
    if (!first) throw new Error('no story')
    for (const id of [first.row.handoff, first.row.message])
      expect((await console.ask(`/?id=${id}`)).headers['location']).toMatch(/^\/handoff\/ho-/)
    expect((await console.ask('/?id=nothing')).status).toBe(404)
  })

  it('by type, reason and day; what is none of these is refused', async () => {
    const console = await started()
    for (const { row, records } of storyRows()) console.view.put(row, undefined, records)
    const rows = async (query: string) =>
      ((await console.ask(`/?${query}`)).body.match(/data-handoff=/g) ?? []).length
    const all = await rows('')
    expect(all).toBeGreaterThan(2)
    expect(await rows('type=no.such.type')).toBe(0)
    expect(await rows('reason=NO_SUCH_REASON')).toBe(0)
    expect(await rows('from=2000-01-01&until=2000-01-02')).toBe(0)
    expect(await rows('from=2000-01-01&until=2100-01-01')).toBe(all)
    for (const query of ['type=%3C', 'reason=x', 'from=soon', 'until=2026-99-99'])
      expect([query, (await console.ask(`/?${query}`)).status]).toEqual([query, 400])
  })
})
