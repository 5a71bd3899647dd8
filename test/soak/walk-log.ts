/**
 * The judge's own reading of the log: it follows every partition while the soak runs, by its own chain rule and with its own state,
 * sharing neither chain reader, fold nor view with the product.
 */
import { createHash } from 'node:crypto'
import type { Effect, Outcome } from '#core/handoff/outcome.ts'
import { LIMITS } from '#core/limits.ts'
import type { RecordCodecs } from '#core/log/codec.ts'
import type { EventLog, LogRecord } from '#core/ports/event-log.ts'

export interface Hand {
  readonly id: string
  readonly partition: number
  readonly message: string
  readonly to: string
  readonly began: string
  state: string
  /** seq of the outcome that released it. */
  released: number | null
  erased: boolean
  readonly seq: number
}

export interface Answered {
  readonly seq: number
  readonly kind: string
  readonly code: string | null
  readonly repeatOf: number | null
  /** States in which its new hand-offs begin. */
  readonly states: readonly string[]
  readonly effects: number
}

export interface Received {
  readonly key: string
  readonly digest: string
  readonly bytes: string
}

const base64url = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('base64url')
const OPEN = new Set(['held', 'sealed'])
const NOTHING = '0'.repeat(64)

/** Who handed what in, under which id: how clients and log speak of the same message. */
export const keyOf = (oin: string, id: string) => `${oin} ${id}`

export class PartitionWalk {
  readonly partition: number
  readonly hands = new Map<string, Hand>()
  /** By number of the input, from 0. */
  readonly answers: Answered[] = []
  readonly inbound: Received[] = []
  readonly problems: string[] = []
  /** Released hand-offs in the order of their release. */
  readonly releases: Hand[] = []
  readonly voids = { count: 0 }
  readonly decided = { count: 0 }
  readonly #digests: string[] = []
  #seq = 0
  #hash = NOTHING
  #at = 0
  #epoch = 0
  #next = 0
  #nextInbound = 0

  constructor(partition: number) {
    this.partition = partition
  }

  get seq(): number {
    return this.#seq
  }

  /** Whatever is new. */
  async advance(log: EventLog, codecs: RecordCodecs): Promise<void> {
    for (;;) {
      const page = await log.read('outcomes', this.partition, this.#next)
      for (const record of page) this.#read(record, codecs)
      this.#next = (page.at(-1)?.position ?? this.#next - 1) + 1
      if (page.length === 0) break
    }
    for (;;) {
      const page = await log.read('inbound', this.partition, this.#nextInbound)
      for (const record of page) this.#receive(record, codecs)
      this.#nextInbound = (page.at(-1)?.position ?? this.#nextInbound - 1) + 1
      if (page.length === 0) return
    }
  }

  #receive(record: LogRecord, codecs: RecordCodecs): void {
    const inbound = codecs.inbound.decode(record)
    const key = inbound ? keyOf(inbound.submitter ?? '', inbound.attributes['id'] ?? '') : ''
    const digest = inbound ? base64url(inbound.body) : ''
    this.inbound.push({ key, digest, bytes: base64url(record.value) })
  }

  #read(record: LogRecord, codecs: RecordCodecs): void {
    const outcome = codecs.outcome.decode(record)
    if (!outcome || !this.#extends(outcome)) {
      this.voids.count += 1
      return
    }
    this.#seq = outcome.seq
    this.#hash = createHash('sha256').update(record.value).digest('hex')
    this.#at = outcome.at
    this.#epoch = outcome.epoch
    if (outcome.in) {
      this.#digests.push(Buffer.from(outcome.in.digest).toString('base64url'))
      this.answers.push(answerOf(outcome))
      if (outcome.answer.kind === 'decided') this.decided.count += 1
      if (outcome.answer.kind === 'repeat' && outcome.effects.length > 0)
        this.#say(outcome, 'a repeat has an effect')
    }
    for (const effect of outcome.effects) this.#apply(outcome, effect)
  }

  #extends(outcome: Outcome): boolean {
    const linked =
      outcome.seq === this.#seq + 1 &&
      Buffer.from(outcome.prev).toString('hex') === this.#hash &&
      outcome.at >= this.#at
    if (!linked || (outcome.genesis !== null) !== (this.#seq === 0)) return false
    const tick = outcome.in === null
    const rises = outcome.epoch === this.#epoch + 1 && tick && outcome.genesis === null
    if (outcome.epoch !== this.#epoch && !rises) return false
    return tick || outcome.in?.n === this.answers.length + 1
  }

  #apply(outcome: Outcome, effect: Effect): void {
    if (effect.kind === 'handoff') {
      const { handoff: id, message, to, state } = effect
      if (this.hands.has(id)) this.#say(outcome, `${id} is made twice`)
      const { partition } = this
      const hand = {
        id,
        partition,
        message,
        to,
        began: state,
        state,
        released: null,
        erased: false,
        seq: outcome.seq,
      }
      this.hands.set(id, hand)
      return
    }
    const hand = this.hands.get(effect.handoff)
    if (!hand) {
      this.#say(outcome, `${effect.kind} of ${effect.handoff}, which is not there`)
      return
    }
    if (effect.kind === 'state') {
      if (!OPEN.has(hand.state)) this.#say(outcome, `${hand.id} ends twice: ${hand.state}, ${effect.state}`)
      hand.state = effect.state
    }
    if (effect.kind === 'erased') hand.erased = true
    if (effect.kind !== 'released') return
    if (hand.released !== null) this.#say(outcome, `${hand.id} is released twice`)
    if (hand.state !== 'sealed') this.#say(outcome, `${hand.id} is released as ${hand.state}`)
    hand.released = outcome.seq
    this.releases.push(hand)
  }

  #say(outcome: Outcome, text: string): void {
    this.problems.push(`${this.partition}-${outcome.seq}: ${text}`)
  }

  /** Input n was answered for its own bytes; call when the walk is at the end. */
  checkDigests(): void {
    for (const [index, digest] of this.#digests.entries()) {
      if (this.inbound[index]?.bytes !== digest)
        this.problems.push(`${this.partition}: input ${index + 1} was answered for other bytes`)
    }
  }
}

function answerOf(outcome: Outcome): Answered {
  const { kind, code, repeatOf } = outcome.answer
  const states = outcome.effects.flatMap((effect) => (effect.kind === 'handoff' ? [effect.state] : []))
  return { seq: outcome.seq, kind, code, repeatOf, states, effects: outcome.effects.length }
}

/** All partitions. */
export class LogWalk {
  readonly partitions = Array.from(
    { length: LIMITS.partitions },
    (_, partition) => new PartitionWalk(partition),
  )

  async advance(log: EventLog, codecs: RecordCodecs): Promise<void> {
    for (const one of this.partitions) await one.advance(log, codecs)
  }

  sum(of: (walk: PartitionWalk) => number): number {
    return this.partitions.reduce((sum, one) => sum + of(one), 0)
  }

  /** Every input is answered and every sealed hand-off released. */
  settled(): boolean {
    const answered = this.partitions.every((one) => one.answers.length === one.inbound.length)
    const waits = (hand: Hand) => hand.state === 'sealed' && hand.released === null && !hand.erased
    return answered && !this.partitions.some((one) => [...one.hands.values()].some(waits))
  }
}
