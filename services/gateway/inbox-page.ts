import { LIMITS } from '#core/limits.ts'
import type { HandoffRow } from '#core/ports/fold.ts'
import type { ViewCursor } from '#core/ports/view.ts'
import { formatCursor } from './cursor.ts'
import type { Identity } from './identity.ts'
import type { GatewayPorts } from './ports.ts'

export interface InboxItem {
  readonly handoff: string
  readonly type: string
  readonly to: string
  readonly at: string
  readonly cursor: string
  readonly jwe: string
}

export interface InboxStep {
  /** Undefined: passed over, for another endpoint or without a transit key any more. */
  readonly item: InboxItem | undefined
  /** Where to go on after this one. */
  readonly next: ViewCursor
}

export interface InboxQuery {
  readonly identity: Identity
  readonly after: ViewCursor
  readonly limit: number
  /** Only those to that endpoint. */
  readonly endpoint: string | null
}

export interface InboxPage {
  readonly items: readonly InboxItem[]
  readonly next: ViewCursor
  readonly more: boolean
}

type Ports = Pick<GatewayPorts, 'view' | 'openTransit' | 'clock'>

const byRelease = (a: HandoffRow, b: HandoffRow): number =>
  a.partition - b.partition || (a.releasedSeq ?? 0) - (b.releasedSeq ?? 0)

/**
 * Released hand-offs after the cursor to this identity and those it carries, `limit` at most, the outer layer removed, each as soon
 * as it was read. Answers whether there are more. Each is a reading of the log, and the log may be slow: none is begun when
 * `LIMITS.inboxTurnMs` have passed, except the first. A hand-off that cannot be read throws; those before it were given out.
 */
export async function* inboxSteps(ports: Ports, query: InboxQuery): AsyncGenerator<InboxStep, boolean> {
  const { identity, after, limit, endpoint } = query
  const until = ports.clock.now() + LIMITS.inboxTurnMs
  const lists = [...identity.oins].map((oin) => ports.view.inbox(oin, after, limit))
  const rows = lists.flat().toSorted(byRelease).slice(0, limit)
  const wanted = (row: HandoffRow) => endpoint === null || row.to.endsWith(`:systeem:${endpoint}`)
  const jweOf = readAhead(ports, rows.filter(wanted))
  const next = [...after]
  for (const [index, row] of rows.entries()) {
    if (index > 0 && ports.clock.now() >= until) return true
    const jwe = wanted(row) ? await jweOf(row) : undefined
    next[row.partition] = Math.max(next[row.partition] ?? 0, row.releasedSeq ?? 0)
    const { handoff, type, to } = row
    const at = new Date(row.at).toISOString()
    const item = jwe === undefined ? undefined : { handoff, type, to, at, cursor: formatCursor(next), jwe }
    yield { item, next: [...next] }
  }
  return rows.length === limit
}

/** Reads some rows ahead of the one that is asked for; rows are asked for in their order. */
function readAhead(ports: Ports, rows: readonly HandoffRow[]) {
  const begun = new Map<string, Promise<string | undefined>>()
  const ahead = rows.values()
  const beginNext = () => {
    const { value: row } = ahead.next()
    if (!row) return
    const reading = readJwe(ports, row)
    // Whoever gives up before its turn does not hear of it.
    reading.catch(() => undefined)
    begun.set(row.handoff, reading)
  }
  for (let count = 0; count < LIMITS.inboxReadAhead; count += 1) beginNext()
  return (row: HandoffRow): Promise<string | undefined> => {
    const reading = begun.get(row.handoff) ?? readJwe(ports, row)
    begun.delete(row.handoff)
    beginNext()
    return reading
  }
}

async function readJwe({ view, openTransit }: Ports, row: HandoffRow): Promise<string | undefined> {
  const sealed = await view.sealed(row.handoff)
  return sealed && (await openTransit(row, sealed))
}

/** One page of them, with those that were read when the time was over; what fails behind the first item is left to the next page. */
export async function inboxPage(ports: Ports, query: InboxQuery): Promise<InboxPage> {
  const steps = inboxSteps(ports, query)
  const items: InboxItem[] = []
  let next = query.after
  for (;;) {
    try {
      const step = await steps.next()
      if (step.done) return { items, next, more: step.value }
      next = step.value.next
      if (step.value.item) items.push(step.value.item)
    } catch (error) {
      if (items.length === 0) throw error
      return { items, next, more: true }
    }
  }
}
