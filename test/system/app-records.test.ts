import { join } from 'node:path'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RECORDS_ROLES, recordsPages } from '#services/records/pages/records-pages.ts'
import { recordsSite } from '#services/records/start-records.ts'
import { announceRefusal, askAll } from '#services/records/vog-acts.ts'
import { arriveAtVog, quarantine } from '#services/records/vog-desk.ts'
import { Door } from '#web/door.ts'
import { listen } from '#web/site.ts'
import { arrived, dutyOf, FakeDesks, urnOf } from '../support/records-desks.ts'
import { CODES, KLARA } from '../support/records-samples.ts'
import { flawless, hasChromium, SiteBrowser, violationsOn } from '../support/site-browser.ts'

const SLOW = 40_000
/** `SCREENS=docs/screens` writes a picture of each page there. */
const SCREENS = process.env['SCREENS']
const NARROW = { viewport: { width: 360, height: 740 } }

const here = describe.runIf(hasChromium())
const desks = new FakeDesks()
const door = new Door({ accounts: async () => [], cookie: 'records', now: () => desks.now })
const problems: string[] = []
const browser = new SiteBrowser()
let listening: Awaited<ReturnType<typeof listen>>
let paths: readonly (readonly [name: string, role: string, path: string])[] = []

const identity = { surname: 'VOORBEELD', givenNames: 'KLARA TEST', birthDate: '1990-02-14' }
const unknown = { birthPlace: 'Musterstadt', birthCountry: 'DE', formerNames: null }

/** A counter, a file and a question of each kind, with deadlines running, standing still and missed. */
async function fill(): Promise<{ readonly ref: string; readonly of: string }> {
  const { counter, vog, authority, register } = desks.records
  const consent = { ref: 'C-1', givenAt: '2026-04-10T09:00:00Z', withdrawnAt: null }
  const application = (ref: string, nationalities: readonly string[]) => ({
    applicationRef: ref,
    personRef: `P-${ref}`,
    identity: { ...identity, ...unknown },
    nationalities,
    vogProfile: 'CHILDREN_PAID' as const,
    position: 'groepsleider kinderopvang',
    consent,
    riskDeclared: null,
    receivedAt: '2026-04-10T09:00:00Z',
  })
  await counter.submit(application('VOG-A7KQ2M9XPD', ['DE']), { actor: 'loket-91' })
  const ref = 'VOG-A7KQ2M9XPD'
  arriveAtVog(vog, arrived('vog.application', application(ref, ['DE', 'FR']), { handoff: 'ho-9' as never }))
  desks.assessor.next = ['permit', 'permit', 'hold']
  await askAll(vog, ref, false, { actor: 'vog-92' })
  const row = (code: string, national: string | null) => ({ code, national })
  const conviction = {
    ref: 'DE-REG-TEST-7',
    state: 'DE',
    court: 'Amtsgericht Musterstadt',
    convictedOn: '2019-05-02',
    offences: [row('1009 00', 'Sexueller Missbrauch von Kindern'), row('9999 00', null)],
    sanctions: [row('1001 00', null)],
  }
  const about = { requestRef: `${ref}-DE`, personRef: `P-${ref}`, replyingState: 'DE' }
  arriveAtVog(vog, arrived('ecris.reply', { ...about, outcome: 'CONVICTIONS', convictions: [conviction] }))
  const asks = { outcome: 'IDENTITY_INSUFFICIENT', convictions: [], identityWanted: 'vroegere namen' }
  arriveAtVog(vog, arrived('ecris.reply', { ...about, ...asks }, { at: '2026-04-14T12:00:00.000Z' }))
  const extract = { queryRef: `${ref}-JD`, personRef: `P-${ref}`, records: [] }
  arriveAtVog(vog, arrived('vog.jd.extract', extract))
  quarantine(vog, 'x', 'noneu.conviction.offered TH', '')
  desks.assessor.duty.set('ho-9', [dutyOf('vog-decision', 'missed'), dutyOf('vog-decision-refusal', 'open')])
  const grounds = 'Veroordeling in een andere lidstaat; risico bij werk met kinderen.'
  await announceRefusal(vog, ref, { grounds, viewsUntil: '2026-05-01' }, { actor: 'vog-92' })
  counter.arrive(arrived('vog.refusal.intended', { applicationRef: ref, grounds, viewsUntil: '2026-05-01' }))
  const from = urnOf('justis/vog') as never
  const question = {
    ...about,
    requestedState: 'DE',
    identity: { ...identity, ...unknown },
    nationalities: ['DE'],
  }
  await authority.arrive(arrived('ecris.request', question, { from }))
  await authority.arrive(
    arrived('ecris.request', { ...question, requestRef: `${ref}-PL`, requestedState: 'PL' }, { from }),
  )
  await authority.arrive(
    arrived('ecris.request', question, { handoff: 'ho-7' as never, to: urnOf('ms-de/register') as never }),
  )
  desks.ecris.duty.set('ho-1-1', [dutyOf('ecris-reply', 'awaiting')])
  const query = { queryRef: `${ref}-JD`, personRef: `P-${ref}`, identity: { ...identity, ...unknown } }
  register.arrive(arrived('vog.jd.query', query))
  const moved = { transferRef: 'WOTS-TEST-1', identity: { ...identity, ...unknown }, decidedOn: '2023-02-01' }
  register.arrive(
    arrived('sentence.transfer.registered', {
      ...moved,
      offence: 'Sr 245 (oud)',
      sanction: 'gevangenisstraf',
    }),
  )
  return { ref, of: 'ho-7' }
}

