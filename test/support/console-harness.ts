import type { DecisionRecord } from '#core/decision/decision-record.ts'
import type { Epoch } from '#core/decision/epoch.ts'
import { Failure } from '#core/failure.ts'
import type { Clock } from '#core/ports/clock.ts'
import type { DutyRow, HandoffRow } from '#core/ports/fold.ts'
import type { Operations } from '#services/console/operations.ts'
import type { ConsolePorts } from '#services/console/ports.ts'
import type { ConsoleRole } from '#services/console/roles.ts'
import { type RunningConsole, startConsole } from '#services/console/run.ts'
import { Door } from '#web/door.ts'
import { askSite, type SiteAnswer, type SiteAsking } from './ask-site.ts'
import { MemoryView } from './memory-view.ts'

/** A View in the order of the real one: newest first, cut by time alone. */
export class ConsoleView extends MemoryView {
  /** How many decision records were opened. */
  opened = 0

  override recent(limit: number, before: number = Number.MAX_SAFE_INTEGER): HandoffRow[] {
    const newest = (a: HandoffRow, b: HandoffRow) =>
      b.at - a.at || b.partition - a.partition || b.seq - a.seq || (a.handoff < b.handoff ? 1 : -1)
    return [...this.rows.values()]
      .filter(({ at }) => at < before)
      .toSorted(newest)
      .slice(0, limit)
  }

  override counts(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {}
    for (const { state } of this.rows.values()) counts[state] = (counts[state] ?? 0) + 1
    return counts
  }

  override async decisions(id: HandoffRow['handoff']): Promise<readonly DecisionRecord[]> {
    this.opened += 1
    return super.decisions(id)
  }
}

/** Waits end when aborted; short ones (the quiet between two signals) end at once, longer ones never. */
export const stillClock: Clock = {
  now: () => Date.UTC(2026, 10, 24, 19),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted || ms < 1_000) resolve()
      signal?.addEventListener('abort', () => resolve(), { once: true })
    }),
}

/** An exchange in which nothing happened yet. */
export const NO_OPERATIONS: Operations = {
  at: Date.UTC(2026, 10, 24, 19),
  services: [],
  newestEpoch: 1,
  partitions: [],
  ledger: { size: 0, behind: 0, ageMs: null },
  expired: 0,
  parked: [],
  parkedTotal: 0,
  verdicts: [],
  reasons: [],
  deadlines: [],
  since: null,
}

export type Asking = Pick<SiteAsking, 'method' | 'headers' | 'body'>

/** A console on a free port over a View written by hand. */
export class ConsoleHarness {
  readonly view = new ConsoleView()
  duties: readonly DutyRow[] = []
  met: readonly DutyRow[] = []
  /** Bundles that `proof` answers with. */
  readonly proofs = new Map<string, string>()
  readonly reported: { readonly failure: Failure; readonly about: string }[] = []
  readonly ports: ConsolePorts
  readonly door = new Door({ accounts: async () => [], cookie: 'schakel-console', now: () => 0 })
  running: RunningConsole | undefined
  /** Who asks: signed in for both desks, unless a test says otherwise. */
  cookie: string

  constructor(epoch: Epoch, change: Partial<ConsolePorts> = {}) {
    this.cookie = this.signIn('auditor', 'operator')
    this.ports = {
      host: '127.0.0.1',
      port: 0,
      view: this.view,
      duties: () => ({ of: this.duties, by: this.met }),
      control: {
        current: () => ({ epoch, readAt: 0 }),
        refresh: async () => ({ epoch, readAt: 0 }),
        artefact: async () => undefined,
        resolve: async () => epoch,
      },
      checkpoint: async () => undefined,
      proof: async (handoff) => this.proofs.get(handoff),
      matrix: async () => '',
      door: this.door,
      operations: async () => NO_OPERATIONS,
      replay: () => Promise.reject(new Failure('OPS_CONTROL')),
      rules: async () => new Map(),
      clock: stillClock,
      report: (failure, about) => this.reported.push({ failure, about }),
      ...change,
    }
  }

  /** Cookie of somebody with these roles. */
  signIn(...roles: readonly ConsoleRole[]): string {
    const code = this.door.startCode({ actor: 'test-1', name: 'T. Fictief', roles })
    return this.door.enterByCode(code).split(';')[0] ?? ''
  }

  async start(): Promise<this> {
    this.running = await startConsole(this.ports)
    return this
  }

  get url(): string {
    return this.running?.url ?? ''
  }

  async close(): Promise<void> {
    await this.running?.close()
  }

  /** The path goes out exactly as it stands; Host can be any. */
  ask(path: string, { headers = {}, ...asking }: Asking = {}): Promise<SiteAnswer> {
    return askSite(this.url, path, { ...asking, headers: { accept: '*/*', cookie: this.cookie, ...headers } })
  }
}
