import { afterEach, describe, expect, it } from 'vitest'
import type { Epoch, MessageType, Partner } from '#core/decision/epoch.ts'
import { Failure } from '#core/failure.ts'
import type { EndpointUrn, Oin, TypeName } from '#core/ids.ts'
import type { DutyRow } from '#core/ports/fold.ts'
import type { ConsolePorts } from '#services/console/ports.ts'
import { startConsole } from '#services/console/run.ts'
import { isOwnHost } from '#web/allowed-host.ts'
import { ConsoleHarness } from '../../support/console-harness.ts'
import { handoffId, questionOf, recordOf, storyRows, verdictOf } from '../../support/console-rows.ts'
import { handoffRow } from '../../support/handoff-row.ts'
import { testEpochOf } from '../../support/test-epoch.ts'

const EVIL = `"><script>alert(1)</script><img src=x onerror='alert(2)'>\`\${1}`

/** Every text that comes from outside is hostile: names, titles, fields, laws. */
function hostileEpoch(): Epoch {
  const epoch = testEpochOf()
  const partner = { name: EVIL, oin: '00000099000000002000' } as unknown as Partner
  const fields = [{ name: 'items', category: EVIL, perItem: true, nullable: false, nl: EVIL, en: EVIL }]
  const type = { name: EVIL, text: JSON.stringify({ nl: EVIL, en: EVIL }), fields } as unknown as MessageType
  return {
    ...epoch,
    profile: { strict: false },
    partners: new Map([[partner.oin, partner]]),
    types: new Map([['tip.ngo.forwarded' as TypeName, type]]),
    registers: new Map([['codes', { key: 'code', rows: [] }]]),
    facts: [
      {
        name: 'evil',
        type: 'String',
        origin: 'X',
        optional: true,
        nl: EVIL,
        en: EVIL,
      },
    ],
    policies: new Map([['evil', { reason: EVIL, source: EVIL, nl: EVIL, en: EVIL }]]),
  } as unknown as Epoch
}

function plainEpoch(): Epoch {
  return {
    ...testEpochOf(),
    profile: { strict: false },
    registers: new Map(),
    facts: [
      {
        name: 'riskAssessment',
        type: '{ level: Level, validUntil: datetime }',
        origin: 'T',
        optional: true,
        nl: 'risicotaxatie',
        en: 'risk assessment',
      },
      {
        name: 'criterion',
        type: 'String',
        origin: 'C',
        source: 'data.criterion',
        optional: true,
        nl: 'x',
        en: 'x',
      },
      {
        name: 'offence',
        type: '{ serious: Boolean }',
        origin: 'R',
        key: 'data.offenceCode',
        optional: true,
        nl: 'x',
        en: 'x',
      },
      { name: 'freeText', type: 'Boolean', origin: 'X', optional: false, nl: 'vrije tekst', en: 'free text' },
    ],
  } as unknown as Epoch
}

let harness: ConsoleHarness | undefined

async function started(epoch: Epoch, change: Partial<ConsolePorts> = {}): Promise<ConsoleHarness> {
  harness = await new ConsoleHarness(epoch, change).start()
  return harness
}

afterEach(async () => {
  await harness?.close()
  harness = undefined
})

