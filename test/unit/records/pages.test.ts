import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RECORDS_ROLES, recordsPages } from '#services/records/pages/records-pages.ts'
import { recordsSite } from '#services/records/start-records.ts'
import { askAll } from '#services/records/vog-acts.ts'
import { arriveAtVog } from '#services/records/vog-desk.ts'
import { Door } from '#web/door.ts'
import { listen } from '#web/site.ts'
import { askSite } from '../../support/ask-site.ts'
import { arrived, FakeDesks } from '../../support/records-desks.ts'
import { CODES, KLARA } from '../../support/records-samples.ts'

const desks = new FakeDesks()
const door = new Door({ accounts: async () => [], cookie: 'records', now: () => desks.now })
const cookies = new Map<string, string>()
let listening: Awaited<ReturnType<typeof listen>>

beforeAll(async () => {
  const site = recordsSite(door, (error) => {
    throw error
  })
  recordsPages({ site, records: desks.records, codes: CODES, now: () => desks.now, refOf: (urn) => urn })
  listening = await listen(site, '127.0.0.1', 0)
  for (const role of RECORDS_ROLES) {
    const set = door.enterByCode(door.startCode({ actor: `${role}-1`, name: role, roles: [role] }))
    cookies.set(role, set.split(';')[0] ?? '')
  }
})
afterAll(() => listening.close())

const ask = (path: string, role?: string, form?: Readonly<Record<string, string>>) => {
  const cookie = cookies.get(role ?? '')
  return askSite(listening.url, path, { ...(cookie ? { cookie } : {}), ...(form ? { form } : {}) })
}

const application = (ref: string, change: object = {}) => ({
  applicationRef: ref,
  personRef: `P-${ref}`,
  identity: {
    surname: 'VOORBEELD <b>',
    givenNames: 'KLARA TEST',
    birthDate: '1990-02-14',
    birthPlace: null,
    birthCountry: null,
    formerNames: null,
  },
  nationalities: ['DE'],
  vogProfile: 'CHILDREN_PAID',
  position: 'groepsleider',
  consent: { ref: 'C-1', givenAt: '2026-04-15T12:00:00Z', withdrawnAt: null },
  riskDeclared: null,
  receivedAt: '2026-04-15T12:00:00Z',
  ...change,
})

describe('who may open what', () => {
  it.each([
    ['/counter', 'counter'],
    ['/counter/new', 'counter'],
    ['/counter/application?ref=x', 'counter'],
    ['/vog', 'assessor'],
    ['/vog/file?ref=x', 'assessor'],
    ['/justid', 'authority'],
    ['/justid/reply?of=x', 'authority'],
  ])('%s is for %s alone', async (path, role) => {
    expect((await ask(path)).status).toBe(303)
    for (const other of RECORDS_ROLES) {
      const { status } = await ask(path, other)
      expect([other, status === 403]).toEqual([other, other !== role])
    }
  })

  it.each([
    ['/counter/consent', 'assessor'],
    ['/vog/decide', 'counter'],
    ['/vog/offered', 'authority'],
    ['/justid/extract', 'counter'],
    ['/justid/reply', 'assessor'],
  ])('nobody else posts to %s', async (path, role) => {
    expect((await ask(path, undefined, {})).status).toBe(401)
    expect((await ask(path, role, {})).status).toBe(403)
  })
})

