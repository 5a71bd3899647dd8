import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Epoch } from '#core/decision/epoch.ts'
import { asFailure } from '#core/failure.ts'
import type { HandoffId } from '#core/ids.ts'
import type { SignedIn } from '#web/door.ts'
import type { Html } from '#web/html.ts'
import type { Site } from '#web/site.ts'
import { type Content, PATHS } from './layout.ts'
import type { Locale } from './locale.ts'
import type { ConsolePorts, LedgerHead } from './ports.ts'
import type { Texts } from './texts.ts'

const PROOF_WAIT_MS = 2_000

type Query = Readonly<Record<string, unknown>>
type Parameters = Readonly<Record<string, string | null>>

/** What every page of one console shares: its ports, its assets, and how it answers. */
export class ConsoleContext {
  readonly ports: ConsolePorts
  /** Aborts when the console closes: streams end. */
  readonly closing: AbortSignal

  readonly #site: Site<Texts>

  constructor(ports: ConsolePorts, site: Site<Texts>, closing: AbortSignal) {
    this.ports = ports
    this.#site = site
    this.closing = closing
  }

  query(request: FastifyRequest): Query {
    return (request.query ?? {}) as Query
  }

  locale(request: FastifyRequest): Locale {
    return this.#site.locale(request)
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

  send(request: FastifyRequest, reply: FastifyReply, markup: Html): FastifyReply {
    return this.#site.send(request, reply, markup)
  }

  page(
    request: FastifyRequest,
    reply: FastifyReply,
    { page, ...content }: Content,
    parameters: Parameters = {},
  ): FastifyReply {
    const below = page === null ? {} : { below: PATHS[page] }
    return this.#site.page(request, reply, { ...content, ...below, parameters })
  }

  /** Who asks. */
  user(request: FastifyRequest): SignedIn | undefined {
    return this.#site.user(request)
  }

  /** An error page stands without it, too: what failed is reported where it was asked for. */
  knownEpoch(): Epoch | undefined {
    try {
      return this.epoch()
    } catch {
      return undefined
    }
  }
}
