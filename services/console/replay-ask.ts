import { PageRefusal } from '#web/page-refusal.ts'

/** What to derive again; null = all. `rules`: proposed files in the place of those in force, else none are proposed. */
export interface ReplayAsk {
  /** ms */
  readonly from: number | null
  readonly until: number | null
  readonly partner: string | null
  readonly type: string | null
  readonly rules: ReadonlyMap<string, string> | null
}

export interface ReplayAnswer {
  readonly total: number
  readonly rederived: number
  readonly reasoned: number
  readonly attested: number
  readonly differs: number
  readonly seconds: number
  readonly differing: readonly { readonly handoff: string | null; readonly what: string }[]
  readonly flips: readonly {
    readonly handoff: string
    readonly type: string
    readonly was: string
    readonly would: string
    readonly reasons: readonly string[]
    readonly members: readonly string[]
  }[]
}

const DATE = /^\d{4}-\d{2}-\d{2}$/
const OIN = /^[0-9]{8}[0-9A-Z]{12}$/
const TYPE = /^[a-z][a-z0-9]*(\.[a-z0-9]+)*$/
const RULE_MAX = 60_000

function matching(value: string | undefined, pattern: RegExp): string | null {
  if (value === undefined || value === '') return null
  if (!pattern.test(value)) throw new PageRefusal(400, 'OPS_USAGE')
  return value
}

function dateOf(value: string | undefined): number | null {
  const text = matching(value, DATE)
  const ms = text === null ? null : Date.parse(`${text}T00:00:00Z`)
  if (Number.isNaN(ms)) throw new PageRefusal(400, 'OPS_USAGE')
  return ms
}

/** Reads the form. `known`: the rules in force; a proposed text replaces exactly one of them. */
export function parseReplayAsk(
  body: Readonly<Record<string, string>>,
  known: ReadonlyMap<string, string>,
): ReplayAsk {
  const file = body['file'] ?? ''
  const text = body['rule'] ?? ''
  if (file !== '' && (!known.has(file) || text.length > RULE_MAX)) throw new PageRefusal(400, 'OPS_USAGE')
  return {
    from: dateOf(body['from']),
    until: dateOf(body['until']),
    partner: matching(body['partner'], OIN),
    type: matching(body['type'], TYPE),
    rules: file === '' ? null : new Map([...known, [file, text]]),
  }
}
