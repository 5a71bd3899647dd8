import { LIMITS } from '#core/limits.ts'
import type { RecordCodecs } from '#core/log/codec.ts'
import type { EventLog, LogRecord } from '#core/ports/event-log.ts'

/** When each input counts as received; asked in order, constant memory. */
export class InboundTimes {
  readonly #log: EventLog
  readonly #codecs: RecordCodecs
  readonly #partition: number
  /** Parked outcomes of the last 7 days: seq → at. */
  readonly #parked = new Map<number, number>()
  #page: readonly LogRecord[] = []
  #next = 0

  constructor(log: EventLog, codecs: RecordCodecs, partition: number) {
    this.#log = log
    this.#codecs = codecs
    this.#partition = partition
  }

  park(seq: number, at: number): void {
    for (const [old, then] of this.#parked) if (at - then > LIMITS.redriveMs) this.#parked.delete(old)
    this.#parked.set(seq, at)
  }

  /** Append time of the input at `position`, or for a redrive the parked outcome's `at`; undefined when it is not there. */
  async receivedAt(position: number): Promise<number | undefined> {
    const raw = await this.#at(position)
    if (!raw) return undefined
    const redriveOf = this.#codecs.inbound.decode(raw)?.redriveOf ?? null
    return redriveOf === null ? raw.at : (this.#parked.get(redriveOf) ?? raw.at)
  }

  async #at(position: number): Promise<LogRecord | undefined> {
    if ((this.#page.at(-1)?.position ?? -1) < position) {
      this.#page = await this.#log.read('inbound', this.#partition, position)
      this.#next = 0
    }
    while ((this.#page[this.#next]?.position ?? position) < position) this.#next += 1
    const found = this.#page[this.#next]
    return found?.position === position ? found : undefined
  }
}
