/**
 * Judges what exchanges left in a log, by a model of its own: it walks the chain by its own rule and keeps its own state, sharing neither
 * chain reader, fold nor evaluator with the product. Returns every breach of design §3 it finds.
 */
import type { Effect, Outcome } from '#core/handoff/outcome.ts'
import type { RecordCodecs } from '#core/log/codec.ts'
import type { LogRecord } from '#core/ports/event-log.ts'
import { sha256 } from './record-codecs.ts'
import { contentDigest, type Hand, type Op, SEALED_AGAIN_MS, SEEN_AFTER_MS } from './test-evaluator.ts'

interface Row {
  id: string
  message: string
  caseRef: string
  to: string
  state: string
  deadline: number
  epoch: number
  seq: number
  asks: string | null
  key: string
  erased: boolean
  released: boolean
  /** The duty that it began; `next`: when something must become of it, null when it has ended. */
  duty: { next: number | null; due: number; state: string } | null
}

export interface Judged {
  readonly problems: readonly string[]
  readonly outcomes: readonly Outcome[]
  readonly voids: number
  /** Keys that must be in the store: named, and not erased. */
  readonly living: ReadonlySet<string>
  readonly erasedKeys: ReadonlySet<string>
  readonly openSweep: boolean
  readonly states: ReadonlyMap<string, Row>
}

export interface JudgeOptions {
  readonly codecs: RecordCodecs
  readonly outcomes: readonly LogRecord[]
  readonly inbound: readonly LogRecord[]
  /** Whether an input may be parked at all, by its number. */
  readonly mayPark?: (op: Op) => boolean
}

const open = (row: Row) => row.state === 'held' || row.state === 'sealed'

export function judgeOutcomes(options: JudgeOptions): Judged {
  const model = new Model(options)
  for (const record of options.outcomes) model.read(record)
  return model.result()
}

class Model {
  readonly #options: JudgeOptions
  readonly #problems: string[] = []
  readonly #outcomes: Outcome[] = []
  readonly #rows = new Map<string, Row>()
  readonly #seen = new Map<string, { digest: string; seq: number; until: number }>()
  readonly #living = new Set<string>()
  readonly #erased = new Set<string>()
  readonly #generations = new Map<string, number>()
  readonly #parked = new Map<number, { at: number; input: number }>()
  #voids = 0
  #begun: readonly string[] = []
  #hash: Uint8Array = new Uint8Array(32)
  #at = 0
  #epoch = 0
  #inputs = 0
  #upto = 0
  #done = true

  constructor(options: JudgeOptions) {
    this.#options = options
  }

  result(): Judged {
    return {
      problems: this.#problems,
      outcomes: this.#outcomes,
      voids: this.#voids,
      living: this.#living,
      erasedKeys: this.#erased,
      openSweep: !this.#done,
      states: this.#rows,
    }
  }

