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
  const days = obligations.flatMap((code) => Number(RETAIN.exec(code)?.[1] ?? []))
  const own = [label.retainUntil ?? [], days.map((count) => start + count * DESK_LIMITS.dayMs)].flat(2)
  return Math.min(start + DESK_LIMITS.keptMs, ...own)
}
