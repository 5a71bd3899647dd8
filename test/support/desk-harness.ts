import { randomUUID } from 'node:crypto'
import type { Connection } from '#sdk/connect.ts'
import { openDeskStore } from '#services/desk/sqlite-store.ts'
import { startDesk } from '#services/desk/start-desk.ts'
import type { DeskStore } from '#services/desk/store.ts'
import { Door } from '#web/door.ts'
import { askSite, type SiteAnswer } from './ask-site.ts'

export interface DeskOptions {
  readonly connection: Connection
  readonly now?: () => number
  /** File of its memory; default in memory. */
  readonly path?: string
}

/** A running desk of one endpoint, asked as a browser would. */
export class DeskHarness {
  readonly store: DeskStore
  readonly failures: string[] = []
  readonly #door: Door
  readonly #options: DeskOptions
  readonly #stop = new AbortController()
  #running: Awaited<ReturnType<typeof startDesk>> | undefined

  constructor(options: DeskOptions) {
    this.#options = options
    this.store = openDeskStore(options.path ?? ':memory:')
    this.#door = new Door({ cookie: 'schakel-desk', now: () => this.#now(), accounts: async () => [] })
  }

  #now(): number {
    return (this.#options.now ?? Date.now)()
  }

  async start(): Promise<this> {
    this.#running = await startDesk({
      connection: this.#options.connection,
      store: this.store,
      door: this.#door,
      host: '127.0.0.1',
      port: 0,
      clock: { now: () => this.#now(), sleep },
      newId: randomUUID,
      report: (failure, about) => this.failures.push(`${about}: ${failure.code}`),
      signal: this.#stop.signal,
    })
    return this
  }

  get url(): string {
    return this.#running?.url ?? ''
  }

  /** Cookie of somebody with these roles. */
  cookie(actor: string, ...roles: string[]): string {
    return this.#door.enterByCode(this.#door.startCode({ actor, name: actor, roles })).split(';')[0] ?? ''
  }

  get(path: string, cookie: string): Promise<SiteAnswer> {
    return askSite(this.url, path, { cookie })
  }

  post(path: string, cookie: string, form: Readonly<Record<string, string>>): Promise<SiteAnswer> {
    return askSite(this.url, path, { cookie, form })
  }

  /** The page once `holds` of it; what comes over the exchange takes a moment. */
  async until(path: string, cookie: string, holds: (body: string) => boolean): Promise<string> {
    for (let turn = 0; ; turn += 1) {
      const { body } = await this.get(path, cookie)
      if (holds(body)) return body
      if (turn > 200) throw new Error(`${path} never showed it: ${body}`)
      await sleep(25)
    }
  }

  async close(): Promise<void> {
    this.#stop.abort()
    await this.#running?.close()
    this.store.close()
  }
}

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve()
    const timer = setTimeout(resolve, ms)
    const end = () => {
      clearTimeout(timer)
      resolve()
    }
    signal?.addEventListener('abort', end, { once: true })
  })
}

/** Fields of the forms on a page, as they stand: what a browser would send. Selects and radios: what is chosen. */
export function fieldsOn(body: string): Record<string, string> {
  const fields: Record<string, string> = {}
  const plain = (text: string) =>
    text
      .replaceAll('&quot;', '"')
      .replaceAll('&#39;', "'")
      .replaceAll('&#96;', '`')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&amp;', '&')
  for (const [, name = '', value = ''] of body.matchAll(
    /<input type="hidden" name="([^"]*)" value="([^"]*)">/g,
  ))
    fields[plain(name)] = plain(value)
  return fields
}
