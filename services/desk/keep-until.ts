import { DESK_LIMITS } from './limits.ts'

const RETAIN = /^retain:([1-9][0-9]{0,4})d$/

interface Received {
  readonly at: string
  readonly obligations: readonly string[]
  readonly label: { readonly retainUntil: number | null }
}

/** Until when a desk keeps what it got, ms: the earliest of what its label and obligations say, else the desk's own term. */
export function keepUntil({ at, obligations, label }: Received): number {
  const start = Date.parse(at)
  const terms = obligations.flatMap((code) => RETAIN.exec(code)?.[1] ?? [])
  const ends = terms.map((days) => start + Number(days) * DESK_LIMITS.dayMs)
  return Math.min(
    start + DESK_LIMITS.keptMs,
    ...ends,
    ...(label.retainUntil === null ? [] : [label.retainUntil]),
  )
}