describe('what the door refuses', () => {
  it('listens on loopback only', async () => {
    const { ports } = new ConsoleHarness(plainEpoch(), { host: '0.0.0.0' })
    await expect(startConsole(ports)).rejects.toMatchObject({ code: 'OPS_USAGE' })
  })

  it.each(['evil.example', 'evil.example:80', '127.0.0.1', '127.0.0.1:1', 'localhost.evil.example:7480'])(
    'Host %j: 421, and no page',
    async (host) => {
      const { ask } = await started(plainEpoch())
      const answer = await ask.call(harness, '/', { headers: { host } })
      expect(answer.status).toBe(421)
      expect(answer.body).not.toContain('data-live')
    },
  )

  it('no Host, or an empty one, is nobody’s', () => {
    expect([isOwnHost(undefined, 80), isOwnHost('', 80), isOwnHost('LOCALHOST:7480', 7480)]).toEqual([
      false,
      false,
      true,
    ])
  })

  it.each(['PUT', 'DELETE', 'PATCH', 'OPTIONS'])('%s: 405 with Allow', async (method) => {
    const console = await started(plainEpoch())
    for (const path of ['/', '/nothing', '/events']) {
      const answer = await console.ask(path, { method, body: 'x=1', headers: { 'content-length': '3' } })
      expect(answer.status).toBe(405)
      expect(answer.headers['allow']).toBe('GET, HEAD')
    }
  })

  it.each([
    ['/nothing', 404],
    ['/assets/../server.ts', 404],
    ['/assets/server.ts', 404],
    ['/assets/..%2fserver.ts', 404],
    ['/handoff/ho-3-2-00000000000000ff', 404],
    ['/handoff/__proto__', 404],
    [`/handoff/${encodeURIComponent(EVIL)}`, 404],
    ['/handoff/ho-3-2-00000000000000ff/proof.json', 404],
    ['/handoff/%', 400],
    ['/?state=open', 400],
    ['/?before=1', 400],
    ['/fragment/handoffs?verdict=a&verdict=b', 400],
  ])('%s: %i, as a page', async (path, status) => {
    const console = await started(plainEpoch())
    const answer = await console.ask(path, { headers: { 'accept-language': 'nl' } })
    expect(answer.status).toBe(status)
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(answer.body).toContain('<html lang="nl">')
    expect(answer.body).not.toContain('<script>alert')
  })

  it('answers what control, view or a bug break without saying how', async () => {
    const secret = 'geheim-uit-de-fout'
    const console = await started(plainEpoch(), {
      control: {
        current: () => {
          throw new Failure('OPS_CONTROL', undefined, secret)
        },
      } as unknown as ConsolePorts['control'],
      matrix: async () => {
        throw new Error(secret)
      },
    })
    const [start, matrix] = [await console.ask('/'), await console.ask('/matrix')]
    expect([start.status, matrix.status]).toEqual([503, 500])
    expect(start.headers['retry-after']).toBeDefined()
    expect(start.body + matrix.body).not.toContain(secret)
    expect(console.reported.map(({ failure }) => failure.code)).toEqual(['OPS_CONTROL', 'BUG_UNEXPECTED'])
  })
})

describe('headers', () => {
  it('allow our own style and script, and nothing inline, on every answer', async () => {
    const console = await started(plainEpoch())
    for (const path of ['/', '/about', '/nothing', '/assets/live.js', '/matrix']) {
      const { headers, body } = await console.ask(path)
      expect(headers['content-security-policy']).toContain("default-src 'none'")
      expect(headers['content-security-policy']).not.toContain('unsafe')
      expect(headers['x-content-type-options']).toBe('nosniff')
      expect(headers['cross-origin-resource-policy']).toBe('same-origin')
      expect(headers['access-control-allow-origin']).toBeUndefined()
      expect(headers['set-cookie']).toBeUndefined()
      expect(body).not.toMatch(/<style|\sstyle="|\son[a-z]+="/)
    }
  })

  it('HEAD gives the headers alone', async () => {
    const console = await started(plainEpoch())
    const answer = await console.ask('/', { method: 'HEAD' })
    expect([answer.status, answer.body]).toEqual([200, ''])
  })
})

describe('hostile texts', () => {
  it('stay text on every page, in both languages', async () => {
    const console = await started(hostileEpoch(), {
      gateway: 'https://127.0.0.1:7400',
      checkpoint: async () => ({ origin: EVIL, size: 3, root: EVIL, time: 0 }),
      matrix: async () =>
        `a.b: ${'<b>'} -> ${'<i>'}\n  permit ${EVIL}\n  shows  ${EVIL}\n  listed ${EVIL}\n${EVIL}\n`,
      proof: async () => JSON.stringify({ leaves: [{ entry: EVIL, proof: EVIL }, EVIL] }),
    })
    const handoff = handoffId(3, 4)
    const to = 'urn:nld:oin:00000099000000002000:systeem:zaken' as EndpointUrn
    const from = EVIL as EndpointUrn
    const record = recordOf(handoff, {
      cause: EVIL,
      message: EVIL,
      question: questionOf({
        type: 'tip.ngo.forwarded' as TypeName,
        from,
        to,
        terms: { purpose: EVIL, basis: EVIL, ground: EVIL, validUntil: Number.NaN },
        label: {
          handling: EVIL,
          regime: EVIL,
          marks: [{ originator: EVIL, handling: EVIL, regimes: [EVIL], classes: [EVIL], limit: null }],
        },
        facts: { evil: EVIL, [EVIL]: EVIL },
        members: [{ name: EVIL, category: EVIL, wpgClass: EVIL, withheldBySender: false }],
      }),
      verdict: verdictOf({
        kind: 'hold',
        reasons: [{ code: EVIL, rule: 'evil', article: EVIL, verified: false, needs: EVIL, tell: false }],
        basis: [{ rule: EVIL, article: EVIL, verified: false }],
        shown: [EVIL],
        withheld: [{ member: `items/${EVIL}`, reason: EVIL, rule: EVIL }],
        obligations: [EVIL],
      }),
    })
    const asks = { handoff: EVIL as typeof handoff, guard: EVIL }
    console.view.put(handoffRow({ handoff, from, to, sdHash: EVIL, asks }), undefined, [record])
    for (const lang of ['nl', 'en'])
      for (const path of ['/', `/handoff/${handoff}`, '/ledger', '/matrix', '/about', '/fragment/handoffs']) {
        const { status, body } = await console.ask(`${path}?lang=${lang}&x=${encodeURIComponent(EVIL)}`)
        expect([path, status]).toEqual([path, 200])
        expect(body).not.toContain('<script>')
        expect(body).not.toContain('<img')
      }
    expect(console.reported).toEqual([])
  })

  it('a gateway address that is none makes no links', async () => {
    const { ports } = new ConsoleHarness(plainEpoch(), { gateway: 'javascript:alert(1)//' })
    await expect(startConsole(ports)).rejects.toMatchObject({ code: 'OPS_USAGE' })
  })
})

