import type { Connection } from '#sdk/connect.ts'
import type { Clock } from '#sdk/system-ports.ts'
import type { Door } from '#web/door.ts'
import type { SiteOptions, SiteWords } from '#web/site.ts'
import type { DeskStore } from './store.ts'

export type DeskConnection = Pick<
  Connection,
  'urn' | 'inbox' | 'open' | 'handoff' | 'publish' | 'status' | 'again' | 'acknowledge' | 'approve'
> & { readonly catalogue: Pick<Connection['catalogue'], 'codes' | 'routes' | 'form'> }

/** What a desk works with. */
export interface DeskPorts {
  /** The endpoint whose desk this is, with the partner's own keys. */
  readonly connection: DeskConnection
  readonly store: DeskStore
  /** Roles `desk` and `approver`. */
  readonly door: Door
  /** Loopback only; port 0 = any free one. */
  readonly host: string
  readonly port: number
  readonly clock: Clock
  /** Ids of messages: UUIDs. */
  newId(): string
  readonly report: SiteOptions<SiteWords>['report']
  /** Aborts when the desk closes. */
  readonly signal: AbortSignal
}
