/** What a permitted message, an acknowledgement or the end of a hand-off does to duties that are there already. */
import type { Epoch } from '#core/decision/epoch.ts'
import { isOwn } from '#core/handoff/is-own.ts'
import type { DutyChange, DutyChangeKind, HandoffState } from '#core/handoff/outcome.ts'
import { type EndpointUrn, type HandoffId, oinOf } from '#core/ids.ts'
import type { DutyRow, Fold } from '#core/ports/fold.ts'
import { calendarOf, ruleOf, touchesCase } from './duty-book.ts'
import { isAlive } from './duty-row.ts'
import type { DutyRule, Follow, Relation } from './duty-rule.ts'
import { type DutyEvent, endFrom, holds, reminder, type SealedMessage } from './start-duties.ts'

/** All that is asked of the state: the fold of the exchange, or what replay remembers. */
export type DutyStore = Pick<Fold, 'dutiesOf' | 'dutiesOfCase'>

/** A message that counts: one of its hand-offs was sealed, or it is for the exchange itself (`handoff` and `to` null). */
export interface Said extends SealedMessage {
  readonly handoff: HandoffId | null
  readonly to: EndpointUrn | null
  readonly caseRef: string
}

type Side = 'owner' | 'other' | 'any'

/** What each member of a rule brings about, and which side must say so; the first that fits counts. */
const FOLLOWS = [
  ['awaits', 'awaiting', 'owner'],
  ['restartedBy', 'restarted', 'other'],
  ['metBy', 'met', 'owner'],
  ['endedBy', 'ended', 'any'],
] as const satisfies readonly (readonly [keyof DutyRule, DutyChangeKind, Side])[]

/** Changes that this message brings about at `at`; each duty at most once. */
export function followMessage(said: Said, store: DutyStore, epoch: Epoch, at: number): readonly DutyEvent[] {
  const { inReplyTo, supersedes } = said.verified.toExchange
  const found: (readonly [Relation, DutyRow])[] = [
    ...rowsOf(store, inReplyTo).map((row) => ['inReplyTo', row] as const),
    ...rowsOf(store, supersedes).map((row) => ['supersedes', row] as const),
  ]
  if (touchesCase(epoch, said.verified.type.name))
    found.push(...store.dutiesOfCase(said.caseRef).map((row) => ['case', row] as const))
  const events = new Map<string, DutyEvent>()
  for (const [relation, row] of found) {
    const key = `${row.handoff} ${row.duty}`
    const event = isAlive(row) && !events.has(key) ? followOne(said, relation, row, epoch, at) : undefined
    if (event) events.set(key, event)
  }
  return [...events.values()]
}

const rowsOf = (store: DutyStore, handoff: HandoffId | null): readonly DutyRow[] =>
  handoff === null ? [] : store.dutiesOf(handoff)

function followOne(
  said: Said,
  relation: Relation,
  row: DutyRow,
  epoch: Epoch,
  at: number,
): DutyEvent | undefined {
  // A hand-off is not in reply to itself: what this very message began is followed by later ones.
  const rule = row.handoff === said.handoff ? undefined : ruleOf(epoch, row.duty, row.startedAt)
  if (!rule) return undefined
  for (const [member, change, side] of FOLLOWS) {
    const follow = rule[member]
    if (!follow || !fits(follow, relation, said) || !isBy(side, relation, said, row, epoch)) continue
    return changed(row, rule, change, said.handoff, epoch, at)
  }
  return undefined
}

function fits(follow: Follow, relation: Relation, said: Said): boolean {
  return (
    follow.relation === relation && follow.types.includes(said.verified.type.name) && holds(follow.when, said)
  )
}

/**
 * Whether the right side says it, to the right one. What names the hand-off can come from one side only, and an answer is one when it
 * goes to who asked; what is merely of the case must come from the side, and what the other side says be said to the owner.
 */
function isBy(side: Side, relation: Relation, said: Said, row: DutyRow, epoch: Epoch): boolean {
  const { verified, to } = said
  if (relation === 'inReplyTo') return to === null || oinOf(to) === oinOf(row.from)
  if (relation === 'supersedes') return true
  const [owner, other] = row.owner === 'recipient' ? [row.to, row.from] : [row.from, row.to]
  const saidBy = (urn: EndpointUrn) => isOwn(verified, urn, { epoch })
  if (side === 'owner') return saidBy(owner)
  if (side === 'any') return saidBy(owner) || saidBy(other)
  return saidBy(other) && (to === null || oinOf(to) === oinOf(owner))
}

/** The change of one row; null members are those that a change of this kind leaves behind. */
export function changed(
  row: DutyRow,
  rule: DutyRule | undefined,
  change: DutyChangeKind,
  by: HandoffId | null,
  epoch: Epoch,
  at: number,
): DutyEvent {
  const { handoff, duty, kind, owner } = row
  const bare = { handoff, duty, kind, owner, dueAt: null, remindAt: null, awaits: null, by }
  if (change === 'awaiting') return event({ ...bare, change, awaits: rule?.awaits?.state ?? null })
  if (change === 'met') return event({ ...bare, change: row.state === 'missed' ? 'late' : 'met' })
  if (change === 'reminded') return event({ ...bare, change, dueAt: row.dueAt })
  if (change !== 'restarted' || !rule) return event({ ...bare, change })
  const calendar = calendarOf(epoch, rule, row.from, row.to)
  const { since, dueAt } = endFrom(at, rule, calendar)
  return { change: { ...bare, change, dueAt, remindAt: reminder(rule, dueAt, calendar, at) }, since }
}

const event = (change: DutyChange): DutyEvent => ({ change, since: null })

/**
 * A hand-off was acknowledged, or ended without having been received: then what is not missed yet is withdrawn, but for erasing,
 * whose copy is still there.
 */
export function followState(
  handoff: HandoffId,
  state: HandoffState,
  store: DutyStore,
  epoch: Epoch,
  at: number,
): readonly DutyEvent[] {
  if (state === 'held' || state === 'sealed') return []
  return store.dutiesOf(handoff).flatMap((row) => {
    if (!isAlive(row)) return []
    const rule = ruleOf(epoch, row.duty, row.startedAt)
    if (state === 'delivered') {
      const met = rule?.metBy?.relation === 'acknowledged'
      const ended = rule?.endedBy?.relation === 'acknowledged'
      return met || ended ? [changed(row, rule, met ? 'met' : 'ended', null, epoch, at)] : []
    }
    return row.state === 'missed' || row.kind === 'erase'
      ? []
      : [changed(row, rule, 'withdrawn', null, epoch, at)]
  })
}
