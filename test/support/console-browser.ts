import { readFile } from 'node:fs/promises'
import type { BrowserContextOptions, Page } from 'playwright-core'
import type { Operations } from '#services/console/operations.ts'
import { ConsoleHarness } from './console-harness.ts'
import { NOON, storyRows } from './console-rows.ts'
import { testEpoch } from './contracts.ts'
import { SiteBrowser } from './site-browser.ts'

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
  readonly #site = new SiteBrowser()

  get problems(): readonly string[] {
    return this.#site.problems
  }

  async start(): Promise<void> {
    for (const { row, records } of storyRows()) this.harness.view.put(row, undefined, records)
    await this.harness.start()
    await this.#site.start()
  }

  async close(): Promise<void> {
    await this.#site.close()
    await this.harness.close()
  }

  /** Drops problems that a test brought about itself. */
  forgive(text: string): void {
    this.#site.problems = this.problems.filter((problem) => !problem.includes(text))
  }

  url(path: string): string {
    return this.harness.url + path
  }

  /** A page of its own, at `path`. */
  open(path: string, options: BrowserContextOptions = {}): Promise<Page> {
    return this.#site.open(this.url(path), this.harness.cookie, options)
  }
}
