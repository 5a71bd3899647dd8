import type { FastifyRequest } from 'fastify'
import { SchakelError } from '#sdk/sdk-error.ts'
import type { SignedIn } from '#web/door.ts'
import { PageRefusal } from '#web/page-refusal.ts'
import type { Site } from '#web/site.ts'
import { Collector } from './collector.ts'
import type { Opened } from './in-pages.ts'
import type { PageView } from './page-view.ts'
import type { DeskPorts } from './ports.ts'
import type { ReceivedRow } from './store.ts'
import type { Texts } from './texts.ts'
import { WordBook } from './word-book.ts'

/** How long a page waits for news from the exchange, ms: without them it shows what is known. */
const PATIENCE_MS = 3_000

/** What every page of one desk shares. */
export class DeskContext {
  readonly ports: DeskPorts
  readonly site: Site<Texts>
  readonly collector: Collector
  readonly #book: WordBook

  constructor(ports: DeskPorts, site: Site<Texts>) {
    this.ports = ports
    this.site = site
    this.collector = new Collector(ports)
    this.#book = new WordBook(ports.connection.catalogue)
  }

  /** What the page is made with. `types`: whose words it needs. */
  async view(request: FastifyRequest, types: Iterable<string>): Promise<PageView> {
    const { lang, texts } = this.site.locale(request)
    return {
      lang,
      texts,
      words: await this.#book.words(lang, types),
      now: this.ports.clock.now(),
      trouble: this.collector.trouble,
      link: (path, parameters) => this.site.link(request, path, parameters),
    }
  }

  /** Brings in what there is, as far as a page can wait for it. */
  async refresh(): Promise<void> {
    const enough = new AbortController()
    const patience = this.ports.clock.sleep(PATIENCE_MS, enough.signal)
    await Promise.race([this.collector.look(), patience]).finally(() => enough.abort())
  }

  /** A page whose role hook let somebody in has a user. */
  user(request: FastifyRequest): SignedIn {
    const user = this.site.user(request)
    if (!user) throw new PageRefusal(401)
    return user
  }

  /** What the exchange says now; while it cannot be asked, the page is not available. */
  async exchange<T>(task: Promise<T>): Promise<T> {
    try {
      return await task
    } catch (error) {
      if (error instanceof SchakelError) throw new PageRefusal(503, error.code)
      throw error
    }
  }

  /** Opens what lies here sealed, with the partner's own key. */
  async open({ sealed }: ReceivedRow): Promise<Opened> {
    if (sealed === null) return 'gone'
    try {
      return { handoff: await this.ports.connection.open(sealed) }
    } catch (error) {
      if (error instanceof SchakelError) return { code: error.code }
      throw error
    }
  }
}
