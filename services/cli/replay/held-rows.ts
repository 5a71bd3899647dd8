import type { DecisionRecord } from '#core/decision/decision-record.ts'
import type { ApprovalGiven, NewHandoff, Outcome, Sealed } from '#core/handoff/outcome.ts'
import type { HandoffId } from '#core/ids.ts'

/** What asking a held hand-off again needs. */
export interface HeldRow
  extends Pick<NewHandoff, 'handoff' | 'caseRef' | 'from' | 'to' | 'type' | 'contentKey'> {
  readonly archive: Sealed | null
  readonly seq: number
  readonly at: number
  readonly given: ApprovalGiven[]
  readonly presentations: {
    readonly guard: string
    readonly digest: string
    readonly shown: readonly string[]
  }[]
}

/** The holds of one partition that are open at the outcome being replayed: all that replay remembers. */
export class HeldRows {
  readonly #rows = new Map<HandoffId, HeldRow>()
  #ended: HandoffId[] = []

  get(handoff: HandoffId | null): HeldRow | undefined {
    return handoff === null ? undefined : this.#rows.get(handoff)
  }

  /** Before the outcome's verdicts are replayed: what it adds. Rows that it ends are kept until the next call. */
  enter(outcome: Outcome, records: readonly DecisionRecord[]): void {
    for (const handoff of this.#ended) this.#rows.delete(handoff)
    this.#ended = []
    for (const effect of outcome.effects) {
      if (effect.kind === 'handoff') this.#enterHandoff(outcome, effect, records)
      else if (effect.kind === 'approval') this.#rows.get(effect.handoff)?.given.push(effect)
      else if (effect.kind === 'state') this.#ended.push(effect.handoff)
    }
  }

  #enterHandoff(outcome: Outcome, effect: NewHandoff, records: readonly DecisionRecord[]): void {
    if (effect.state === 'held') {
      const { seq, at, archive } = outcome
      this.#rows.set(effect.handoff, { ...effect, archive, seq, at, given: [], presentations: [] })
    }
    const verdict = records.find((record) => record.handoff === effect.handoff)?.verdict
    if (!effect.asks || !effect.sdHash || !verdict) return
    const { guard, handoff } = effect.asks
    this.#rows.get(handoff)?.presentations.push({ guard, digest: effect.sdHash, shown: verdict.shown })
  }
}
