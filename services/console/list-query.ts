import type { VerdictKind } from '#core/decision/verdict.ts'
import { Failure } from '#core/failure.ts'
import type { HandoffState } from '#core/handoff/outcome.ts'
import { type HandoffId, isHandoffId, type Oin } from '#core/ids.ts'
import { Refusal } from './refusal.ts'

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
  readonly before: ListCursor | null
}

export const EVERYTHING: ListQuery = { state: null, verdict: null, partner: null, before: null }

const CURSOR = /^([0-9]{1,15})\.(ho-[0-9a-f-]{1,60})$/
const OIN = /^[0-9]{8}[0-9A-Z]{12}$/

function malformed(name: string): never {
  throw new Refusal(400, new Failure('OPS_USAGE', `/${name}`))
}

/** One value or none; an empty one (a form's "all") is none; twice is refused. */
function single(query: Readonly<Record<string, unknown>>, name: string): string | null {
  const value = Object.hasOwn(query, name) ? query[name] : undefined
  if (value === undefined || value === '') return null
  return typeof value === 'string' ? value : malformed(name)
}

function oneOf<T extends string>(value: string | null, known: readonly T[], name: string): T | null {
  if (value === null) return null
  return known.find((each) => each === value) ?? malformed(name)
}

function cursorOf(value: string | null): ListCursor | null {
  if (value === null) return null
  const match = CURSOR.exec(value)
  const handoff = match?.[2] ?? ''
  return match && isHandoffId(handoff) ? { at: Number(match[1]), handoff } : malformed('before')
}

/** Reads the query of the overview; whatever is not one of its values is refused with 400. */
export function parseListQuery(query: Readonly<Record<string, unknown>>): ListQuery {
  const partner = single(query, 'partner')
  if (partner !== null && !OIN.test(partner)) malformed('partner')
  return {
    state: oneOf(single(query, 'state'), STATES, 'state'),
    verdict: oneOf(single(query, 'verdict'), VERDICTS, 'verdict'),
    partner: partner as Oin | null,
    before: cursorOf(single(query, 'before')),
  }
}

/** The same query as parameters of a link; `before` as `<ms>.<hand-off id>`. */
export function listParameters(query: ListQuery): Readonly<Record<string, string | null>> {
  const { state, verdict, partner, before } = query
  return { state, verdict, partner, before: before && `${before.at}.${before.handoff}` }
}
