import type { EndpointUrn } from '#core/ids.ts'
import type { Clock } from '#core/ports/clock.ts'
import type { Random } from '#core/ports/random.ts'
import type { Directory } from './directory.ts'
import type { GatewayClient } from './gateway-client.ts'
import type { Outbox } from './outbox.ts'
import type { Identity } from './read-identity.ts'
import type { Tracing } from './tracing.ts'
import type { RetryPolicy } from './with-retry.ts'

/** What a connection works with; made by `connect.ts`. */
export interface ConnectionPorts {
  readonly client: GatewayClient
  readonly directory: Directory
  readonly outbox: Outbox
  readonly identity: Identity
  /** Endpoints of others whose hand-offs this partner receives in their stead. */
  readonly carries: ReadonlySet<EndpointUrn>
  readonly clock: Clock
  readonly random: Random
  readonly retry: RetryPolicy
  readonly tracing: Tracing
}
