import { createHash } from 'node:crypto'
import type { Outcome } from '#core/handoff/outcome.ts'
import type { LogRecord } from '#core/ports/event-log.ts'
import type { ControlFound } from './check-control.ts'
import { checkDecisions } from './check-decisions.ts'
import { DutyLaws } from './duty-law.ts'
import { DutyModel } from './duty-model.ts'
import { HandoffModel } from './handoff-model.ts'
import type { Problems } from './problems.ts'
import type { FsckStore } from './store.ts'
import { rawRecords, type ValidRecord, type Voids, validRecords } from './valid-records.ts'

/** Who named which keys, of all partitions. */
export interface KeysNamed {
  /** Content key → place of its archive. */
  readonly content: Map<string, string>
  readonly accountability: Set<string>
  readonly erased: Set<string>
  /** Last seq per partition: keys of later places belong to what is being written. */
  readonly heads: number[]
}

export interface Totals {
  outcomes: number
  handoffs: number
  leaves: number
}

const PRUNE_EVERY = 1_000
const PROGRESS_EVERY = 1_000
const SEEN_ANSWERS = new Set(['decided', 'refused'])

/** An outcome's place in the chain (design §3): the epoch rises by one and in a tick only; inputs are counted. */
function follows(record: Outcome, last: Outcome, inputs: { n: number; position: number }): boolean {
  const tick = record.answer.kind === 'tick'
  if (tick !== (record.in === null)) return false
  const rises = record.epoch === last.epoch + 1 && record.in === null && record.sweep !== null
  if (record.epoch !== last.epoch && !rises) return false
  return record.in === null || (record.in.n === inputs.n + 1 && record.in.position >= inputs.position)
}

interface Shared {
  readonly problems: Problems
  readonly keys: KeysNamed
  readonly totals: Totals
  readonly voids: Voids
  readonly progress: (outcomes: number) => void
}

/** One partition, read along in step with the cuts: `advance` gives the leaves up to a seq. */
export class PartitionCheck {
  readonly #store: FsckStore
  readonly #partition: number
  readonly #problems: Problems
  readonly #control: ControlFound
  readonly #keys: KeysNamed
  readonly #totals: Totals
  readonly #progress: (outcomes: number) => void
  readonly #model: HandoffModel
  readonly #duties: DutyModel
  readonly #dutyLaw: DutyLaws
  readonly #outcomes: AsyncGenerator<ValidRecord<Outcome>>
  readonly #inbound: AsyncGenerator<LogRecord>
  readonly #inputs = { n: 0, position: 0 }
  /** iss and jti → until when they are remembered. */
  readonly #seen = new Map<string, number>()
  /** Outcomes that registered a message. */
  readonly #registered = new Set<number>()
  #seq = 0
  #hash = ''
  #epoch = 0