  #say(outcome: Outcome, text: string) {
    this.#problems.push(`seq ${outcome.seq}: ${text}`)
  }

  read(record: LogRecord): void {
    const outcome = this.#options.codecs.outcome.decode(record)
    const extends_ =
      outcome &&
      outcome.seq === this.#outcomes.length + 1 &&
      Buffer.compare(outcome.prev, this.#hash) === 0 &&
      outcome.at >= this.#at
    if (!extends_) {
      this.#voids += 1
      return
    }
    this.#hash = sha256(record.value)
    this.#outcomes.push(outcome)
    if (outcome.at > record.at + 2_000) this.#say(outcome, `written ahead of the log's time`)
    if (outcome.genesis === null) this.#judge(outcome)
    this.#at = outcome.at
  }

  #judge(outcome: Outcome) {
    const due = [...this.#rows.values()].filter((row) => open(row) && row.deadline <= outcome.at)
    const duties = [...this.#rows.values()].filter(({ duty }) => (duty?.next ?? Infinity) <= outcome.at)
    const onlyDuties = outcome.duties.length > 0 && outcome.effects.length === 0
    if (!outcome.in && !outcome.sweep && outcome.epoch === this.#epoch && onlyDuties)
      return this.#judgeDuties(outcome, due, duties)
    if ((outcome.in || outcome.sweep) && duties.length > 0) this.#say(outcome, 'went on over due duties')
    if (outcome.in) this.#judgeInput(outcome, due)
    else if (outcome.epoch !== this.#epoch) this.#judgeRise(outcome, due)
    else if (outcome.sweep) this.#judgeSweep(outcome, due)
    else this.#judgeExpiry(outcome, due)
  }

  #judgeDuties(outcome: Outcome, due: readonly Row[], duties: readonly Row[]) {
    if (due.length > 0) this.#say(outcome, 'looked at duties over due hand-offs')
    const allowed = duties.map(
      ({ id, duty }) => `${id} ${outcome.at < (duty?.due ?? 0) ? 'reminded' : 'missed'}`,
    )
    for (const { handoff, change } of outcome.duties)
      if (!allowed.includes(`${handoff} ${change}`))
        this.#say(outcome, `duty of ${handoff} ${change} unasked`)
    this.#applyDuties(outcome)
  }

  /** A hand-off that ends unreceived withdraws its duty, and one that is sealed at once may begin one. */
  #expectDuties(outcome: Outcome, begun: readonly string[]) {
    const withdrawn = outcome.effects.flatMap((effect) => {
      if (effect.kind !== 'state' || effect.state === 'sealed' || effect.state === 'delivered') return []
      const row = this.#rows.get(effect.handoff)
      return row?.duty?.state === 'open' ? [`${row.id} withdrawn`] : []
    })
    const found = outcome.duties.map(({ handoff, change }) => `${handoff} ${change}`)
    const expected = [...begun, ...withdrawn]
    if (found.toSorted().join() !== expected.sort().join())
      this.#say(outcome, `duties [${found.join('; ')}], expected [${expected.join('; ')}]`)
  }

  #applyDuties(outcome: Outcome) {
    for (const { handoff, change, dueAt, remindAt } of outcome.duties) {
      const row = this.#rows.get(handoff)
      if (!row) this.#say(outcome, 'a duty of nothing')
      else if (change === 'started') row.duty = { state: 'open', due: dueAt ?? 0, next: remindAt ?? dueAt }
      else if (row.duty) {
        const open = change === 'reminded'
        row.duty = { ...row.duty, state: open ? 'open' : change, next: open ? row.duty.due : null }
      }
    }
  }

  #judgeRise(outcome: Outcome, due: readonly Row[]) {
    if (due.length > 0) this.#say(outcome, 'epoch rose over due hand-offs')
    if (outcome.epoch !== this.#epoch + 1) this.#say(outcome, 'epoch did not rise by one')
    if (outcome.sweep?.upto !== 0 || outcome.effects.length > 0) this.#say(outcome, 'not a clean epoch tick')
    this.#epoch = outcome.epoch
    this.#upto = 0
    const older = [...this.#rows.values()].some((row) => open(row) && row.epoch < outcome.epoch)
    this.#done = outcome.sweep?.done ?? true
    if (this.#done === older) this.#say(outcome, 'sweep opened wrongly')
  }

  #judgeSweep(outcome: Outcome, due: readonly Row[]) {
    const { upto, done } = outcome.sweep ?? { upto: 0, done: true }
    if (this.#done) this.#say(outcome, 'sweep without an epoch')
    if (due.length > 0) this.#say(outcome, 'swept due hand-offs')
    const asked = this.#older().filter((row) => row.seq > this.#upto && row.seq <= upto)
    const left = this.#older().filter((row) => row.seq > upto)
    if (done !== (left.length === 0)) this.#say(outcome, 'sweep done too early or too late')
    const expected: string[] = []
    for (const row of asked) {
      if (row.state === 'sealed' && row.to.includes('suspended')) expected.push(`${row.id} recalled`)
      if (row.state === 'held' && this.#epoch % 2 === 0) expected.push(...this.#unsealed(row))
    }
    this.#expect(outcome, [...new Set(expected)])
    this.#upto = upto
    this.#done = done
  }

  #older(): Row[] {
    return [...this.#rows.values()].filter((row) => open(row) && row.epoch < this.#epoch)
  }

  #judgeExpiry(outcome: Outcome, due: readonly Row[]) {
    if (outcome.effects.length === 0) this.#say(outcome, 'empty tick')
    const dueIds = new Set(due.map((row) => row.id))
    for (const effect of outcome.effects) {
      if (effect.kind !== 'state' || effect.state !== 'expired' || !dueIds.has(effect.handoff)) {
        this.#say(outcome, 'expired what was not due')
      }
    }
    this.#apply(outcome)
  }

  #judgeInput(outcome: Outcome, due: readonly Row[]) {
    const { in: given } = outcome
    if (!given) return
    if (due.length > 0) this.#say(outcome, `answered an input over ${due.length} due hand-offs`)
    if (outcome.epoch !== this.#epoch) this.#say(outcome, 'epoch rose with an input')
    const record = this.#options.inbound[this.#inputs]
    this.#inputs += 1
    if (!record || given.n !== this.#inputs || given.position !== record.position) {
      return this.#say(outcome, `input ${given.n} at ${given.position} is not the next one`)
    }
    if (Buffer.compare(given.digest, sha256(record.value)) !== 0)
      this.#say(outcome, 'digest of another input')
    this.#judgeAnswer(outcome, record)
  }

  #judgeAnswer(outcome: Outcome, record: LogRecord) {
    const inbound = this.#options.codecs.inbound.decode(record)
    if (!inbound) return this.#expectAnswer(outcome, 'refused', 'MSG_FRAMING', [])
    let op: Op
    try {
      op = JSON.parse(Buffer.from(inbound.body).toString('utf8')) as Op
    } catch {
      return this.#expectAnswer(outcome, 'refused', 'MSG_FRAMING', [])
    }
    if (outcome.answer.kind === 'parked') {
      if (!this.#options.mayPark?.(op)) this.#say(outcome, 'parked a sound input')
      this.#parked.set(outcome.seq, { at: outcome.at, input: this.#inputs })
      return this.#expect(outcome, [])
    }
    if (op.op === 'bug' || op.op === 'die') return this.#expectAnswer(outcome, 'refused', 'MSG_CLAIM', [])
    if (op.op !== 'new') return this.#judgeReference(outcome, op)
    this.#judgeNew(outcome, op, this.#received(outcome, record, inbound.redriveOf))
  }

  #received(outcome: Outcome, record: LogRecord, redriveOf: number | null): number {
    const parked = redriveOf === null ? undefined : this.#parked.get(redriveOf)
    if (!parked || outcome.at - parked.at > 7 * 86_400_000) return record.at
    const original = this.#options.inbound[parked.input - 1]
    const here = this.#options.codecs.inbound.decode(record)
    const there = original && this.#options.codecs.inbound.decode(original)
    return here && there && Buffer.compare(here.body, there.body) === 0 ? parked.at : record.at
  }

  #find(ref: { message: string; to: string } | undefined): Row | undefined {
    return [...this.#rows.values()].find((row) => row.message === ref?.message && row.to === ref.to)
  }

  #judgeReference(outcome: Outcome, op: Exclude<Op, { op: 'new' | 'bug' | 'die' }>) {
    const row = this.#find(op.of)
    if (!row) return this.#expectAnswer(outcome, 'refused', 'MSG_ACK', [])
    switch (op.op) {
      case 'approve':
        if (row.state !== 'held') return this.#expectAnswer(outcome, 'refused', 'MSG_APPROVAL', [])
        return this.#expectAnswer(outcome, 'commanded', null, [
          `${row.id} approval ${op.granted}`,
          ...(op.granted ? this.#unsealed(row) : [`${row.id} refused`]),
        ])
      case 'ack':
        if (row.state === 'held' || row.state === 'refused')
          return this.#expectAnswer(outcome, 'refused', 'MSG_ACK', [])
        return this.#expectAnswer(outcome, 'commanded', null, [
          open(row) ? `${row.id} delivered` : `${row.id} late-ack`,
        ])
      case 'release': {
        const first = row.state === 'sealed' && !row.released
        return this.#expectAnswer(outcome, 'commanded', null, first ? [`${row.id} released`] : [])
      }
      case 'erase': {
        const rows = [...this.#rows.values()].filter((one) =>
          op.scope === 'case' ? one.caseRef === row.caseRef : one.message === row.message,
        )
        const present = rows.filter((one) => !one.erased)
        if (present.length === 0) return this.#expectAnswer(outcome, 'commanded', null, [])
        const keys = new Set(present.map((one) => one.key))
        if (op.scope === 'case') keys.add(this.#caseKey(row.caseRef))
        const recalled = rows.filter(open).map((one) => `${one.id} recalled`)
        return this.#expectAnswer(outcome, 'commanded', null, [
          `${row.id} erased ${op.scope} ${[...keys].sort().join()}`,
          ...recalled,
        ])
      }
    }
  }

  #caseKey(caseRef: string): string {
    return `k:${caseRef}:${this.#generations.get(caseRef) ?? 0}`
  }

  #unsealed(row: Row): string[] {
    const asking = [...this.#rows.values()].filter((one) => one.asks === row.id && one.state === 'sealed')
    return [`${row.id} sealed`, ...asking.map((one) => `${one.id} recalled`)]
  }

  #judgeNew(outcome: Outcome, op: Op & { op: 'new' }, receivedAt: number) {
    const id = `${op.iss} ${op.jti}`
    const before = this.#seen.get(id)
    if (before && before.until >= this.#at) {
      if (before.digest !== contentDigest(op))
        return this.#expectAnswer(outcome, 'refused', 'MSG_ID_REUSED', [])
      if (outcome.answer.repeatOf !== before.seq) this.#say(outcome, 'repeat of another outcome')
      return this.#expectAnswer(outcome, 'repeat', null, [])
    }
    if (op.peer) return this.#expectAnswer(outcome, 'refused', 'PEER_SUSPENDED', [])
    this.#seen.set(id, { digest: contentDigest(op), seq: outcome.seq, until: op.until + SEEN_AFTER_MS })
    if (receivedAt > op.until) return this.#expectAnswer(outcome, 'refused', 'MSG_LATE', [])
    this.#living.add(this.#caseKey(op.caseRef))
    const expected = op.hands.flatMap((hand) => this.#expectedHands(op, hand))
    this.#begun = op.hands.flatMap((hand) => this.#expectedDuty(outcome, op, hand))
    const older = this.#find(op.supersedes)
    if (older && older.caseRef === op.caseRef && open(older)) expected.push(`${older.id} recalled`)
    const key = outcome.archive?.keyId
    if (!key) return this.#say(outcome, 'decided without an archive copy')
    for (const effect of outcome.effects) {
      if (effect.kind === 'handoff' && effect.contentKey !== key) this.#say(outcome, 'another content key')
    }
    this.#living.add(key)
    this.#expectAnswer(outcome, 'decided', null, expected)
  }

  #expectedHands(op: Op & { op: 'new' }, hand: Hand): string[] {
    const state = hand.state === 'even' ? (this.#epoch % 2 === 0 ? 'sealed' : 'held') : hand.state
    const mine = `new ${op.jti} ${hand.to} ${state}`
    return state === 'held' && hand.asks ? [mine, `new ${op.jti} ${hand.to}-approver sealed`] : [mine]
  }

  #expectedDuty(outcome: Outcome, op: Op & { op: 'new' }, hand: Hand): string[] {
    const sealed = hand.state === 'sealed' || (hand.state === 'even' && this.#epoch % 2 === 0)
    if (!sealed || hand.dutyIn === undefined) return []
    const ids = outcome.effects.flatMap((one) =>
      one.kind === 'handoff' && one.message === op.jti && one.to === hand.to ? [one.handoff] : [],
    )
    return ids.map((id) => `${id} started`)
  }

  #expectAnswer(outcome: Outcome, kind: string, code: string | null, effects: readonly string[]) {
    if (outcome.answer.kind !== kind || outcome.answer.code !== code) {
      this.#say(outcome, `answered ${outcome.answer.kind} ${outcome.answer.code}, expected ${kind} ${code}`)
    }
    this.#expect(outcome, effects)
  }

  #expect(outcome: Outcome, effects: readonly string[]) {
    const found = outcome.effects.map(nameOf)
    if (found.toSorted().join('\n') !== [...effects].sort().join('\n')) {
      this.#say(outcome, `effects [${found.join('; ')}], expected [${effects.join('; ')}]`)
    }
    this.#apply(outcome)
  }

  #apply(outcome: Outcome) {
    this.#expectDuties(outcome, this.#begun)
    this.#begun = []
    this.#applyEffects(outcome)
    this.#applyDuties(outcome)
  }

  #applyEffects(outcome: Outcome) {
    for (const effect of outcome.effects) {
      if (effect.kind === 'handoff') this.#add(outcome, effect)
      const row = this.#rows.get(effect.handoff)
      if (!row) this.#say(outcome, 'effect on nothing')
      else if (effect.kind === 'released') row.released = true
      else if (effect.kind === 'erased') this.#erase(row, effect)
      else if (effect.kind === 'state') {
        if (!open(row)) this.#say(outcome, `${row.id} ended twice`)
        row.state = effect.state
        if (effect.state === 'sealed') row.deadline = outcome.at + SEALED_AGAIN_MS
      }
    }
  }

  #add(outcome: Outcome, effect: Effect & { kind: 'handoff' }) {
    this.#rows.set(effect.handoff, {
      id: effect.handoff,
      message: effect.message,
      caseRef: effect.caseRef,
      to: effect.to,
      state: effect.state,
      deadline: effect.deadline ?? Number.POSITIVE_INFINITY,
      epoch: outcome.epoch,
      seq: outcome.seq,
      asks: effect.asks?.handoff ?? null,
      key: effect.contentKey ?? '',
      erased: false,
      released: false,
      duty: null,
    })
  }

  #erase(row: Row, effect: Effect & { kind: 'erased' }) {
    for (const key of effect.keys) {
      this.#living.delete(key)
      this.#erased.add(key)
    }
    for (const one of this.#rows.values()) {
      if (effect.scope === 'case' ? one.caseRef === row.caseRef : one.message === row.message)
        one.erased = true
    }
    if (effect.scope === 'case')
      this.#generations.set(row.caseRef, (this.#generations.get(row.caseRef) ?? 0) + 1)
  }
}

function nameOf(effect: Effect): string {
  switch (effect.kind) {
    case 'handoff':
      return `new ${effect.message} ${effect.to} ${effect.state}`
    case 'state':
      return `${effect.handoff} ${effect.state}`
    case 'approval':
      return `${effect.handoff} approval ${effect.granted}`
    case 'erased':
      return `${effect.handoff} erased ${effect.scope} ${[...effect.keys].sort().join()}`
    case 'released':
    case 'late-ack':
      return `${effect.handoff} ${effect.kind}`
  }
}
