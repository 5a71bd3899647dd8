import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { expect } from 'vitest'

const CHROMIUM = '/usr/bin/chromium'

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

interface AxeResult {
  readonly violations: readonly {
    readonly id: string
    readonly nodes: readonly { readonly target: readonly string[] }[]
  }[]
}

/** Whether these tests run here: where there is no Chromium they say so, and in CI they fail at its start. */
export function hasChromium(): boolean {
  const found = existsSync(CHROMIUM) || process.env['CI'] === 'true'
  if (!found) console.log(`NOT RUN: no ${CHROMIUM}`)
  return found
}

/** A real browser for the pages of any site; errors and broken policies of any page are kept. */
export class SiteBrowser {
  problems: string[] = []
  readonly #home = mkdtempSync(join(tmpdir(), 'schakel-site-'))
  #browser: Browser | undefined

  async start(): Promise<void> {
    const options = { executablePath: CHROMIUM, args: FLAGS, env: { HOME: this.#home } }
    this.#browser = await chromium.launch(options)
  }

  /** A page of its own, at `url`, with this cookie (`name=value`). */
  async open(url: string, cookie: string, options: BrowserContextOptions = {}): Promise<Page> {
    if (!this.#browser) throw new Error('the browser was not started')
    const context = await this.#browser.newContext(options)
    const [name = '', value = ''] = cookie.split('=')
    if (value) await context.addCookies([{ name, value, url: new URL(url).origin }])
    const page = await context.newPage()
    page.on('pageerror', (error) => this.problems.push(String(error)))
    page.on('console', (message) => {
      if (message.type() === 'error' && !message.text().includes('status of 40'))
        this.problems.push(message.text())
    })
    await page.goto(url)
    return page
  }

  async close(): Promise<void> {
    await this.#browser?.close()
    rmSync(this.#home, { recursive: true, force: true })
  }
}

let axe: string | undefined

/** What axe-core finds wrong with the page as it stands: rule and places. */
export async function violationsOn(page: Page): Promise<readonly string[]> {
  axe ??= readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
  await page.evaluate(axe)
  const found = await page.evaluate(`axe.run(document, { runOnly: ${JSON.stringify(RULES)} })`)
  return (found as AxeResult).violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`,
  )
}

/** Axe finds nothing, there is one `h1`, the language is said, and nothing but tables scrolls sideways. */
export async function flawless(page: Page, what: string, lang?: string): Promise<void> {
  expect([what, await violationsOn(page)]).toEqual([what, []])
  expect([what, await page.locator('h1').count()]).toEqual([what, 1])
  if (lang !== undefined)
    expect([what, await page.locator('html').getAttribute('lang')]).toEqual([what, lang])
  const over = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
  expect([what, over]).toEqual([what, 0])
}
