/** Duties derived again: what an outcome must have said of them, by the rules of its epoch and the messages themselves. */
import type { Epoch } from '#core/decision/epoch.ts'
import { dueDuty } from '#core/duty/due-duty.ts'
import { rulesOfType } from '#core/duty/duty-book.ts'
import { changeDuty, isAlive, newDuty } from '#core/duty/duty-row.ts'
import type { DutyStore, Said } from '#core/duty/follow-duties.ts'
import { type DutyEvent, startDuties } from '#core/duty/start-duties.ts'
import type { DutyChange, Effect, Erased, NewHandoff, Outcome } from '#core/handoff/outcome.ts'
import { settleDuties } from '#core/handoff/settle-duties.ts'
import { type HandoffId, handoffPlace } from '#core/ids.ts'
import type { Verified } from '#core/message/content.ts'
import { canonicalizeStored } from '#core/message/jcs.ts'
import type { DutyRow } from '#core/ports/fold.ts'

export type Party = Pick<NewHandoff, 'handoff' | 'caseRef' | 'from' | 'to' | 'type'>

/** What replay has of one outcome. */
export interface DutyFrame {
  readonly outcome: Outcome
  readonly epoch: Epoch
  /** A hand-off made here, or held until here. */
  readonly party: (handoff: HandoffId) => Party | undefined
  /** The message of such a hand-off, or with null that of the outcome itself; undefined when it cannot be read any more. */
  readonly message: (handoff: HandoffId | null) => Promise<Verified | undefined>
}

type Sealing = Extract<Effect, { kind: 'handoff' | 'state' }>

/** The duties of one partition that something may still become of: all that is remembered. */
export class DutyReplay implements DutyStore {
  readonly #rows = new Map<HandoffId, readonly DutyRow[]>()
  readonly #cases = new Map<string, Set<HandoffId>>()

  dutiesOf(handoff: HandoffId): readonly DutyRow[] {
    return this.#rows.get(handoff) ?? []
  }

  dutiesOfCase(caseRef: string): readonly DutyRow[] {
    return [...(this.#cases.get(caseRef) ?? [])].sort().flatMap((handoff) => this.dutiesOf(handoff))
  }

  /** The hand-off whose duties are not as derived; undefined when all are, or when what decided it cannot be read. */
  async difference(frame: DutyFrame): Promise<HandoffId | undefined> {
    const { duties } = frame.outcome
    const expected = await this.#expected(frame)
    if (!expected) return undefined
    const found = Array.from({ length: Math.max(duties.length, expected.length) }, (_, n) => n).find(
      (n) => canonicalizeStored(duties[n] ?? null) !== canonicalizeStored(expected[n] ?? null),
    )
    return found === undefined ? undefined : (duties[found] ?? expected[found])?.handoff
  }

  apply({ outcome, party }: Pick<DutyFrame, 'outcome' | 'party'>): void {
    for (const change of outcome.duties) {
      const { handoff, duty } = change
      const rows = this.dutiesOf(handoff)
      const known = rows.find((row) => row.duty === duty)
      const made = party(handoff)
      const begins = change.change === 'started'
      const begun = made && begins && !known ? newDuty(made, change, outcome) : undefined
      const next = begun ?? (known && !begins ? changeDuty(known, change, outcome) : undefined)
      // What the log should not say is told by `difference`, and not followed.
      if (!next) continue
      this.#put(handoff, next.caseRef, [
        ...rows.filter((row) => row.duty !== duty),
        ...(isAlive(next) ? [next] : []),
      ])
    }
  }