describe('nothing personal is shown', () => {
  it('facts read from data are known, no more; other facts are told', async () => {
    const console = await started(plainEpoch())
    const handoff = handoffId(3, 4)
    const to = 'urn:nld:oin:00000099000000002000:systeem:zaken' as EndpointUrn
    const facts = {
      riskAssessment: { level: 'Vermeulen-HIGH', validUntil: 1 },
      criterion: 'Vermeulen-criterion',
      offence: { serious: true },
      undeclared: 'Vermeulen-undeclared',
      freeText: 'Vermeulen-not-a-boolean',
    }
    const question = questionOf({ type: 'kmar.alert' as TypeName, from: to, to, facts })
    const record = recordOf(handoff, { question, verdict: verdictOf({}) })
    console.view.put(handoffRow({ handoff, to }), undefined, [record])
    const { body } = await console.ask(`/handoff/${handoff}?lang=nl`)
    expect(body).not.toContain('Vermeulen')
    expect(body).toContain('vrije tekst')
    expect(body.match(/waarde wordt hier niet getoond/g)).toHaveLength(5)
  })
})

describe('deadlines on the page of a hand-off', () => {
  it('has deadlines where there are any, in both languages, and what it answers of others', async () => {
    const console = await started(plainEpoch())
    const [first] = storyRows()
    const handoff = first?.row.handoff ?? handoffId(1, 1)
    if (first) console.view.put(first.row, undefined, first.records)
    const page = async (lang: string) => (await console.ask(`/handoff/${handoff}?lang=${lang}`)).body
    expect(await page('en')).not.toContain('id="duties"')
    const row = {
      handoff,
      duty: EVIL,
      kind: 'act',
      owner: 'exchange',
      state: 'missed',
      awaits: null,
      dueAt: 0,
    }
    console.duties = [row as unknown as DutyRow]
    console.met = [{ ...row, state: 'late', handoff: handoffId(3, 4) } as unknown as DutyRow]
    const [english, dutch] = [await page('en'), await page('nl')]
    for (const body of [english, dutch]) {
      expect(body).toContain('id="duties"')
      expect(body).not.toContain(EVIL)
      expect(body).toContain(`/handoff/${handoffId(3, 4)}`)
    }
    expect([english.includes('missed'), dutch.includes('te laat')]).toEqual([true, true])
  })
})

