import type { TlsMaterial } from '#adapters/http/tls-preset.ts'
import type { Certificate } from '#core/decision/epoch.ts'
import type { Failure } from '#core/failure.ts'
import type { Inbound } from '#core/handoff/outcome.ts'
import type { TraceContext } from '#core/message/trace-context.ts'
import type { Clock } from '#core/ports/clock.ts'
import type { Control } from '#core/ports/control.ts'
import type { EventLog, LogEntry } from '#core/ports/event-log.ts'
import type { HandoffRow } from '#core/ports/fold.ts'
import type { PartitionShare } from '#core/ports/partition-share.ts'
import type { PartnerTopics } from '#core/ports/partner-topics.ts'
import type { Random } from '#core/ports/random.ts'
import type { View } from '#core/ports/view.ts'

/** One answer of the tile log (Part of `/ledger/…`), whatever serves it: folder or object store. */
export interface TileAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/** Certificate profile and revocation, as of the control given (`_core/message`). */
export interface CertificateCheck {
  /** Parses and checks chain, key usage `tls` and the OIN of a client certificate; throws `PEER_CERTIFICATE`. */
  client(der: Uint8Array, caPem: string): Certificate
  /** Serials revoked by this CRL, lower-case hex without leading zeros, and the time (ms) from which it is stale; throws when its signature fails. */
  crl(crlPem: string, caPem: string): { readonly serials: ReadonlySet<string>; readonly nextUpdate: number }
}

/** One message answered 202; times in ms since the epoch. `link`: the trace its sender named, for a link and never to be passed on. */
export interface Accepted {
  readonly source: string
  readonly id: string
  readonly partition: number
  readonly start: number
  readonly end: number
  readonly link: TraceContext | undefined
}

/** Who looks on; it must not throw and nothing waits for it. */
export interface GatewayObserver {
  accepted(accepted: Accepted): void
  /** A `ce-traceparent` that was not well formed. */
  traceIgnored(): void
}

export interface GatewayPorts {
  readonly host: string
  /** 0 = any free one. */
  readonly port: number
  readonly tls: TlsMaterial
  readonly log: Pick<EventLog, 'put' | 'end'>
  readonly encodeInbound: (inbound: Inbound) => LogEntry
  /** `behind`: log positions it has not read yet; `age`: ms since all of it was read to its end. For readiness. */
  readonly view: View & { behind?(): Promise<number>; age?(): number }
  readonly control: Control
  readonly certificates: CertificateCheck
  /** Removes the outer layer of a sealed hand-off: the inner compact JWE; undefined when its transit key is gone. */
  readonly openTransit: (row: HandoffRow, sealed: Uint8Array) => Promise<string | undefined>
  readonly tiles: (path: string) => Promise<TileAnswer>
  /** Topics of partners who speak Kafka themselves, and which of several gateways copies whose; without, there are none. */
  readonly partnerTopics?: PartnerTopics
  readonly partnerShare?: PartitionShare
  readonly clock: Clock
  readonly random: Random
  readonly observe?: GatewayObserver
  /** Requests a second of one partner; default `LIMITS.requestsPerPartnerPerSecond`. */
  readonly requestsPerSecond?: number
  /** Called for every failure that is ours (`OPS_`, `BUG_`), with the request's id. */
  readonly report: (failure: Failure, requestId: string) => void
}
