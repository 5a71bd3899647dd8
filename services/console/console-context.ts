import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Epoch } from '#core/decision/epoch.ts'
import { asFailure } from '#core/failure.ts'
import type { HandoffId } from '#core/ids.ts'
import type { Html } from '#web/html.ts'
import type { Assets } from '#web/page-assets.ts'
import { type Content, layout } from './layout.ts'
import { type Locale, localeOf } from './locale.ts'
import type { ConsolePorts, LedgerHead } from './ports.ts'
import { userOf } from './require-role.ts'

const PROOF_WAIT_MS = 2_000

type Query = Readonly<Record<string, unknown>>
type Parameters = Readonly<Record<string, string | null>>

/** What every page of one console shares: its ports, its assets, and how it answers. */
export class ConsoleContext {
  readonly ports: ConsolePorts
  readonly assets: Assets
  /** Aborts when the console closes: streams end. */
  readonly closing: AbortSignal

  constructor(ports: ConsolePorts, assets: Assets, closing: AbortSignal) {
    this.ports = ports
    this.assets = assets
    this.closing = closing
  }

  query(request: FastifyRequest): Query {
    return (request.query ?? {}) as Query
  }

  locale(request: FastifyRequest): Locale {
    return localeOf(this.query(request)['lang'], request.headers['accept-language'])
  }

  /** Throws `OPS_CONTROL` while control cannot be read. */
  epoch(): Epoch {
    return this.ports.control.current().epoch
  }

  /** The epoch a decision was made under, for its words; the current one where that can no longer be read. */
  async epochOf(number: number): Promise<Epoch> {
    const current = this.epoch()
    if (number === current.number) return current
    try {
      return await this.ports.control.resolve(number)
    } catch (error) {
      this.ports.report(asFailure(error), 'epoch')
      return current
    }
  }

  /** A page without the head is better than none. */
  async checkpoint(): Promise<LedgerHead | undefined> {
    try {
      return await this.ports.checkpoint()
    } catch (error) {
      this.ports.report(asFailure(error), 'checkpoint')
      return undefined
    }
  }

  /** The bundle, or undefined while there is none; `OPS_NOT_FOUND` is the ledger being a moment behind. */
  async proof(handoff: HandoffId): Promise<string | undefined> {
    try {
      return await this.ports.proof(handoff)
    } catch (error) {
      const failure = asFailure(error)
      if (failure.code !== 'OPS_NOT_FOUND') this.ports.report(failure, 'proof')
      return undefined
    }
  }

  /** The same within a page's patience: making a proof reads the log. */
  async proofSoon(handoff: HandoffId): Promise<string | undefined> {
    const enough = new AbortController()
    const patience = this.ports.clock.sleep(PROOF_WAIT_MS, enough.signal).then(() => undefined)
    try {
      return await Promise.race([this.proof(handoff), patience])
    } finally {
      enough.abort()
    }
  }

  send(reply: FastifyReply, locale: Locale, markup: Html): FastifyReply {
    return reply
      .headers({ 'Content-Language': locale.lang, Vary: 'Accept-Language' })
      .type('text/html; charset=utf-8')
      .send(markup.toString())
  }

  page(
    request: FastifyRequest,
    reply: FastifyReply,
    content: Content,
    parameters: Parameters = {},
  ): FastifyReply {
    const locale = this.locale(request)
    const place = {
      locale,
      path: pathOf(request),
      parameters,
      epoch: this.knownEpoch(),
      user: userOf(request),
      version: this.assets.version,
    }
    return this.send(reply, locale, layout(place, content))
  }

  private knownEpoch(): Epoch | undefined {
    try {
      return this.epoch()
    } catch {
      // An error page stands without it, too: what failed is reported where it was asked for.
      return undefined
    }
  }
}

/** The path as it was asked for, when it can be a link of ours; else the start. */
export function pathOf(request: FastifyRequest): string {
  const path = request.url.split('?')[0] ?? '/'
  return /^\/(?!\/)[A-Za-z0-9./_-]*$/.test(path) ? path : '/'
}
