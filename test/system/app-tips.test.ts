import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { playIntake, S1_TIP } from '#services/tips/play-intake.ts'
import { ROOT } from '../rooms/source-files.ts'
import { askSite } from '../support/ask-site.ts'
import { flawless, hasChromium, SiteBrowser } from '../support/site-browser.ts'
import { TipsHarness } from '../support/tips-harness.ts'

const SLOW = 120_000
const NARROW = { viewport: { width: 360, height: 740 } }
const WIDE = { viewport: { width: 1200, height: 900 } }
/** Set to make the pictures of docs/screens anew. */
const SCREENS = process.env['SCREENS'] === 'yes'

const here = describe.runIf(hasChromium())
const browser = new SiteBrowser()
let tips: TipsHarness
let code = ''
let path = ''

const asStaff = (to: string, form?: Readonly<Record<string, string>>) =>
  askSite(tips.url, to, { cookie: tips.staff, ...(form ? { form } : {}) })

/** One tip to review, and one with a question to answer, to relay and to pass on. */
beforeAll(async () => {
  if (!hasChromium()) return
  tips = await TipsHarness.start()
  ;({ code } = await playIntake(tips.url))
  const [ref = ''] = /TIP-[0-9A-F]+/.exec((await asStaff('/staff')).body) ?? []
  path = `/staff/tips/${ref}`
  await asStaff(`${path}/forward`, { facts: S1_TIP['facts'] ?? '', assessment: 'Betrouwbare eerste indruk.' })
  const ask = (id: string, question: string) =>
    tips.receive('tip.followup.question', { tipRef: ref, questionId: id, question })
  const answered = await ask('Q-1', 'Welke kleur had het hek van het hotel?')
  await asStaff(`/staff/questions/${answered}/relay`, {})
  const form = { code, question: answered, [`answer-${answered}`]: 'Het hek was blauw.' }
  await askSite(tips.url, '/answer', { form })
  await asStaff(`/staff/questions/${await ask('Q-2', 'Was er een receptie?')}/relay`, {})
  await ask('Q-3', 'Stond er een auto?')
  await playIntake(tips.url, { ...S1_TIP, place: 'Manilla', childAtRisk: 'yes' })
  await browser.start()
}, SLOW)
afterAll(async () => {
  await browser.close()
  await tips?.close()
})

async function picture(page: Page, name: string): Promise<void> {
  if (!SCREENS) return
  await page.screenshot({
    path: join(ROOT, 'docs', 'screens', `tips-${name}.png`),
    fullPage: name !== 'review',
  })
}

async function comeBack(page: Page, lang: string): Promise<void> {
  await page.goto(`${tips.url}/return?lang=${lang}`)
  await page.locator('[name="code"]').fill(code)
  await page.locator('main button').press('Enter')
  await page.waitForSelector('#status')
}

here('the pages of the hotline', () => {
  it.each([
    ['wide', WIDE],
    ['narrow', NARROW],
    ['dark', { ...WIDE, colorScheme: 'dark' as const }],
  ])(
    'have no finding of axe and do not scroll sideways: %s',
    async (kind, options) => {
      const page = await browser.open(tips.url, '', options)
      const staff = await browser.open(`${tips.url}/staff`, tips.staff, options)
      for (const lang of ['nl', 'en']) {
        for (const to of ['/', '/return', '/sign-in']) {
          await page.goto(`${tips.url}${to}?lang=${lang}`)
          expect(await page.locator('html').getAttribute('lang')).toBe(lang)
          await flawless(page, `${to} ${lang}`)
        }
        await comeBack(page, lang)
        await flawless(page, `visit ${lang}`)
        if (kind === 'wide' && lang === 'nl') await picture(page, 'visit')
        for (const to of ['/staff', path, await urgent()]) {
          await staff.goto(`${tips.url}${to}?lang=${lang}`)
          await flawless(staff, `${to} ${lang}`)
          if (kind === 'wide' && lang === 'nl')
            await picture(staff, to === '/staff' ? 'list' : to === path ? 'questions' : 'review')
        }
      }
      await page.context().close()
      await staff.context().close()
      expect(browser.problems).toEqual([])
    },
    SLOW,
  )
})

here('what a reporter does', () => {
  it(
    'takes the keyboard alone, is told what is missing, and prints the code',
    async () => {
      const page = await browser.open(`${tips.url}/?lang=nl`, '', WIDE)
      await picture(page, 'form')
      await page.locator('form button').press('Enter')
      await page.waitForSelector('.error-summary')
      await flawless(page, 'refused')
      await page.locator('.error-summary a').first().press('Enter')
      expect(await page.evaluate('location.hash')).toBe('#facts')
      await page.keyboard.press('Tab')
      for (const name of ['facts', 'place']) {
        await page.locator(`[name="${name}"]`).focus()
        await page.keyboard.type(S1_TIP[name] ?? '')
      }
      await page.locator('[name="country"]').focus()
      await page.keyboard.type('Filip')
      await page.locator('[name="contactPolicy"]').first().focus()
      await page.keyboard.press('Space')
      await page.locator('form button').press('Enter')
      await page.waitForSelector('#code')
      await flawless(page, 'code')
      await picture(page, 'code')
      await page.emulateMedia({ media: 'print' })
      expect(await page.locator('#code:visible, .leave:visible').count()).toBe(1)
      await page.context().close()
      expect(browser.problems.filter((text) => !text.includes('422'))).toEqual([])
    },
    SLOW,
  )

  it(
    'ends at once, by the link and by Escape pressed twice, with nothing one step back',
    async () => {
      for (const leave of ['click', 'Escape']) {
        const page = await browser.open(`${tips.url}/return?lang=en`, '', WIDE)
        await page.route('https://**', (route) =>
          route.fulfill({ contentType: 'text/html', body: 'weather' }),
        )
        await page.goto(`${tips.url}/?lang=en`)
        const left = page.waitForURL('https://www.knmi.nl/')
        if (leave === 'click') await page.locator('[data-leave]').click()
        else for (let press = 0; press < 2; press += 1) await page.keyboard.press('Escape')
        await left
        await page.goBack()
        expect(page.url()).toBe(`${tips.url}/return?lang=en`)
        await page.context().close()
      }
    },
    SLOW,
  )
})

const urgent = async () => /\/staff\/tips\/TIP-[0-9A-F]+/.exec((await asStaff('/staff')).body)?.[0] ?? path
