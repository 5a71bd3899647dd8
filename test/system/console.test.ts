import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ConsoleBrowser } from '../support/console-browser.ts'
import { handoffId, NOON } from '../support/console-rows.ts'
import { handoffRow } from '../support/handoff-row.ts'
import { hasChromium, violationsOn } from '../support/site-browser.ts'
import { OINS, urn } from '../support/test-epoch.ts'

const HELD = handoffId(3, 5)
const PATHS = [
  '/',
  '/?state=held&verdict=deny',
  `/handoff/${HELD}`,
  `/handoff/${handoffId(3, 8)}`,
  '/ledger',
  '/matrix',
  '/about',
  '/operator',
  '/replay',
  '/replay?file=contracts/legal/wpg-15.cedar',
  '/sign-in',
  '/nothing',
  '/?state=wrong',
]
const SLOW = 240_000
const PATIENT = { timeout: 20_000 }
const NARROW = { viewport: { width: 360, height: 740 } }

const here = describe.runIf(hasChromium())
const browser = new ConsoleBrowser()

beforeAll(async () => {
  if (hasChromium()) await browser.start()
}, SLOW)
afterAll(() => browser.close())

const inLanguage = (path: string, lang: string) => `${path}${path.includes('?') ? '&' : '?'}lang=${lang}`

here('axe finds nothing', () => {
  it.each([
    ['light', ['nl', 'en'], {}],
    ['dark', ['nl'], { colorScheme: 'dark' as const }],
    ['narrow', ['en'], NARROW],
  ])(
    'on any page: %s %s',
    async (_name, languages, options) => {
      const page = await browser.open('/about', options)
      for (const path of PATHS)
        for (const lang of languages) {
          await page.goto(browser.url(inLanguage(path, lang)))
          expect(await page.locator('html').getAttribute('lang')).toBe(lang)
          expect([path, lang, await violationsOn(page)]).toEqual([path, lang, []])
        }
      await page.context().close()
    },
    SLOW,
  )

  it(
    'on the proof of a hand-off',
    async () => {
      browser.harness.proofs.set(HELD, '{"leaves":[]}')
      const page = await browser.open(`/handoff/${HELD}?lang=nl`)
      expect(await page.getByRole('link', { name: 'Bewijsbundel (JSON)' }).count()).toBe(1)
      expect(await violationsOn(page)).toEqual([])
      await page.context().close()
    },
    SLOW,
  )
})

here('a screen of 360 px', () => {
  it(
    'scrolls sideways only within tables',
    async () => {
      const page = await browser.open('/', NARROW)
      for (const path of PATHS) {
        await page.goto(browser.url(path))
        const over = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
        expect([path, over]).toEqual([path, 0])
      }
      await page.context().close()
    },
    SLOW,
  )
})

