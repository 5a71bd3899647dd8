import type { VerdictKind } from '#core/decision/verdict.ts'
import type { HandoffState } from '#core/handoff/outcome.ts'
import { type HandoffId, isHandoffId, type Oin } from '#core/ids.ts'
import { PageRefusal } from '#web/page-refusal.ts'

export const STATES = ['held', 'sealed', 'delivered', 'refused', 'expired', 'recalled'] as const
export const VERDICTS = ['permit', 'permit-redacted', 'hold', 'deny'] as const

/** The last hand-off of the page before: its time and id, in the order of `View.recent`. */
export interface ListCursor {
  readonly at: number
  readonly handoff: HandoffId
}

/** What the overview is asked to show; null = all. `partner` is sender or recipient. */
export interface ListQuery {
  readonly state: HandoffState | null
  readonly verdict: VerdictKind | null
  readonly partner: Oin | null
  readonly type: string | null
  /** Code of one of its reasons. */
  readonly reason: string | null
  /** First and last day, `YYYY-MM-DD`, in UTC. */
  readonly from: string | null
  readonly until: string | null
  readonly before: ListCursor | null
}

export const EVERYTHING: ListQuery = {
  state: null,
  verdict: null,
  partner: null,
  type: null,
  reason: null,
  from: null,
  until: null,
  before: null,
}

/** Whether anything is left out: other than by paging. */
export const isFiltered = (query: ListQuery): boolean =>
  Object.entries(query).some(([name, value]) => name !== 'before' && value !== null)

const CURSOR = /^([0-9]{1,15})\.(ho-[0-9a-f-]{1,60})$/
const TYPE = /^[a-z][a-z0-9]*(?:\.[a-z0-9]+)*$/
const REASON = /^[A-Z][A-Z0-9_]{0,63}$/
const DAY = /^\d{4}-\d{2}-\d{2}$/
const OIN = /^[0-9]{8}[0-9A-Z]{12}$/

function malformed(): never {
  throw new PageRefusal(400, 'OPS_USAGE')
}

/** One value or none; an empty one (a form's "all") is none; twice is refused. */
function single(query: Readonly<Record<string, unknown>>, name: string): string | null {
  const value = Object.hasOwn(query, name) ? query[name] : undefined
  if (value === undefined || value === '') return null
  return typeof value === 'string' ? value : malformed()
}

function oneOf<T extends string>(value: string | null, known: readonly T[]): T | null {
  if (value === null) return null
  return known.find((each) => each === value) ?? malformed()
}

function matching(value: string | null, pattern: RegExp): string | null {
  return value === null || (value.length <= 128 && pattern.test(value)) ? value : malformed()
}

function dayOf(value: string | null): string | null {
  const day = matching(value, DAY)
  return day === null || !Number.isNaN(Date.parse(day)) ? day : malformed()
}

function cursorOf(value: string | null): ListCursor | null {
  if (value === null) return null
  const match = CURSOR.exec(value)
  const handoff = match?.[2] ?? ''
  return match && isHandoffId(handoff) ? { at: Number(match[1]), handoff } : malformed()
}

/** Reads the query of the overview; whatever is not one of its values is refused with 400. */
export function parseListQuery(query: Readonly<Record<string, unknown>>): ListQuery {
  return {
    state: oneOf(single(query, 'state'), STATES),
    verdict: oneOf(single(query, 'verdict'), VERDICTS),
    partner: matching(single(query, 'partner'), OIN) as Oin | null,
    type: matching(single(query, 'type'), TYPE),
    reason: matching(single(query, 'reason'), REASON),
    from: dayOf(single(query, 'from')),
    until: dayOf(single(query, 'until')),
    before: cursorOf(single(query, 'before')),
  }
}

/** The same query as parameters of a link; `before` as `<ms>.<hand-off id>`. */
export function listParameters(query: ListQuery): Readonly<Record<string, string | null>> {
  const { before, ...rest } = query
  return { ...rest, before: before && `${before.at}.${before.handoff}` }
}
