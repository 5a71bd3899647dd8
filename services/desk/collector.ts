import type { HandoffForSender, MessageStatus } from '#sdk/gateway-answers.ts'
import type { Handoff } from '#sdk/open-handoff.ts'
import { SchakelError } from '#sdk/sdk-error.ts'
import { reportable } from '#web/page-refusal.ts'
import { keepUntil } from './keep-until.ts'
import { DESK_LIMITS } from './limits.ts'
import type { DeskPorts } from './ports.ts'
import type { ReceivedRow, RefusedRow, SentRow } from './store.ts'

export interface Trouble {
  readonly code: string
  /** ms */
  readonly since: number
}

type Ports = Pick<DeskPorts, 'connection' | 'store' | 'clock'>

/** Brings what the exchange has for this desk, and what became of what it sent, into the store; one look at a time. */
export class Collector {
  readonly #ports: Ports
  #looking: Promise<void> | undefined
  #trouble: Trouble | null = null
  /** When the last look ended, ms. */
  #ended = Number.NEGATIVE_INFINITY
  #asked = 0

  constructor(ports: Ports) {
    this.#ports = ports
  }

  /** Why the last look failed; null = it did not. */
  get trouble(): Trouble | null {
    return this.#trouble
  }

  /** Ends when what there was has been read, or the exchange could not be asked; a moment after a look there is none. Never throws `SchakelError`. */
  look(): Promise<void> {
    if (this.#looking) return this.#looking
    const since = this.#ports.clock.now() - this.#ended
    if (since >= 0 && since < DESK_LIMITS.restMs) return Promise.resolve()
    this.#looking = this.#look().finally(() => {
      this.#looking = undefined
      this.#ended = this.#ports.clock.now()
    })
    return this.#looking
  }

  async #look(): Promise<void> {
    const { store, clock } = this.#ports
    try {
      await this.#collect()
      await this.#ask()
      this.#trouble = null
    } catch (error) {
      if (!(error instanceof SchakelError)) throw error
      this.#trouble = { code: error.code, since: this.#trouble?.since ?? clock.now() }
    }
    store.purge(clock.now(), DESK_LIMITS.keptMs)
  }

  async #collect(): Promise<void> {
    const { connection, store, clock } = this.#ports
    for (let page = 0; page < DESK_LIMITS.pagesPerLook; page += 1) {
      const { items, refused, next, more } = await connection.inbox(store.cursor())
      const rows: ReceivedRow[] = []
      for (const item of items) rows.push(await this.#rowOf(item))
      const at = clock.now()
      const bad: RefusedRow[] = refused.map(({ handoff, error }) => ({ handoff, code: error.code, at }))
      store.receive(rows, bad, next)
      if (!more) return
    }
  }

  async #rowOf(item: Handoff): Promise<ReceivedRow> {
    const { handoff, type, from, at, label, obligations, approval, sealed, evidence } = item
    const state = await this.#ports.connection.handoff(handoff)
    return {
      handoff,
      type,
      from,
      at: Date.parse(at),
      handling: label.handling,
      obligations,
      deadline: state.deadline === null ? null : Date.parse(state.deadline),
      acknowledged: state.state === 'delivered' ? Date.parse(state.at) : null,
      approval,
      sealed,
      evidence,
      keepUntil: keepUntil(item),
    }
  }

  /** What became of messages whose end is not known: some of them each time, all in turn. */
  async #ask(): Promise<void> {
    const { store } = this.#ports
    const open = store.sentOpen(DESK_LIMITS.openMost)
    const first = open.length > DESK_LIMITS.asksPerLook ? this.#asked % open.length : 0
    const turn = [...open.slice(first), ...open.slice(0, first)].slice(0, DESK_LIMITS.asksPerLook)
    this.#asked = first + turn.length
    for (const row of turn) {
      const status = await this.#statusOf(row)
      if (JSON.stringify(status) !== JSON.stringify(row.status)) store.putSent({ ...row, status })
    }
  }

  async #statusOf({ message, status }: SentRow): Promise<MessageStatus> {
    const { connection } = this.#ports
    try {
      return await connection.status(message)
    } catch (error) {
      if (!(error instanceof SchakelError) || error.code !== 'OPS_NOT_FOUND') throw error
    }
    // The exchange never got it, or its overview no longer knows the message: the same bytes again, or what each hand-off says.
    if (status.state === 'accepted') return this.#sendAgain(message)
    const handoffs: HandoffForSender[] = []
    for (const known of status.handoffs) {
      const now = await connection.handoff(known.handoff)
      handoffs.push(now.role === 'sender' ? now : known)
    }
    return { ...status, handoffs }
  }

  /** The stored bytes again; when they are gone, nobody will ever send them. */
  async #sendAgain(id: string): Promise<MessageStatus> {
    try {
      return await this.#ports.connection.again(id, { wait: 0 })
    } catch (error) {
      if (!(error instanceof SchakelError) || error.retryable) throw error
      const { code, pointer, next } = error
      return { id, state: 'refused', at: null, error: { code, title: code, pointer, next }, handoffs: [] }
    }
  }
}

/** Looks now and then until the signal aborts; what is no failure of the exchange is reported. */
export async function keepLooking(
  collector: Collector,
  { clock, signal, report }: Pick<DeskPorts, 'clock' | 'signal' | 'report'>,
): Promise<void> {
  while (!signal.aborted) {
    await collector.look().catch((error: unknown) => {
      const failure = reportable(error)
      if (failure) report(failure, 'collector')
    })
    await clock.sleep(DESK_LIMITS.collectMs, signal)
  }
}
