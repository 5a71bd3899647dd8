import type { Operations } from '#services/console/operations.ts'
import type { Store } from '../open-store.ts'
import { findServices } from '../top/find-services.ts'
import { openTop, type Top, type TopState } from '../top/top-state.ts'

const DAY = 86_400_000
const DAYS = 7
const REASONS_SHOWN = 12
const OPEN_READ = 10_000

/** What the operator's desk shows, gathered as `schakel top` does. The log is read from the first look on, and on at each later one. */
export function operationsOf(store: Store, data: string): () => Promise<Operations> {
  let top: Top | undefined
  let looking: Promise<Operations> | undefined
  const look = async () => {
    top ??= openTop(store)
    return operations(store, await top.look(await findServices(data)))
  }
  // Two readers of the page at once share one look: the watch reads on from where it stands.
  return () => {
    looking ??= look().finally(() => {
      looking = undefined
    })
    return looking
  }
}

function operations(store: Store, state: TopState): Operations {
  const heads = store.view.head()
  const newest = state.epoch.newest
  return {
    at: state.at,
    services: state.services.map(({ name, status, reasons }) => ({
      name,
      ready: status === 'ok',
      note: status === 'ok' ? null : [status, ...reasons].join(' '),
    })),
    newestEpoch: newest,
    partitions: heads.map((head, partition) => ({
      partition,
      head,
      epoch: state.epoch.inForce[partition] ?? 0,
      waiting: state.lag?.[partition] ?? null,
      voids: state.voids[partition] ?? 0,
    })),
    ledger: { size: state.ledger.size, behind: state.ledger.lag, ageMs: state.ledger.ageMs },
    expired: state.expired,
    parked: state.parkedAt,
    parkedTotal: state.parked,
    verdicts: state.hours.map(({ from, verdicts }) => ({
      from,
      permit: verdicts['permit'] ?? 0,
      redacted: verdicts['permit-redacted'] ?? 0,
      hold: verdicts['hold'] ?? 0,
      deny: verdicts['deny'] ?? 0,
    })),
    reasons: reasonsOf(state),
    deadlines: deadlinesAhead(store, state.at),
    since: state.since,
  }
}

function reasonsOf(state: TopState): Operations['reasons'] {
  const counts = new Map<string, number>()
  for (const { verdict, code, all } of state.verdicts)
    if (verdict === 'hold' || verdict === 'deny') counts.set(code, (counts.get(code) ?? 0) + all)
  const reasons = [...counts].map(([code, count]) => ({ code, count }))
  return reasons.toSorted((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1)).slice(0, REASONS_SHOWN)
}

function deadlinesAhead(store: Store, now: number): Operations['deadlines'] {
  const open = store.view.openDeadlines(now + DAYS * DAY, OPEN_READ)
  return Array.from({ length: DAYS }, (_, day) => {
    const from = now + day * DAY
    const due = open.filter(({ deadline }) => deadline >= from && deadline < from + DAY)
    return {
      from,
      held: due.filter(({ state }) => state === 'held').length,
      sealed: due.filter(({ state }) => state === 'sealed').length,
    }
  })
}