describe('the hand-off page', () => {
  it('tells erased content, what the sender may not read, and a decision that is gone', async () => {
    const console = await started(plainEpoch())
    for (const { row, records } of storyRows()) console.view.put(row, undefined, records)
    const bare = handoffId(9, 9)
    console.view.put(handoffRow({ handoff: bare, to: storyRows()[0]?.row.to as EndpointUrn }))
    const page = async (id: string) => (await console.ask(`/handoff/${id}?lang=en`)).body
    expect(await page(handoffId(3, 8))).toContain('The content of this message was erased')
    expect(await page(handoffId(3, 5))).toContain('The sender reads only: under review.')
    expect(await page(bare)).toContain('No decision of this hand-off can be read')
  })

  it('uses the words of the epoch decided under, and says when those are gone', async () => {
    const current = { ...plainEpoch(), number: 7 }
    const control = {
      current: () => ({ epoch: current, readAt: 0 }),
      refresh: async () => ({ epoch: current, readAt: 0 }),
      artefact: async () => undefined,
      resolve: async (number: number) => {
        if (number !== 1) throw new Failure('OPS_CONTROL')
        return plainEpoch()
      },
    }
    const console = await started(current, { control })
    const [first] = storyRows()
    if (!first) throw new Error('no story')
    console.view.put(first.row, undefined, first.records)
    expect((await console.ask(`/handoff/${first.row.handoff}?lang=en`)).body).toContain('those of 1.')
    console.view.put(
      first.row,
      undefined,
      first.records.map((record) => ({ ...record, epoch: 3 })),
    )
    const gone = await console.ask(`/handoff/${first.row.handoff}?lang=en`)
    expect(gone.body).toContain('rules number 3, which cannot be read here any more')
  })

  it('gives the bundle as a file; none, or a broken ledger, is 404 and told on the page', async () => {
    let answer: () => Promise<string | undefined> = async () => '{"leaves":[]}'
    const console = await started(plainEpoch(), { proof: () => answer() })
    const [first] = storyRows()
    if (!first) throw new Error('no story')
    console.view.put(first.row, undefined, first.records)
    const path = `/handoff/${first.row.handoff}`
    const file = await console.ask(`${path}/proof.json`)
    expect(file.headers['content-type']).toContain('application/json')
    expect(file.headers['content-disposition']).toBe(
      `attachment; filename="schakel-${first.row.handoff}.json"`,
    )
    expect((await console.ask(path)).body).toContain(`${path}/proof.json`)
    answer = async () => {
      throw new Failure('OPS_LEDGER')
    }
    expect((await console.ask(`${path}/proof.json`)).status).toBe(404)
    expect((await console.ask(`${path}?lang=en`)).body).toContain('No proof yet')
    expect(console.reported.map(({ failure }) => failure.code)).toContain('OPS_LEDGER')
  })
})

describe('languages', () => {
  it.each([
    ['nl', undefined, 'nl'],
    ['nl-BE,en;q=0.8', undefined, 'nl'],
    ['en-GB,nl', undefined, 'en'],
    ['', undefined, 'en'],
    ['en', 'nl', 'nl'],
    ['nl', 'en', 'en'],
    ['nl', 'de', 'nl'],
  ])('Accept-Language %j, lang %j: %s', async (accept, lang, expected) => {
    const console = await started(plainEpoch())
    const path = lang === undefined ? '/about' : `/about?lang=${lang}`
    const { body, headers } = await console.ask(path, { headers: { 'accept-language': accept } })
    expect(body).toContain(`<html lang="${expected}">`)
    expect(headers['content-language']).toBe(expected)
    expect(headers['vary']).toContain('Accept-Language')
  })

  it('the switch keeps the page and its parameters', async () => {
    const console = await started(plainEpoch())
    const { body } = await console.ask('/?state=held&partner=00000099000000002000&lang=nl')
    expect(body).toContain('href="/?state=held&amp;partner=00000099000000002000&amp;lang=en"')
  })
})

describe('live', () => {
  it('says that something changed, never what, and ends when the console closes', async () => {
    const console = await started(plainEpoch())
    const answer = await fetch(`${console.url}/events`, { headers: { cookie: console.cookie } })
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
    expect(answer.headers.get('content-type')).toBe('text/event-stream')
    expect((await reader?.read())?.value).toContain('event: ready')
    console.view.touch(3, 9)
    expect((await reader?.read())?.value).toBe('event: changed\ndata: \n\n')
    await console.close()
    expect((await reader?.read())?.done).toBe(true)
  })

  it('lets go of its place when the reader leaves', async () => {
    const console = await started(plainEpoch())
    for (let round = 0; round < 40; round += 1) {
      const leave = new AbortController()
      const answer = await fetch(`${console.url}/events`, {
        signal: leave.signal,
        headers: { cookie: console.cookie },
      })
      expect(answer.status).toBe(200)
      await answer.body?.getReader().read()
      leave.abort()
      await expect.poll(() => console.view.waiting).toBe(0)
    }
  })
})

describe('oin of a partner that nobody registered', () => {
  it('is shown as it is', async () => {
    const console = await started(plainEpoch())
    const to = 'urn:nld:oin:00000099000000009999:systeem:x' as EndpointUrn
    console.view.put(handoffRow({ handoff: handoffId(1, 2), to, from: to }))
    expect((await console.ask('/')).body).toContain(to)
    expect((await console.ask(`/?partner=${'00000099000000009999' as Oin}`)).body).toContain(to)
  })
})
