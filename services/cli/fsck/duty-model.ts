/** fsck's own model of the duties of one partition: what the registers oblige, and what may become of it (design §7). */
import type { DecisionRecord } from '#core/decision/decision-record.ts'
import type { DutyChange, Outcome } from '#core/handoff/outcome.ts'
import { Deadlines } from './deadlines.ts'
import type { DutyLaw, DutyText, Follow, Parties } from './duty-law.ts'
import type { Problems } from './problems.ts'

interface Tracked extends Parties {
  readonly handoff: string
  readonly caseRef: string
  readonly kind: string
  readonly owner: string
  readonly startedAt: number
  state: string
  due: number
  remind: number | null
}

interface Made extends Parties {
  readonly caseRef: string
  readonly asks: boolean
}

const CAN_BE_MISSED = new Set(['answer', 'act', 'review'])
const UNRECEIVED = new Set(['recalled', 'expired', 'refused'])
const isAlive = (row: Tracked): boolean => ['open', 'awaiting', 'missed'].includes(row.state)
const keyOf = (handoff: string, duty: string): string => `${handoff} ${duty}`
/** Hand-offs of one message are those that one outcome made. */
const messageOf = (handoff: string): string => handoff.split('-')[2] ?? ''

export class DutyModel {
  readonly #problems: Problems
  readonly #made = new Map<string, Made>()
  readonly #rows = new Map<string, Tracked>()
  /** Duties to erase that nothing has met yet. */
  readonly #copies = new Map<string, Tracked>()
  readonly #ofHandoff = new Map<string, string[]>()
  readonly #times = new Deadlines()

  constructor(problems: Problems) {
    this.#problems = problems
  }

  /** `records`: of this outcome; undefined when they do not open, then what was counted is not judged. */
  apply(outcome: Outcome, records: readonly DecisionRecord[] | undefined, law: DutyLaw, at: string): void {
    if (outcome.in || outcome.sweep) this.#expectNothingDue(outcome, at)
    for (const effect of outcome.effects) {
      if (effect.kind !== 'handoff') continue
      const { from, to, type, caseRef } = effect
      this.#made.set(effect.handoff, { from, to, type, caseRef, asks: effect.asks !== null })
    }
    const changed = new Set<string>()
    for (const change of outcome.duties) {
      const key = keyOf(change.handoff, change.duty)
      const say = (holds: boolean, problem: string) =>
        this.#problems.expect(holds, at, `duty ${key} ${problem}`)
      say(!changed.has(key), 'changes twice')
      changed.add(key)
      const record = records?.find((one) => one.duty?.duty === change.duty && one.handoff === change.handoff)
      if (change.change === 'started') this.#start(outcome, change, record?.duty?.since, law, say)
      else this.#change(outcome, change, record?.duty?.since, law, say)
    }
    this.#expectAll(outcome, changed, law, at)
  }

