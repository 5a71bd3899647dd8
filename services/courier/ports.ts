import type { PostAnswer } from '#adapters/http/post-jose.ts'
import type { Failure } from '#core/failure.ts'
import type { Inbound } from '#core/handoff/outcome.ts'
import type { CommandSigner } from '#core/handoff/sign-command.ts'
import type { HandoffId } from '#core/ids.ts'
import type { Clock } from '#core/ports/clock.ts'
import type { Control } from '#core/ports/control.ts'
import type { EventLog, LogEntry } from '#core/ports/event-log.ts'
import type { HandoffRow } from '#core/ports/fold.ts'
import type { PartitionShare } from '#core/ports/partition-share.ts'
import type { PartnerTopics } from '#core/ports/partner-topics.ts'
import type { Random } from '#core/ports/random.ts'
import type { View } from '#core/ports/view.ts'

export interface CourierPorts {
  readonly log: Pick<EventLog, 'put'>
  readonly encodeInbound: (inbound: Inbound) => LogEntry
  readonly view: View
  readonly control: Control
  /** Name `courier` and its Ed25519 key. */
  readonly signer: CommandSigner
  /** Removes the outer layer: the inner compact JWE; undefined when its transit key is gone. */
  readonly openTransit: (row: HandoffRow, sealed: Uint8Array) => Promise<string | undefined>
  /** One delivery by push; throws `OPS_DELIVERY` when nobody answered. */
  readonly post: (
    url: string,
    headers: Readonly<Record<string, string>>,
    body: string,
    signal: AbortSignal,
  ) => Promise<PostAnswer>
  /** For partners who speak Kafka themselves; without, nobody is delivered to a topic. */
  readonly topics?: Pick<PartnerTopics, 'read' | 'append' | 'remembered' | 'remember'>
  /** Which of several couriers writes to whose topic: by the partition of the OIN. Default: all. */
  readonly topicShare?: PartitionShare
  /** `traceparent` of a hand-off's recipient, its own and no one else's (`recipientTraceparent`); without, none is sent. */
  readonly traceparent?: (handoff: HandoffId) => string
  /** Who looks on at each try to push; times in ms since the epoch. It must not throw and nothing waits for it. */
  readonly observe?: (push: {
    readonly row: HandoffRow
    readonly start: number
    readonly end: number
    readonly taken: boolean
  }) => void
  readonly clock: Clock
  readonly random: Random
  readonly report: (failure: Failure, about: string) => void
}