  #put(handoff: HandoffId, caseRef: string, rows: readonly DutyRow[]): void {
    const members = this.#cases.get(caseRef) ?? new Set()
    if (rows.length > 0) {
      this.#rows.set(
        handoff,
        rows.toSorted((a, b) => (a.duty < b.duty ? -1 : 1)),
      )
      this.#cases.set(caseRef, members.add(handoff))
      return
    }
    this.#rows.delete(handoff)
    members.delete(handoff)
    if (members.size === 0) this.#cases.delete(caseRef)
  }

  async #expected(frame: DutyFrame): Promise<readonly DutyChange[] | undefined> {
    const { outcome, epoch } = frame
    const due = this.#due(outcome, epoch)
    if (due) return due
    const starts: DutyEvent[] = []
    const said: Said[] = []
    if (this.#matters(frame)) {
      const own = await this.#sayOwn(frame, said)
      if (!own) return undefined
      for (const effect of outcome.effects) {
        if (effect.kind !== 'handoff' && effect.kind !== 'state') continue
        if (!(await this.#start(frame, effect, starts, said))) return undefined
      }
    }
    const { effects, at } = outcome
    const happened = { said, effects, epoch, at, reach: (erased: Erased) => this.#reach(erased) }
    return [...starts, ...settleDuties(happened, this)].map(({ change }) => change)
  }

  /** A tick of duties: which ones it took is chosen; what became of each is not. */
  #due({ in: input, answer, effects, duties, at }: Outcome, epoch: Epoch): readonly DutyChange[] | undefined {
    const ticked = input === null && answer.kind === 'tick' && duties.length > 0
    if (!ticked || effects.some((one) => one.kind === 'state' && one.cause !== 'erased')) return undefined
    const happened = { said: [], effects, epoch, at, reach: (erased: Erased) => this.#reach(erased) }
    const erasing = settleDuties(happened, this).map(({ change }) => change)
    const settled = (change: DutyChange) =>
      erasing.some((one) => one.handoff === change.handoff && one.duty === change.duty)
    const rows = duties
      .filter((change) => !settled(change))
      .map(({ handoff, duty }) => this.dutiesOf(handoff).find((row) => row.duty === duty))
    const events = rows.flatMap((row) => (row ? (dueDuty(row, epoch, at)?.change ?? []) : []))
    return [...events, ...erasing]
  }

  /** Whether content must be read: a rule may begin a duty, or one is there that this could touch. */
  #matters({ outcome, epoch, party }: DutyFrame): boolean {
    if (outcome.duties.length > 0) return true
    const made = outcome.effects.flatMap((effect) =>
      effect.kind === 'handoff' || (effect.kind === 'state' && effect.state === 'sealed')
        ? (party(effect.handoff) ?? [])
        : [],
    )
    // A message for the exchange itself may have no effect at all.
    if (made.length === 0)
      return this.#rows.size > 0 && outcome.in !== null && outcome.answer.kind === 'decided'
    return made.some(
      ({ type, caseRef }) => rulesOfType(epoch, type, outcome.at).length > 0 || this.#cases.has(caseRef),
    )
  }

  /** False when it cannot be read. */
  async #sayOwn({ outcome, message }: DutyFrame, said: Said[]): Promise<boolean> {
    if (!outcome.in || outcome.answer.kind !== 'decided') return true
    const verified = await message(null)
    if (!verified) return false
    // Its case is that of the hand-offs it names; without them it touches nothing of a case.
    const named = verified.toExchange.inReplyTo ?? verified.toExchange.supersedes
    const caseRef = named === null ? '' : (this.dutiesOf(named)[0]?.caseRef ?? '')
    if (verified.type.toExchange) said.push({ verified, index: -1, handoff: null, to: null, caseRef })
    return true
  }

  /** False when it cannot be read. */
  async #start(frame: DutyFrame, effect: Sealing, starts: DutyEvent[], said: Said[]): Promise<boolean> {
    const { outcome, epoch, party, message } = frame
    const { handoff } = effect
    const made = party(handoff)
    const sealed = effect.state === 'sealed'
    if (!made || (effect.kind === 'handoff' && effect.asks) || (effect.kind === 'state' && !sealed))
      return true
    const verified = await message(handoff)
    if (!verified) return false
    const index = verified.terms.findIndex(({ terms }) => terms.to === made.to)
    const moment = effect.kind === 'state' ? 'sealed' : sealed ? 'both' : 'made'
    starts.push(...startDuties({ verified, index }, handoff, epoch, outcome.at, moment))
    if (sealed) said.push({ verified, index, handoff, to: made.to, caseRef: made.caseRef })
    return true
  }

  #reach({ handoff, scope, keys }: Erased): readonly { readonly handoff: HandoffId }[] {
    const { seq } = handoffPlace(handoff)
    if (scope === 'message')
      return [...this.#rows.keys()]
        .filter((id) => handoffPlace(id).seq === seq)
        .sort()
        .map((id) => ({ handoff: id }))
    const caseRef = keys.find((key) => key.startsWith('k:'))?.split(':')[1] ?? ''
    return [...(this.#cases.get(caseRef) ?? [])].sort().map((id) => ({ handoff: id }))
  }
}
