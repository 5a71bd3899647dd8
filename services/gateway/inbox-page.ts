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

export interface InboxPage {
  readonly items: readonly InboxItem[]
  readonly next: ViewCursor
  readonly more: boolean
}

const byRelease = (a: HandoffRow, b: HandoffRow): number =>
  a.partition - b.partition || (a.releasedSeq ?? 0) - (b.releasedSeq ?? 0)

/**
 * Released hand-offs after the cursor to this identity and those it carries, `limit` at most, the outer layer removed.
 * `endpoint`: only those to that endpoint. One whose transit key is gone is passed over: nobody can read it any more.
 */
export async function inboxPage(
  ports: Pick<GatewayPorts, 'view' | 'openTransit'>,
  identity: Identity,
  after: ViewCursor,
  limit: number,
  endpoint: string | null,
): Promise<InboxPage> {
  const lists = [...identity.oins].map((oin) => ports.view.inbox(oin, after, limit))
  const rows = lists.flat().toSorted(byRelease).slice(0, limit)
  const next = [...after]
  const items: InboxItem[] = []
  for (const row of rows) {
    next[row.partition] = Math.max(next[row.partition] ?? 0, row.releasedSeq ?? 0)
    if (endpoint !== null && !row.to.endsWith(`:systeem:${endpoint}`)) continue
    const sealed = await ports.view.sealed(row.handoff)
    const jwe = sealed && (await ports.openTransit(row, sealed))
    if (jwe === undefined) continue
    const { handoff, type, to } = row
    items.push({ handoff, type, to, at: new Date(row.at).toISOString(), cursor: formatCursor(next), jwe })
  }
  return { items, next, more: rows.length === limit }
}
