import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import type { Operations } from '#services/console/operations.ts'
import { ConsoleHarness } from './console-harness.ts'
import { NOON, storyRows } from './console-rows.ts'
import { testEpoch } from './contracts.ts'

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

const HOUR = 3_600_000

/** A day on which something of everything happened. */
const BUSY_DAY: Operations = {
  at: NOON,
  services: [
    { name: 'exchange-1', ready: true, note: null },
    { name: 'gateway-1', ready: false, note: 'unavailable OPS_LOG_UNAVAILABLE' },
  ],
  newestEpoch: 4,
  partitions: Array.from({ length: 16 }, (_, partition) => ({
    partition,
    head: 1_000 + partition,
    epoch: partition === 3 ? 3 : 4,
    waiting: partition === 5 ? null : partition % 3,
    voids: partition === 7 ? 2 : 0,
  })),
  ledger: { size: 70_123, behind: 2, ageMs: 900 },
  expired: 3,
  parked: [{ partition: 3, seq: 9, code: 'BUG_UNEXPECTED', at: NOON - HOUR }],
  parkedTotal: 1,
  verdicts: Array.from({ length: 24 }, (_, hour) => ({
    from: NOON - (23 - hour) * HOUR,
    permit: (hour * 7) % 11,
    redacted: (hour * 5) % 7,
    hold: hour % 3,
    deny: hour % 4,
  })),
  reasons: [
    { code: 'NO_LEGAL_BASIS', count: 12 },
    { code: 'APPROVAL_PENDING', count: 7 },
  ],
  deadlines: Array.from({ length: 7 }, (_, day) => ({
    from: NOON + day * 24 * HOUR,
    held: day % 3,
    sealed: day % 2,
  })),
  since: null,
}

/** Whether these tests run here: where there is no Chromium they say so, and in CI they fail at its start. */
export function hasChromium(): boolean {
  const found = existsSync(CHROMIUM) || process.env['CI'] === 'true'
  if (!found) console.log(`NOT RUN: no ${CHROMIUM}`)
  return found
}

/** The console with the story's hand-offs, in a real browser; errors and broken policies of any page are kept. */
export class ConsoleBrowser {
  readonly harness = new ConsoleHarness(testEpoch(), {
    gateway: 'https://127.0.0.1:7400',
    checkpoint: async () => ({
      origin: 'schakel.example.nl/ledger',
      size: 70_123,
      root: `${'A'.repeat(43)}=`,
      time: NOON,
    }),
    operations: async () => BUSY_DAY,
    rules: async () => new Map([['contracts/legal/wpg-15.cedar', '// Wpg 15']]),
    matrix: () => readFile(new URL('../../contracts/matrix.txt', import.meta.url), 'utf8'),
  })
  problems: string[] = []
  readonly #home = mkdtempSync(join(tmpdir(), 'schakel-console-'))
  #browser: Browser | undefined

  async start(): Promise<void> {
    for (const { row, records } of storyRows()) this.harness.view.put(row, undefined, records)
    await this.harness.start()
    this.#browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: FLAGS,
      env: { HOME: this.#home },
    })
  }

  async close(): Promise<void> {
    await this.#browser?.close()
    await this.harness.close()
    rmSync(this.#home, { recursive: true, force: true })
  }

  /** Drops problems that a test brought about itself. */
  forgive(text: string): void {
    this.problems = this.problems.filter((problem) => !problem.includes(text))
  }

  url(path: string): string {
    return this.harness.url + path
  }

  /** A page of its own, at `path`. */
  async open(path: string, options: BrowserContextOptions = {}): Promise<Page> {
    if (!this.#browser) throw new Error('the browser was not started')
    const context = await this.#browser.newContext(options)
    const [name = '', value = ''] = this.harness.cookie.split('=')
    if (value) await context.addCookies([{ name, value, url: this.harness.url }])
    const page = await context.newPage()
    page.on('pageerror', (error) => this.problems.push(String(error)))
    page.on('console', (message) => {
      // A 4xx page is what some tests ask for; everything else that Chromium complains of counts.
      if (message.type() === 'error' && !message.text().includes('status of 40'))
        this.problems.push(message.text())
    })
    await page.goto(this.url(path))
    return page
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
