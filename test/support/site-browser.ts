import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** A real browser for the pages of any site; errors and broken policies of any page are kept. */
export class SiteBrowser {
  readonly problems: string[] = []
  readonly #home = mkdtempSync(join(tmpdir(), 'schakel-site-'))
  #browser: Browser | undefined

  async start(): Promise<void> {
    const options = { executablePath: '/usr/bin/chromium', args: FLAGS, env: { HOME: this.#home } }
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