  constructor(store: FsckStore, partition: number, control: ControlFound, shared: Shared) {
    this.#store = store
    this.#partition = partition
    this.#control = control
    this.#problems = shared.problems
    this.#keys = shared.keys
    this.#totals = shared.totals
    this.#progress = shared.progress
    this.#model = new HandoffModel(partition, shared.problems)
    this.#duties = new DutyModel(shared.problems)
    this.#dutyLaw = new DutyLaws(store.artefacts, control.dutyFiles)
    const rule = (record: Outcome, last: Outcome) => follows(record, last, this.#inputs)
    const { codecs, log } = store
    this.#outcomes = validRecords(log, codecs.outcome, 'outcomes', partition, shared.voids, rule)
    this.#inbound = rawRecords(log, 'inbound', partition)
  }

  /** Where it has come to; `hash` (hex) is that of the last record. */
  get head(): { readonly seq: number; readonly hash: string; readonly epoch: number } {
    return { seq: this.#seq, hash: this.#hash, epoch: this.#epoch }
  }

  /** Checks on to `seq` (or the end) and gives the leaves passed; a log that ends before is a problem. */
  async *advance(seq: number): AsyncGenerator<Uint8Array> {
    while (this.#seq < seq) {
      const next = await this.#outcomes.next()
      if (next.done) {
        if (seq !== Number.POSITIVE_INFINITY) {
          this.#problems.add(`outcomes/${this.#partition}`, `ends at ${this.#seq}, a cut names ${seq}`)
        }
        return
      }
      await this.#check(next.value)
      yield* next.value.record.leaves
    }
  }

  finish(): void {
    this.#totals.handoffs += this.#model.count
    for (const id of this.#model.erasedKeys) this.#keys.erased.add(id)
  }

  async #check({ record, hash }: ValidRecord<Outcome>): Promise<void> {
    const at = `outcomes/${this.#partition}/${record.seq}`
    this.#seq = record.seq
    this.#hash = hash
    this.#epoch = record.epoch
    this.#keys.heads[this.#partition] = record.seq
    this.#totals.outcomes += 1
    if (this.#totals.outcomes % PROGRESS_EVERY === 0) this.#progress(this.#totals.outcomes)
    this.#totals.leaves += record.leaves.length
    if (record.seq === 1) {
      const listed = this.#control.genesis[`outcomes/${this.#partition}`]
      const same = listed === Buffer.from(hash, 'hex').toString('base64url')
      return this.#problems.expect(same, at, 'another genesis than control lists')
    }
    this.#problems.expect(record.epoch <= this.#control.latest, at, 'an epoch that control does not have')
    if (record.in) await this.#checkInput(record, record.in, at)
    this.#checkAnswer(record, at)
    this.#model.apply(record, at)
    const { keys } = this.#store
    const subject = (handoff: string) => this.#model.subject(handoff)
    const records = await checkDecisions(keys, this.#partition, record, subject, at, this.#problems)
    const law = await this.#dutyLaw.at(record.epoch)
    this.#duties.apply(record, records, law, at)
    this.#noteKeys(record, at)
  }

  async #checkInput(record: Outcome, input: NonNullable<Outcome['in']>, at: string): Promise<void> {
    this.#inputs.n = input.n
    this.#inputs.position = input.position + 1
    const next = await this.#inbound.next()
    if (next.done) return this.#problems.add(at, 'answers an input that is not there')
    this.#problems.expect(next.value.position === input.position, at, 'answers another input than the next')
    const digest = createHash('sha256').update(next.value.value).digest()
    this.#problems.expect(
      Buffer.compare(digest, input.digest) === 0,
      at,
      'the input is not what was answered',
    )
    this.#problems.expect(record.answer.kind !== 'tick', at, 'a tick with an input')
  }

  /** A repeat has no effect; a message has its effect once. */
  #checkAnswer({ answer, effects, leaves, seen, seq, at: time }: Outcome, at: string): void {
    const bare = effects.length === 0 && leaves.length === 0
    if (answer.kind === 'repeat' || answer.kind === 'parked')
      this.#problems.expect(bare, at, `${answer.kind} with effects`)
    if (answer.kind === 'refused') this.#problems.expect(effects.length === 0, at, 'refused with effects')
    if (answer.kind === 'repeat') {
      this.#problems.expect(
        this.#registered.has(answer.repeatOf ?? 0),
        at,
        'repeats what registered no message',
      )
    }
    const remembered = answer.kind !== 'decided' || seen !== null
    this.#problems.expect(remembered, at, 'decided a message whose id nobody will know again')
    if (seq % PRUNE_EVERY === 0)
      for (const [key, until] of this.#seen) if (until < time) this.#seen.delete(key)
    if (!seen || !SEEN_ANSWERS.has(answer.kind) || answer.code?.startsWith('PEER_')) return
    const key = `${seen.iss} ${seen.jti}`
    const known = (this.#seen.get(key) ?? Number.NEGATIVE_INFINITY) >= time
    this.#problems.expect(!known, at, 'a message id has its effect twice')
    this.#seen.set(key, seen.until)
    this.#registered.add(seq)
  }

  #noteKeys(record: Outcome, at: string): void {
    if (record.decisions) this.#keys.accountability.add(record.decisions.keyId)
    const id = record.archive?.keyId
    if (id?.startsWith('c:')) this.#keys.content.set(id, at)
    else if (id) this.#keys.accountability.add(id)
    for (const effect of record.effects) {
      if (effect.kind === 'handoff')
        this.#problems.expect(effect.contentKey === (id ?? null), at, 'names another content key')
    }
  }
}
