import { type EndpointUrn, oinOf, parseEndpointUrn } from '#core/ids.ts'
import type { ConnectionPorts } from './connection-ports.ts'
import { parseEventStream } from './event-stream.ts'
import type { InboxItem, InboxPage } from './gateway-answers.ts'
import { type Handoff, openReceived } from './open-handoff.ts'
import { asSchakelErrors, SchakelError } from './sdk-error.ts'
import { chanceOf, withRetry } from './with-retry.ts'

const RECONNECT_MS = 1_000

/** A hand-off that could not be opened or does not hold: do not use it, tell the desk of the exchange. */
export interface Refused {
  readonly handoff: string
  readonly error: SchakelError
}

export interface Inbox {
  readonly items: readonly Handoff[]
  readonly refused: readonly Refused[]
  /** The cursor to go on from. */
  readonly next: string
  readonly more: boolean
}

type Received =
  | { readonly handoff: Handoff; readonly error: null }
  | { readonly handoff: null; readonly error: SchakelError }

/** The way in: inbox and event stream of one endpoint, each hand-off opened and verified before anybody sees it. */
export class Receiver {
  readonly #urn: EndpointUrn
  readonly #endpoint: string
  readonly #ports: ConnectionPorts

  constructor(urn: EndpointUrn, ports: ConnectionPorts) {
    this.#urn = urn
    this.#endpoint = urn.slice(`urn:nld:oin:${oinOf(urn)}:systeem:`.length)
    this.#ports = ports
  }

  async inbox(after: string | undefined, limit: number): Promise<Inbox> {
    const { client, retry } = this.#ports
    const query = new URLSearchParams({ limit: String(limit), ...this.#only() })
    if (after !== undefined) query.set('after', after)
    const path = `/v1/inbox?${query}`
    const page = await withRetry(this.#ports, retry, () => client.json<InboxPage>({ path }))
    const items: Handoff[] = []
    const refused: Refused[] = []
    for (const item of page.items) {
      if (!this.#isMine(item.to)) continue
      const received = await this.#receive(item)
      if (received.error) refused.push({ handoff: item.handoff, error: received.error })
      else items.push(received.handoff)
    }
    return { items, refused, next: page.next, more: page.more }
  }

  /** Reconnects after every end but the signal's and a final error's, and resumes after the last one given. */
  async *stream(
    signal: AbortSignal,
    after: string | undefined,
    refused: ((refusal: Refused) => void) | undefined,
  ): AsyncGenerator<Handoff> {
    let cursor = after
    while (!signal.aborted) {
      try {
        for await (const item of this.#events(signal, cursor)) {
          if (this.#isMine(item.to)) {
            const received = await this.#receive(item)
            if (!received.error) yield received.handoff
            else if (refused) refused({ handoff: item.handoff, error: received.error })
            else throw received.error
          }
          cursor = item.cursor
        }
      } catch (error) {
        if (signal.aborted) return
        if (!(error instanceof SchakelError) || !error.retryable) throw error
      }
      // Half to one and a half: not everybody comes back at once.
      const pause = RECONNECT_MS * (0.5 + chanceOf(this.#ports.random))
      await this.#ports.clock.sleep(pause, signal)
    }
  }

  open(jwe: string): Promise<Handoff> {
    return openReceived(jwe, this.#urn, null, this.#ports)
  }

  #isMine(to: string): boolean {
    return to === this.#urn || [...this.#ports.carries].some((urn) => urn === to)
  }

  /** The gateway leaves out what is for other endpoints; a carrier asks for all of it and chooses here. */
  #only(): Record<string, string> {
    return this.#ports.carries.size === 0 ? { endpoint: this.#endpoint } : {}
  }

  async *#events(signal: AbortSignal, cursor: string | undefined): AsyncGenerator<InboxItem> {
    const query = new URLSearchParams(this.#only())
    if (cursor !== undefined) query.set('after', cursor)
    const headers = { accept: 'text/event-stream' }
    const bytes = this.#ports.client.stream({ path: `/v1/stream?${query}`, headers, signal })
    for await (const event of parseEventStream(bytes))
      if (event.event === 'handoff') yield JSON.parse(event.data) as InboxItem
  }

  /** What fails only for now (a certificate could not be fetched) throws; what fails for good is told. */
  #receive(item: InboxItem): Promise<Received> {
    const about = { handoff: item.handoff, type: item.type }
    return this.#ports.tracing.span('schakel.receive', about, () => this.#open(item))
  }

  async #open(item: InboxItem): Promise<Received> {
    try {
      const handoff = await asSchakelErrors(() =>
        openReceived(item.jwe, parseEndpointUrn(item.to, '/to'), item, this.#ports),
      )
      if (handoff.handoff === item.handoff) return { handoff, error: null }
      const error = new SchakelError('MSG_ROUTE', { detail: 'another hand-off than announced' })
      return { handoff: null, error }
    } catch (error) {
      if (error instanceof SchakelError && !error.retryable) return { handoff: null, error }
      throw error
    }
  }
}
