import type { DecisionRecord } from '#core/decision/decision-record.ts'
import type { Verdict } from '#core/decision/verdict.ts'
import { oinOf } from '#core/ids.ts'
import type { HandoffRow } from '#core/ports/fold.ts'
import type { View } from '#core/ports/view.ts'
import type { ListCursor, ListQuery } from './list-query.ts'

export const PAGE_ROWS = 50
/** How many hand-offs one page looks through for a filter before it hands on a link. */
export const SCAN_ROWS = 1_000
const READ_ROWS = 100

export interface ListedHandoff {
  readonly row: HandoffRow
  /** false: no decision record could be opened. */
  readonly readable: boolean
  readonly verdict: Verdict | null
}

export interface RecentPage {
  readonly items: readonly ListedHandoff[]
  /** Where older ones go on; null = there are none. */
  readonly next: ListCursor | null
  readonly scanned: number
}

type Recent = Pick<View, 'recent' | 'decisions'>

/**
 * Up to `limit` rows after the cursor, newest first. `View.recent` cuts by time alone, and the hand-offs of one message share
 * theirs: those of the cursor's own moment are read again, and the ones already shown left out.
 */
export function rowsAfter(
  view: Pick<View, 'recent'>,
  cursor: ListCursor | null,
  limit: number,
): readonly HandoffRow[] {
  if (!cursor) return view.recent(limit)
  for (let ask = limit + 16; ; ask *= 2) {
    const rows = view.recent(ask, cursor.at + 1)
    const ended = rows.length < ask
    const place = rows.findIndex(({ handoff }) => handoff === cursor.handoff)
    if (place < 0 && ended) return rows.filter(({ at }) => at < cursor.at).slice(0, limit)
    if (place >= 0 && (ended || rows.length > place + limit)) return rows.slice(place + 1, place + 1 + limit)
  }
}

/** The latest verdict of a hand-off among its records. */
export function latestVerdict(records: readonly DecisionRecord[]): Verdict | null {
  return records.findLast(({ verdict }) => verdict !== null)?.verdict ?? null
}

const DAY_MS = 86_400_000

function passes(row: HandoffRow, query: ListQuery): boolean {
  if (query.state !== null && row.state !== query.state) return false
  if (query.type !== null && row.type !== query.type) return false
  if (query.from !== null && row.at < Date.parse(query.from)) return false
  if (query.until !== null && row.at >= Date.parse(query.until) + DAY_MS) return false
  return query.partner === null || oinOf(row.from) === query.partner || oinOf(row.to) === query.partner
}

/** Newest first: what is older than the first day asked for needs no looking at. */
const beforeFirstDay = (cursor: ListCursor | null, { from }: ListQuery): boolean =>
  cursor !== null && from !== null && cursor.at < Date.parse(from)

/** One page of the overview. A verdict lies in the decision record, so each row that may fit is opened. */
export async function recentPage(view: Recent, query: ListQuery): Promise<RecentPage> {
  const items: ListedHandoff[] = []
  let cursor = query.before
  let scanned = 0
  while (items.length < PAGE_ROWS && scanned < SCAN_ROWS) {
    const rows = rowsAfter(view, cursor, READ_ROWS)
    for (const row of rows) {
      cursor = { at: row.at, handoff: row.handoff }
      scanned += 1
      if (!passes(row, query)) continue
      const records = await view.decisions(row.handoff)
      const verdict = latestVerdict(records)
      if (query.verdict !== null && verdict?.kind !== query.verdict) continue
      if (query.reason !== null && !verdict?.reasons.some(({ code }) => code === query.reason)) continue
      items.push({ row, readable: records.length > 0, verdict })
      if (items.length === PAGE_ROWS) break
    }
    if (rows.length < READ_ROWS || beforeFirstDay(cursor, query)) break
  }
  const more = cursor !== null && !beforeFirstDay(cursor, query) && rowsAfter(view, cursor, 1).length > 0
  return { items, next: more ? cursor : null, scanned }
}
