/** fsck's own model of one partition's hand-offs: what may follow what (design §1, §3). It shares nothing with the fold. */
import type { Effect, Erased, NewHandoff, Outcome, StateChange } from '#core/handoff/outcome.ts'
import { LIMITS } from '#core/limits.ts'
import type { Subject } from './check-leaf.ts'
import { Deadlines } from './deadlines.ts'
import type { Problems } from './problems.ts'

interface Tracked extends Subject {
  /** seq of the outcome that made all hand-offs of its message. */
  readonly message: string
  readonly caseRef: string
  readonly contentKey: string | null
  state: string
  deadline: number | null
  sdHash: string | null
  released: boolean
  erased: boolean
}

/** Cause → from which states to which: every change there is. */
const CHANGES: Readonly<Record<StateChange['cause'], readonly string[]>> = {
  approval: ['held>sealed', 'held>refused'],
  sweep: ['held>sealed', 'held>refused'],
  acknowledged: ['sealed>delivered'],
  deadline: ['held>expired', 'sealed>expired'],
  superseded: ['held>recalled', 'sealed>recalled'],
  suspended: ['held>recalled', 'sealed>recalled'],
  erased: ['held>recalled', 'sealed>recalled'],
}

const isOpen = (row: Tracked): boolean => row.state === 'held' || row.state === 'sealed'

export class HandoffModel {
  readonly #rows = new Map<string, Tracked>()
  readonly #byMessage = new Map<string, string[]>()
  readonly #byCase = new Map<string, string[]>()
  readonly #deadlines = new Deadlines()
  readonly #problems: Problems
  readonly #partition: number
  readonly erasedKeys = new Set<string>()

  constructor(partition: number, problems: Problems) {
    this.#partition = partition
    this.#problems = problems
  }

  get count(): number {
    return this.#rows.size
  }

  subject(handoff: string): Subject | undefined {
    return this.#rows.get(handoff)
  }

  apply(outcome: Outcome, at: string): void {
    if (outcome.in || outcome.sweep) this.#expectNothingDue(outcome, at)
    for (const effect of outcome.effects) this.#applyEffect(outcome, effect, at)
    const tick = outcome.answer.kind === 'tick'
    const ticked = outcome.effects.every((one) => one.kind === 'state' || one.kind === 'erased')
    this.#problems.expect(!tick || ticked, at, 'a tick with effects of an input')
    const still = outcome.effects.filter((one) => one.kind === 'erased').flatMap((one) => this.#reach(one))
    this.#problems.expect(!still.some(isOpen), at, 'an erased hand-off stays open')
  }

  /** Whatever is past its deadline has expired before anything else is looked at. */
  #expectNothingDue(outcome: Outcome, at: string): void {
    for (;;) {
      const handoff = this.#deadlines.takeDue(outcome.at)
      if (handoff === undefined) return
      const row = this.#rows.get(handoff)
      if (row && isOpen(row) && row.deadline !== null && row.deadline <= outcome.at) {
        this.#problems.add(at, `${handoff} is past its deadline and did not expire first`)
      }
    }
  }

  #applyEffect(outcome: Outcome, effect: Effect, at: string): void {
    if (effect.kind === 'handoff') {
      this.#create(outcome, effect, at)
      return
    }
    const row = this.#rows.get(effect.handoff)
    if (!row) {
      this.#problems.add(at, `${effect.kind} of a hand-off that does not exist`)
      return
    }
    switch (effect.kind) {
      case 'state':
        this.#change(outcome, effect, row, at)
        return
      case 'released':
        this.#problems.expect(
          row.state === 'sealed' && !row.released && !row.erased,
          at,
          'released what was not to be',
        )
        row.released = true
        return
      case 'late-ack':
        this.#problems.expect(!isOpen(row), at, 'a late acknowledgement of an open hand-off')
        return
      case 'approval':
        this.#problems.expect(row.state === 'held', at, 'an approval of what is not held')
        return
      case 'erased':
        for (const id of effect.keys) this.erasedKeys.add(id)
        for (const one of this.#reach(effect)) one.erased = true
    }
  }

  #create(outcome: Outcome, effect: NewHandoff, at: string): void {
    const { handoff, state, deadline, sealed, sdHash } = effect
    const expect = (holds: boolean, problem: string) =>
      this.#problems.expect(holds, at, `${handoff} ${problem}`)
    expect(!this.#rows.has(handoff), 'was made twice')
    expect(handoff.startsWith(`ho-${this.#partition}-${outcome.seq}-`), 'is named for another place')
    expect(
      (state === 'sealed') === (sealed !== null && sealed.length > 0),
      'has sealed bytes iff it is sealed: broken',
    )
    expect((state === 'sealed') === (sdHash !== null), 'has an sd_hash iff it is sealed: broken')
    expect((state === 'refused') === (deadline === null), 'has a deadline iff it is open: broken')
    if (effect.asks)
      expect(this.#rows.get(effect.asks.handoff)?.state === 'held', 'asks about what is not held')
    const { caseRef, contentKey, from, to, type } = effect
    const message = String(outcome.seq)
    const row = {
      message,
      caseRef,
      contentKey,
      from,
      to,
      type,
      state,
      deadline,
      sdHash,
      released: false,
      erased: false,
    }
    this.#rows.set(handoff, row)
    index(this.#byMessage, message, handoff)
    index(this.#byCase, caseRef, handoff)
    this.#await(outcome, handoff, deadline, at)
  }

  #change(outcome: Outcome, effect: StateChange, row: Tracked, at: string): void {
    const { handoff, state, cause, deadline, sealed, sdHash } = effect
    const expect = (holds: boolean, problem: string) =>
      this.#problems.expect(holds, at, `${handoff} ${problem}`)
    expect(CHANGES[cause].includes(`${row.state}>${state}`), `goes from ${row.state} to ${state} by ${cause}`)
    expect(
      (state === 'sealed') === (sealed !== null && sealed.length > 0),
      'has sealed bytes iff it is sealed: broken',
    )
    expect((state === 'sealed') === (deadline !== null), 'has a deadline iff it is open: broken')
    if (cause === 'deadline')
      expect(row.deadline !== null && row.deadline <= outcome.at, 'expires before its deadline')
    if (state === 'delivered') expect(row.released, 'is delivered without having been released')
    if (state === 'sealed') expect(!row.erased && sdHash !== null, 'is sealed from erased content')
    row.state = state
    row.deadline = deadline
    row.sdHash = sdHash ?? row.sdHash
    this.#await(outcome, handoff, deadline, at)
  }

  #await(outcome: Outcome, handoff: string, deadline: number | null, at: string): void {
    if (deadline === null) return
    const latest = outcome.at + Math.max(LIMITS.heldDeadlineMs, LIMITS.sealedDeadlineMs)
    this.#problems.expect(
      deadline > outcome.at && deadline <= latest,
      at,
      `${handoff} has a deadline out of bounds`,
    )
    this.#deadlines.add(deadline, handoff)
  }

  /** Hand-offs that an erasure is about. */
  #reach(effect: Erased): readonly Tracked[] {
    const named = this.#rows.get(effect.handoff)
    if (!named) return []
    const ids = effect.scope === 'case' ? this.#byCase.get(named.caseRef) : this.#byMessage.get(named.message)
    return (ids ?? []).flatMap((id) => this.#rows.get(id) ?? [])
  }
}

function index(map: Map<string, string[]>, key: string, value: string): void {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}