here('a keyboard alone', () => {
  it(
    'goes from the skip link to the why, with the focus in sight',
    async () => {
      const page = await browser.open('/?lang=nl')
      await page.keyboard.press('Tab')
      expect(await page.evaluate('document.activeElement.className')).toBe('skip')
      expect(await page.evaluate('document.activeElement.getBoundingClientRect().top >= 0')).toBe(true)
      await page.keyboard.press('Enter')
      expect(await page.evaluate('document.activeElement.id')).toBe('main')
      const visited: string[] = []
      while (visited.length < 40 && !visited.at(-1)?.startsWith('/handoff/')) {
        await page.keyboard.press('Tab')
        const focus = page.locator(':focus')
        expect(await focus.evaluate((element) => getComputedStyle(element).outlineStyle)).toBe('solid')
        visited.push(
          await focus.evaluate((element) => element.id || element.getAttribute('href') || element.tagName),
        )
      }
      expect(visited.slice(0, 4)).toEqual(['BUTTON', 'state', 'verdict', 'partner'])
      expect(visited).toContain('DIV')
      await page.keyboard.press('Enter')
      await page.waitForURL(/\/handoff\//)
      expect(await page.locator('h2#why').textContent()).toBe('Waarom')
      await page.context().close()
    },
    SLOW,
  )
})

here('without JavaScript', () => {
  it(
    'filter, hand-off and language work; nothing to pause is shown',
    async () => {
      const page = await browser.open('/?lang=en', { javaScriptEnabled: false })
      expect(await page.getByRole('button', { name: 'Pause' }).count()).toBe(0)
      await page.locator('#state').selectOption('held')
      await page.getByRole('button', { name: 'Show' }).click()
      await page.waitForURL(/state=held/)
      expect(await page.locator('tbody tr').count()).toBe(1)
      await page.locator('tbody th a').click()
      await page.waitForURL(/\/handoff\//)
      expect(await page.locator('h1').textContent()).toContain(HELD)
      await page.getByRole('link', { name: 'Nederlands' }).click()
      await page.waitForURL(/lang=nl/)
      expect(await page.locator('h2#why').textContent()).toBe('Waarom')
      expect(new URL(page.url()).pathname).toBe(`/handoff/${HELD}`)
      await page.context().close()
    },
    SLOW,
  )
})

here('live', () => {
  it(
    'a new hand-off comes by itself, is announced, and keeps the focus; paused it waits',
    async () => {
      const { view } = browser.harness
      const page = await browser.open('/?lang=nl')
      await expect.poll(() => view.waiting, PATIENT).toBeGreaterThan(0)
      const link = page.locator(`tr[data-handoff="${HELD}"] a`)
      await link.focus()
      const put = (seq: number) =>
        view.put(
          handoffRow({ handoff: handoffId(4, seq), to: urn(OINS.tbkk, 'zaken'), at: NOON + seq * 1_000_000 }),
        )
      const first = () => page.locator('tbody tr').first().getAttribute('data-handoff')
      put(11)
      await expect.poll(first, PATIENT).toBe(handoffId(4, 11))
      expect(await link.evaluate((element) => element === document.activeElement)).toBe(true)
      const news = () => page.locator('[data-live-news]').textContent()
      await expect.poll(news, PATIENT).toBe('1 nieuwe overdracht')
      await page.getByRole('button', { name: 'Pauzeren' }).click()
      expect(await page.locator('[data-live-state]').textContent()).toBe('gepauzeerd')
      expect(
        await page.locator('[data-live-toggle]').evaluate((element) => element === document.activeElement),
      ).toBe(true)
      put(12)
      await expect
        .poll(() => page.evaluate('document.querySelector("[data-live-bar]").dataset.missed'), PATIENT)
        .toBe('true')
      expect(await first()).toBe(handoffId(4, 11))
      await page.getByRole('button', { name: 'Hervatten' }).click()
      await expect.poll(first, PATIENT).toBe(handoffId(4, 12))
      await page.context().close()
    },
    SLOW,
  )

  it(
    'says when the line is lost; once back, it catches up',
    async () => {
      const page = await browser.open('/about')
      await page.route('**/events', (route) => route.abort())
      await page.goto(browser.url('/?lang=nl'))
      const state = () => page.locator('[data-live-state]').textContent()
      await expect.poll(state, PATIENT).toContain('verbroken')
      const missed = handoffId(4, 13)
      browser.harness.view.put(
        handoffRow({ handoff: missed, to: urn(OINS.tbkk, 'zaken'), at: NOON + 13_000_000 }),
      )
      await page.unroute('**/events')
      await expect.poll(state, PATIENT).toBe('live')
      await expect.poll(() => page.locator(`tr[data-handoff="${missed}"]`).count(), PATIENT).toBe(1)
      // Chromium tells of the line this test cut.
      browser.forgive('ERR_FAILED')
      await page.context().close()
    },
    SLOW,
  )

  it(
    'an older page stands still',
    async () => {
      const page = await browser.open(`/?before=${NOON + 61_000 * 3}.${HELD}&lang=nl`)
      expect(await page.locator('[data-live]').count()).toBe(0)
      expect(await page.locator('tbody tr').count()).toBe(3)
      expect(await page.getByRole('link', { name: 'Terug naar de nieuwste' }).count()).toBe(1)
      await page.context().close()
    },
    SLOW,
  )
})

here('all these pages', () => {
  it('threw nothing and broke no rule of their own content policy', () => {
    expect(browser.problems).toEqual([])
    expect(browser.harness.reported).toEqual([])
  })
})
