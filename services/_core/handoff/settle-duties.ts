/** The last step of every outcome: what its messages and changes of state mean for duties. */
import type { Epoch } from '#core/decision/epoch.ts'
import { ruleOf } from '#core/duty/duty-book.ts'
import { isAlive } from '#core/duty/duty-row.ts'
import { changed, type DutyStore, followMessage, followState, type Said } from '#core/duty/follow-duties.ts'
import type { DutyEvent } from '#core/duty/start-duties.ts'
import type { DutyRow, HandoffRow } from '#core/ports/fold.ts'
import type { Effect, Erased } from './outcome.ts'

export interface Happened {
  readonly said: readonly Said[]
  readonly effects: readonly Effect[]
  readonly epoch: Epoch
  readonly at: number
  /** Hand-offs that an erasure is about, as they were before this outcome. */
  readonly reach: (erased: Erased) => readonly Pick<HandoffRow, 'handoff'>[]
}

/**
 * In this order: messages, erasures, acknowledgements and ends of hand-offs. A duty changes at most once in an outcome: the first
 * that speaks of it counts, so what a message answers and supersedes at once is answered.
 */
export function settleDuties(happened: Happened, store: DutyStore): readonly DutyEvent[] {
  const { said, effects, epoch, at } = happened
  const events: DutyEvent[] = []
  const touched = new Set<string>()
  const take = (found: readonly DutyEvent[]) => {
    for (const event of found) {
      const key = `${event.change.handoff} ${event.change.duty}`
      if (touched.has(key)) continue
      touched.add(key)
      events.push(event)
    }
  }
  for (const one of said) take(followMessage(one, store, epoch, at))
  for (const effect of effects) {
    if (effect.kind === 'erased')
      for (const { handoff } of happened.reach(effect)) take(erasedMeets(store.dutiesOf(handoff), epoch, at))
  }
  for (const effect of effects) {
    if (effect.kind === 'state') take(followState(effect.handoff, effect.state, store, epoch, at))
  }
  return events
}

/** Whoever ordered it: a copy that is gone need not be destroyed again. */
function erasedMeets(rows: readonly DutyRow[], epoch: Epoch, at: number): readonly DutyEvent[] {
  return rows
    .filter((row) => row.kind === 'erase' && isAlive(row))
    .map((row) => changed(row, ruleOf(epoch, row.duty, row.startedAt), 'met', null, epoch, at))
}