  #expectNothingDue(outcome: Outcome, at: string): void {
    for (;;) {
      const key = this.#times.takeDue(outcome.at)
      if (key === undefined) return
      const row = this.#rows.get(key)
      const next = row?.state === 'open' ? (row.remind ?? row.due) : Number.POSITIVE_INFINITY
      this.#problems.expect(next > outcome.at, at, `duty ${key} was due and nothing became of it first`)
    }
  }

  #start(
    outcome: Outcome,
    change: DutyChange,
    since: number | null | undefined,
    law: DutyLaw,
    say: (holds: boolean, problem: string) => void,
  ): void {
    const { handoff, duty, kind, owner, dueAt, remindAt } = change
    const key = keyOf(handoff, duty)
    const made = this.#made.get(handoff)
    const row = law.row(duty, outcome.at)
    say(!this.#rows.has(key), 'begins again')
    if (!made || !row || dueAt === null) {
      say(false, 'is of no hand-off, or no row in force lays it on anybody')
      return
    }
    say(row.kind === kind && row.owner === owner, 'is not what its row says')
    say(beginsHere(outcome, handoff, kind) && !made.asks, 'begins where no hand-off does')
    say(law.speaksOf(row, made), 'begins for a type or a party that its row does not name')
    if (row.clock === 'sealed' && since !== undefined) say(since === outcome.at, 'counts from another time')
    if (since != null) this.#expectCounted(outcome, change, law.counted(row, made, since), say)
    const begun = { ...made, handoff, kind, owner, startedAt: outcome.at }
    const tracked: Tracked = { ...begun, state: 'open', due: dueAt, remind: remindAt }
    this.#rows.set(key, tracked)
    if (kind === 'erase') this.#copies.set(key, tracked)
    this.#ofHandoff.set(handoff, [...(this.#ofHandoff.get(handoff) ?? []), key])
    this.#times.add(remindAt ?? dueAt, key)
  }

  #expectCounted(
    outcome: Outcome,
    { dueAt, remindAt }: DutyChange,
    { due, remind }: { due: number; remind: number | null },
    say: (holds: boolean, problem: string) => void,
  ): void {
    say(dueAt === due, `ends at ${dueAt}, by its row at ${due}`)
    say(remindAt === (remind !== null && remind > outcome.at ? remind : null), 'reminds at another time')
  }

  #change(
    outcome: Outcome,
    change: DutyChange,
    since: number | null | undefined,
    law: DutyLaw,
    say: (holds: boolean, problem: string) => void,
  ): void {
    const key = keyOf(change.handoff, change.duty)
    const row = this.#rows.get(key)
    if (!row || !isAlive(row)) {
      say(false, `${change.change} before it began or after its end`)
      return
    }
    const text = law.row(change.duty, row.startedAt)
    say(change.kind === row.kind && change.owner === row.owner, 'became another one')
    say(
      this.#may(outcome, change, row, text, law),
      `goes from ${row.state} to ${change.change} without cause`,
    )
    if (change.change === 'restarted' && text) {
      if (since !== undefined) say(since === outcome.at, 'counts again from another time')
      this.#expectCounted(outcome, change, law.counted(text, row, outcome.at), say)
    }
    if (change.change === 'reminded')
      say(change.dueAt === row.due && change.remindAt === null, 'moves its end')
    const open = change.change === 'reminded' || change.change === 'restarted'
    row.state = open ? 'open' : change.change
    row.due = change.dueAt ?? row.due
    row.remind = open ? change.remindAt : null
    if (open) this.#times.add(row.remind ?? row.due, key)
  }

  /** Every change there is, and what must be so for it. */
  #may(
    outcome: Outcome,
    change: DutyChange,
    row: Tracked,
    text: DutyText | undefined,
    law: DutyLaw,
  ): boolean {
    const tick = outcome.answer.kind === 'tick'
    const over = row.state === 'open' && row.due <= outcome.at
    switch (change.change) {
      case 'started':
        return false
      case 'reminded':
        return tick && row.state === 'open' && row.remind !== null && row.remind <= outcome.at && !over
      case 'missed':
        return tick && over && CAN_BE_MISSED.has(row.kind) && text !== undefined
      case 'met':
        if (row.kind === 'erase') return this.#erasedHere(outcome, row)
        return (
          row.state !== 'missed' && !over && this.#isSaid(outcome, change, row, text?.metBy, 'owner', law)
        )
      case 'late':
        return row.state === 'missed' && this.#isSaid(outcome, change, row, text?.metBy, 'owner', law)
      case 'awaiting': {
        const awaits = text?.awaits
        return change.awaits === awaits?.state && this.#isSaid(outcome, change, row, awaits, 'owner', law)
      }
      case 'restarted':
        return this.#isSaid(outcome, change, row, text?.restartedBy, 'other', law)
      case 'ended':
        if (tick) return over && row.kind === 'validity'
        return this.#isSaid(outcome, change, row, text?.endedBy, 'any', law)
      case 'withdrawn':
        if (tick && row.state === 'open' && !text) return true
        return row.kind !== 'erase' && row.state !== 'missed' && hasEnded(outcome, row.handoff)
    }
  }

  /** A hand-off sealed here says it, of a type that the row names and by the side that must; or the exchange was told itself. */
  #isSaid(
    outcome: Outcome,
    { by }: DutyChange,
    row: Tracked,
    follow: Follow | undefined,
    side: 'owner' | 'other' | 'any',
    law: DutyLaw,
  ): boolean {
    if (!follow) return false
    if (follow.relation === 'acknowledged')
      return (
        by === null &&
        outcome.effects.some(
          (one) => one.kind === 'state' && one.handoff === row.handoff && one.state === 'delivered',
        )
      )
    if (by === null) return outcome.answer.kind === 'decided'
    const said = this.#made.get(by)
    if (!said || !isSealedHere(outcome, by) || said.caseRef !== row.caseRef) return false
    if (!follow.types?.includes(said.type)) return false
    if (follow.relation === 'supersedes') return said.from === row.from
    const [owner, other] = row.owner === 'recipient' ? [row.to, row.from] : [row.from, row.to]
    if (follow.relation === 'inReplyTo') return law.speaksFor(said.from, row.to)
    const [first, second] = [law.speaksFor(said.from, owner), law.speaksFor(said.from, other)]
    return side === 'any' ? first || second : side === 'owner' ? first : second
  }

  /** What must have become of duties in this outcome: a model that only allows would not see what was left out. */
  #expectAll(outcome: Outcome, changed: ReadonlySet<string>, law: DutyLaw, at: string): void {
    const expect = (key: string, problem: string) =>
      this.#problems.expect(changed.has(key), at, `duty ${key} ${problem}`)
    for (const effect of outcome.effects) {
      const made = this.#made.get(effect.handoff)
      if ((effect.kind === 'handoff' || effect.kind === 'state') && made && !made.asks) {
        for (const row of law.rowsFor(made, outcome.at)) {
          const certain = row.clock === 'sealed' && row.starts.when === undefined
          if (certain && beginsHere(outcome, effect.handoff, row.kind))
            expect(keyOf(effect.handoff, row.duty), 'did not begin')
        }
      }
      if (effect.kind === 'state' && UNRECEIVED.has(effect.state)) {
        for (const key of this.#ofHandoff.get(effect.handoff) ?? []) {
          const row = this.#rows.get(key)
          const left = row && (row.state === 'open' || row.state === 'awaiting') && row.kind !== 'erase'
          if (left) expect(key, 'outlives its hand-off')
        }
      }
    }
    if (outcome.effects.some((one) => one.kind === 'erased')) this.#expectErased(outcome, expect, at)
  }

  #expectErased(outcome: Outcome, expect: (key: string, problem: string) => void, at: string): void {
    for (const [key, row] of this.#copies) {
      if (!isAlive(row)) this.#copies.delete(key)
      else if (this.#erasedHere(outcome, row)) expect(key, 'is left when its copy is gone')
    }
    const due = outcome.duties.some((one) => one.kind === 'erase' && one.change === 'met')
    this.#problems.expect(outcome.in !== null || due, at, 'a tick erases what no duty asked for')
  }

  #erasedHere(outcome: Outcome, row: Tracked): boolean {
    return outcome.effects.some((one) => {
      if (one.kind !== 'erased') return false
      if (one.scope === 'case') return this.#made.get(one.handoff)?.caseRef === row.caseRef
      return messageOf(one.handoff) === messageOf(row.handoff)
    })
  }
}

function isSealedHere(outcome: Outcome, handoff: string): boolean {
  return outcome.effects.some(
    (one) =>
      (one.kind === 'handoff' || one.kind === 'state') && one.handoff === handoff && one.state === 'sealed',
  )
}

/** Erasing begins when the hand-off is made, all else when it is sealed. */
function beginsHere(outcome: Outcome, handoff: string, kind: string): boolean {
  if (kind !== 'erase') return isSealedHere(outcome, handoff)
  return outcome.effects.some((one) => one.kind === 'handoff' && one.handoff === handoff)
}

const hasEnded = (outcome: Outcome, handoff: string): boolean =>
  outcome.effects.some((one) => one.kind === 'state' && one.handoff === handoff && UNRECEIVED.has(one.state))
