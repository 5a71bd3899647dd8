import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ROOT } from '../rooms/source-files.ts'
import { startStory } from '../stories/story-run.ts'
import type { DeskHarness } from '../support/desk-harness.ts'
import { DeskStage, SUSPECT } from '../support/desk-stage.ts'
import { flawless, hasChromium, SiteBrowser, violationsOn } from '../support/site-browser.ts'

const SLOW = 120_000
const NARROW = { viewport: { width: 360, height: 740 } }
const WIDE = { viewport: { width: 1200, height: 900 } }
/** Set to make the pictures of docs/screens anew. */
const SCREENS = process.env['SCREENS'] === 'yes'

const here = describe.runIf(hasChromium())
const browser = new SiteBrowser()
let stage: DeskStage
let tbkk: DeskHarness
let om: Awaited<ReturnType<DeskStage['question']>>
let tip = ''
let disclosure = ''

beforeAll(async () => {
  if (!hasChromium()) return
  stage = new DeskStage(await startStory())
  tbkk = await stage.desk('tbkk/zaken')
  await stage.compose('ecpat/meldpunt', 'mp-11', 'tip.ngo.forwarded', stage.tip())
  disclosure = (
    await stage.compose('tbkk/zaken', 'rech-21', 'police.ngo.disclosure', stage.disclosure('W19-TEST-1'))
  ).path
  const clerk = tbkk.cookie('rech-21', 'desk')
  const list = await tbkk.until('/in', clerk, (body) => body.includes('/in/ho-'))
  tip = /\/in\/ho-[0-9a-f-]+/.exec(list)?.[0] ?? ''
  om = await stage.question('om-lp/parket', 'ovj-41')
  await browser.start()
}, SLOW)

afterAll(async () => {
  await browser.close()
  await stage?.close()
  await stage?.run.close()
})

const deskPaths = () => [
  '/in',
  tip,
  '/out',
  disclosure,
  '/waiting',
  '/compose',
  '/compose/tip.followup.question',
  '/nothing',
]

async function allFlawless(
  page: Page,
  url: string,
  paths: readonly string[],
  languages: readonly string[],
): Promise<void> {
  for (const path of paths)
    for (const lang of languages) {
      await page.goto(`${url}${path}?lang=${lang}`)
      await flawless(page, path, lang)
    }
}

async function picture(page: Page, url: string, name: string): Promise<void> {
  if (!SCREENS) return
  await page.goto(url)
  await page.screenshot({ path: join(ROOT, 'docs', 'screens', `desk-${name}.png`), fullPage: true })
}

async function pictures(): Promise<void> {
  if (!SCREENS) return
  const page = await browser.open(`${tbkk.url}/in`, tbkk.cookie('rech-21', 'desk'), WIDE)
  await picture(page, `${tbkk.url}/in?lang=nl`, 'in')
  await picture(page, `${tbkk.url}${tip}?lang=nl`, 'handoff')
  await picture(page, `${tbkk.url}/out?lang=en`, 'out')
  await picture(page, `${tbkk.url}${disclosure}?lang=en`, 'message')
  await picture(page, `${tbkk.url}/waiting?lang=nl`, 'waiting')
  await picture(page, `${tbkk.url}/compose/police.ngo.disclosure?lang=nl`, 'compose')
  await page.context().close()
}

here('the pages of a desk', () => {
  it(
    'have no finding of axe and scroll sideways only within tables, wide and narrow, in both languages',
    async () => {
      for (const [options, languages] of [
        [WIDE, ['nl', 'en']],
        [NARROW, ['nl']],
      ] as const) {
        const page = await browser.open(`${tbkk.url}/in`, tbkk.cookie('rech-21', 'desk'), options)
        await allFlawless(page, tbkk.url, deskPaths(), languages)
        await page.context().close()
        const approver = await browser.open(`${om.at.url}/approvals`, om.cookie, options)
        await allFlawless(approver, om.at.url, ['/approvals', om.path], languages)
        await approver.context().close()
      }
      await pictures()
      expect(browser.problems).toEqual([])
    },
    SLOW,
  )
})

here('a keyboard alone', () => {
  it(
    'composes a message, from what was forgotten to what each would see',
    async () => {
      const page = await browser.open(
        `${tbkk.url}/compose/tip.followup.question?lang=en`,
        tbkk.cookie('rech-21', 'desk'),
        WIDE,
      )
      const fill = async (name: string, text: string) => {
        await page.locator(`[name="${name}"]`).focus()
        await page.keyboard.type(text)
      }
      await page.locator('[name="/preparedBy/role"]').focus()
      await page.keyboard.type('rechercheur')
      await page.keyboard.press('Enter')
      await page.waitForSelector('.error-summary')
      expect(await violationsOn(page)).toEqual([])
      await page.locator('.error-summary a').first().press('Enter')
      expect(await page.evaluate('location.hash')).toBe('#/terms')
      await page.locator(`[name="to:${stage.run.stage.urnOf('ecpat/meldpunt')}"]`).selectOption({ index: 1 })
      await fill('/data/tipRef', 'TIP-1')
      await fill('/data/questionId', 'Q-1')
      await fill('/data/question', 'Welke kleur had het hek?')
      await page.locator('[name="/context/regime"]').selectOption('GDPR')
      await page.locator('[name="/context/handling"]').selectOption('GREEN')
      await page.locator('[name="/preparedBy/role"]').press('Enter')
      await page.waitForSelector('button[value="send"]')
      expect(await violationsOn(page)).toEqual([])
      if (SCREENS)
        await page.screenshot({ path: join(ROOT, 'docs/screens/desk-preview.png'), fullPage: true })
      await page.locator('button[value="send"]').press('Enter')
      await page.waitForURL(/\/out\//)
      await page.context().close()
    },
    SLOW,
  )

  it(
    'answers a question, which prints without form and menu',
    async () => {
      const page = await browser.open(`${om.at.url}${om.path}?lang=nl`, om.cookie, WIDE)
      expect(await page.getByText(SUSPECT).count()).toBe(1)
      await page.emulateMedia({ media: 'print' })
      expect(await page.locator('form:visible').count()).toBe(0)
      await page.emulateMedia({ media: 'screen' })
      await picture(page, `${om.at.url}${om.path}?lang=nl`, 'approval')
      await page.locator('[name="decision"]').first().focus()
      await page.keyboard.press('Space')
      await page.locator('[name="reason"]').focus()
      await page.keyboard.type('Het belang weegt op')
      await page.getByRole('button', { name: 'Ondertekenen en antwoorden' }).press('Enter')
      await page.waitForURL(/\/approvals(\?|$)/)
      expect(await page.getByText('Het belang weegt op').count()).toBe(1)
      await picture(page, `${om.at.url}/approvals?lang=nl`, 'approvals')
      await page.context().close()
    },
    SLOW,
  )
})