describe('the counter', () => {
  it('shows what is wrong, keeps what was typed, ticks no consent beforehand, and sends nothing', async () => {
    const empty = await ask('/counter/new?lang=nl', 'counter')
    expect(empty.body).not.toContain(' checked')
    const { status, body } = await ask('/counter/new?lang=nl', 'counter', {
      ...KLARA,
      consent: '',
      birthDate: 'x',
    })
    expect([status, desks.loket.said]).toEqual([400, []])
    expect(body).toContain('value="VOORBEELD"')
    expect(body.match(/aria-invalid/g)).toHaveLength(2)
  })

  it('gives number and code once; the code is on no later page and in no drawer', async () => {
    const { body } = await ask('/counter/new', 'counter', KLARA)
    const code = /[A-Z2-9]{4}(?:-[A-Z2-9]{4}){3}/.exec(body)?.[0] ?? ''
    const ref = /VOG-[A-Z2-9]{10}/.exec(body)?.[0] ?? ''
    expect(code).not.toBe('')
    const later = await ask(`/counter/application?ref=${ref}`, 'counter')
    expect(later.body).toContain('VOORBEELD')
    expect(later.body).not.toContain(code)
    const answers = []
    const check = async (more: string) =>
      (await ask('/certificate?lang=en', undefined, { ref, code: more })).body
    answers.push(await check(code), await check('AAAA-AAAA-AAAA-AAAA'))
    const { counter } = desks.records
    counter.arrive(
      arrived('vog.refusal.intended', { applicationRef: ref, grounds: 'GRONDEN', viewsUntil: '2026-05-01' }),
    )
    counter.arrive(arrived('vog.decision', { applicationRef: ref, outcome: 'REFUSED' }))
    answers.push(await check(code))
    answers.push((await ask('/certificate?lang=en', undefined, { ref: 'VOG-NOBODY', code })).body)
    expect(new Set(answers).size).toBe(1)
    expect(answers[0]).toContain('No, there is no certificate')
    counter.arrive(arrived('vog.decision', { applicationRef: ref, outcome: 'ISSUED' }))
    expect(await check(code.toLowerCase())).toContain('Yes, this certificate')
    expect((await ask(`/counter/application?ref=${ref}`, 'counter')).body).toContain('GRONDEN')
  })
})

describe('a file', () => {
  it('shows codes with what the register knows of them, and escapes what others wrote', async () => {
    const { vog } = desks.records
    arriveAtVog(vog, arrived('vog.application', application('VOG-F')))
    await askAll(vog, 'VOG-F', false, { actor: 'vog-92' })
    const row = (code: string, national: string | null) => ({ code, national })
    const conviction = {
      ref: 'DE-7',
      state: 'DE',
      court: 'Amtsgericht <script>',
      convictedOn: '2019-05-02',
      offences: [row('1009 00', null), row('1009 99', null), row('9999 00', '<i>national</i>')],
      sanctions: [],
    }
    const reply = {
      requestRef: 'VOG-F-DE',
      personRef: 'P-VOG-F',
      replyingState: 'DE',
      outcome: 'CONVICTIONS',
    }
    arriveAtVog(vog, arrived('ecris.reply', { ...reply, convictions: [conviction] }))
    const { status, body } = await ask('/vog/file?ref=VOG-F&lang=nl', 'assessor')
    expect(status).toBe(200)
    expect(body.match(/niet nagelezen †/g)).toHaveLength(2)
    expect(body.match(/alleen de hoofdgroep is bekend/g)).toHaveLength(1)
    expect(body.match(/onbekende code: zoek haar op/g)).toHaveLength(1)
    for (const raw of ['<script>', '<i>national', 'VOORBEELD <b>']) expect(body).not.toContain(raw)
    // A refusal is not offered before it was announced.
    expect(body).not.toContain('value="REFUSED"')
  })

  it('what cannot be done now is 409, and a form that is not whole 400', async () => {
    const decideAs = (outcome: string) => ask('/vog/decide', 'assessor', { ref: 'VOG-F', outcome })
    expect((await decideAs('PERHAPS')).status).toBe(400)
    expect((await decideAs('REFUSED')).status).toBe(409)
    expect((await ask('/vog/decide', 'assessor', { ref: 'VOG-NONE', outcome: 'ISSUED' })).status).toBe(404)
    expect(
      (await ask('/vog/announce', 'assessor', { ref: 'VOG-F', grounds: '', viewsUntil: '' })).status,
    ).toBe(400)
    desks.assessor.next = ['deny']
    const denied = await decideAs('ISSUED')
    expect([denied.status, denied.body.includes('The consent of the person is missing.')]).toEqual([
      409,
      true,
    ])
    const both = await Promise.all([decideAs('ISSUED'), decideAs('NOT_HANDLED')])
    expect(both.map(({ status }) => status).sort()).toEqual([303, 409])
    expect(desks.assessor.said.filter(({ type }) => type === 'vog.decision')).toHaveLength(2)
    expect((await decideAs('ISSUED')).status).toBe(409)
  })

  it('what was offered from elsewhere is noted beside the files, and no file says so', async () => {
    expect((await ask('/vog/offered', 'assessor', { country: 'Thailand' })).status).toBe(400)
    expect((await ask('/vog/offered', 'assessor', { country: 'TH' })).status).toBe(303)
    expect((await ask('/vog?lang=en', 'assessor')).body).toContain(
      'judgment from outside the European Union: TH',
    )
    expect((await ask('/vog/file?ref=VOG-F', 'assessor')).body).not.toContain('judgment from outside')
  })
})