beforeAll(async () => {
  if (!hasChromium()) return
  const site = recordsSite(door, (error) => problems.push(String(error)))
  const refOf = (urn: string) =>
    urn
      .split(':')
      .at(-1)
      ?.replace(/-register$/, '/register') ?? urn
  recordsPages({ site, records: desks.records, codes: CODES, now: () => desks.now, refOf })
  listening = await listen(site, '127.0.0.1', 0)
  const { ref, of } = await fill()
  paths = [
    ['certificate', '', '/certificate'],
    ['counter', 'counter', '/counter'],
    ['intake', 'counter', '/counter/new'],
    ['application', 'counter', `/counter/application?ref=${ref}`],
    ['assessor', 'assessor', '/vog'],
    ['file', 'assessor', `/vog/file?ref=${ref}`],
    ['justid', 'authority', '/justid'],
    ['reply', 'authority', `/justid/reply?of=${of}`],
    ['forbidden', 'authority', '/vog'],
  ]
  await browser.start()
}, 60_000)
afterAll(async () => {
  await browser.close()
  await listening?.close()
})

const inLanguage = (path: string, lang: string) => `${path}${path.includes('?') ? '&' : '?'}lang=${lang}`

async function open(role: string, options: BrowserContextOptions = {}): Promise<Page> {
  const known = RECORDS_ROLES.some((one) => one === role)
  const set = known ? door.enterByCode(door.startCode({ actor: `${role}-1`, name: role, roles: [role] })) : ''
  return browser.open(`${listening.url}/certificate`, set.split(';')[0] ?? '', options)
}

/** Every page, each by who may see it. */
async function visit(
  options: BrowserContextOptions,
  langs: readonly string[],
  look: (page: Page, name: string, lang: string) => Promise<void>,
): Promise<void> {
  for (const role of ['', ...RECORDS_ROLES]) {
    const page = await open(role, options)
    for (const [name, whose, path] of paths)
      for (const lang of whose === role ? langs : []) {
        await page.goto(listening.url + inLanguage(path, lang))
        await look(page, name, lang)
      }
    await page.context().close()
  }
}

here('pages of Justis and Justid in a real browser', () => {
  it.each([
    ['light', ['nl'], { viewport: { width: 960, height: 700 } }],
    ['dark', ['nl'], { colorScheme: 'dark' as const }],
    ['narrow', ['en'], NARROW],
  ])(
    'axe finds nothing, one h1, nothing scrolls sideways: %s',
    async (theme, langs, options) => {
      await visit(options, langs, async (page, name, lang) => {
        await flawless(page, name, lang)
        if (SCREENS && theme === 'light' && lang === 'nl' && name !== 'forbidden')
          await page.screenshot({ path: join(SCREENS, `records-${name}.png`), fullPage: true })
      })
    },
    SLOW,
  )

  it(
    'a keyboard alone takes an application in: no consent is ticked, and what is wrong has the focus',
    async () => {
      const page = await open('counter')
      await page.goto(`${listening.url}/counter/new?lang=nl`)
      for (const [name, value] of Object.entries(KLARA))
        if (value !== '' && !['vogProfile', 'consent'].includes(name)) {
          await page.locator(`[name="${name}"]`).focus()
          if (name === 'birthDate') await page.locator('[name="birthDate"]').fill(value)
          else await page.keyboard.type(value)
        }
      await page.locator('[name="vogProfile"]').first().focus()
      await page.keyboard.press('Space')
      expect(await page.locator('[name="consent"]:checked').count()).toBe(0)
      await page.getByRole('button', { name: 'Aanvraag indienen' }).focus()
      await page.keyboard.press('Enter')
      await page.locator('.error-summary').waitFor()
      expect(await page.locator('[name="surname"]').inputValue()).toBe('VOORBEELD')
      await page.locator('.error-summary a').focus()
      await page.keyboard.press('Enter')
      await page.locator('[name="consent"]').first().focus()
      await page.keyboard.press('Space')
      await page.getByRole('button', { name: 'Aanvraag indienen' }).focus()
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { name: 'De aanvraag is ingediend' }).waitFor()
      expect(await violationsOn(page)).toEqual([])
      await page.context().close()
    },
    SLOW,
  )

  it('nothing went wrong on any page', () => expect([...problems, ...browser.problems]).toEqual([]))
})
