/** From `p.<oin>.in` to `inbound`: the gateway's door for partners who speak Kafka themselves (design §3). */
import { TokenBuckets } from '#adapters/http/token-buckets.ts'
import { type KafkaPartner, kafkaPartners } from '#core/decision/kafka-partners.ts'
import { asFailure, Failure, fail } from '#core/failure.ts'
import type { Oin } from '#core/ids.ts'
import { keepRunning } from '#core/keep-running.ts'
import { LIMITS } from '#core/limits.ts'
import { partitionOf } from '#core/log/partition.ts'
import { parseTraceparent } from '#core/message/trace-context.ts'
import type { PartitionShare } from '#core/ports/partition-share.ts'
import type { PartnerRecord, PartnerTopics } from '#core/ports/partner-topics.ts'
import { acceptMessage } from './accept-message.ts'
import { refusalEvent } from './bridge-refusal.ts'
import type { Identity } from './identity.ts'
import type { GatewayPorts } from './ports.ts'
import { type FramedRecord, readPartnerRecord } from './read-partner-record.ts'

export interface BridgePorts
  extends Pick<
    GatewayPorts,
    'log' | 'encodeInbound' | 'control' | 'clock' | 'random' | 'observe' | 'requestsPerSecond' | 'report'
  > {
  readonly topics: PartnerTopics
  /** Which of several gateways copies for whom: by the partition of the OIN. Two that copy the same do no harm. Default: all. */
  readonly share?: PartitionShare
}

const IDLE_MS = 1_000
/** Records copied before the position is remembered: what a crash has copied again, at most. */
const SLICE = 64

interface Bridge {
  readonly ports: BridgePorts
  readonly oin: Oin
  readonly buckets: TokenBuckets
  readonly signal: AbortSignal
}

async function putOne(ports: BridgePorts, identity: Identity, framed: FramedRecord): Promise<void> {
  const { attributes, body, traceparent } = framed
  const start = ports.clock.now()
  const { partition } = await acceptMessage(ports, identity, attributes, body)
  if (!ports.observe) return
  const link = parseTraceparent(traceparent)
  if (traceparent !== undefined && !link) ports.observe.traceIgnored()
  const { source, id } = attributes
  ports.observe.accepted({ source, id, partition, start, end: ports.clock.now(), link })
}

/** Frames a slice, tells the partner what is refused, and puts the rest: one after the other per partition, so that a case keeps its order. */
async function copySlice({ ports, oin }: Bridge, partner: KafkaPartner, slice: readonly PartnerRecord[]) {
  const { epoch, readAt } = ports.control.current()
  if (ports.clock.now() - readAt > LIMITS.controlAgeMs)
    fail('OPS_CONTROL', undefined, 'control was not read in time')
  const lines = new Map<number, FramedRecord[]>()
  for (const record of slice) {
    try {
      const framed = readPartnerRecord(record, epoch)
      const partition = partitionOf(framed.attributes.subject)
      lines.set(partition, [...(lines.get(partition) ?? []), framed])
    } catch (error) {
      const failure = asFailure(error)
      if (failure.family !== 'MSG') throw failure
      await ports.topics.append(oin, refusalEvent(ports, record, failure))
    }
  }
  const identity = { partner: partner.partner, oins: new Set(partner.oins) }
  const puts = await Promise.allSettled(
    [...lines.values()].map(async (line) => {
      for (const framed of line) await putOne(ports, identity, framed)
    }),
  )
  for (const put of puts) if (put.status === 'rejected') throw put.reason
}

/** As many of the records as the partner's rate lets in now; waits until it is one. 0 on abort. */
async function admitted({ ports, oin, buckets, signal }: Bridge, waiting: number): Promise<number> {
  const most = Math.min(waiting, SLICE)
  while (!signal.aborted) {
    let count = 0
    while (count < most && buckets.take(oin)) count += 1
    if (count > 0) return count
    await ports.clock.sleep(
      Math.ceil(1_000 / (ports.requestsPerSecond ?? LIMITS.requestsPerPartnerPerSecond)),
      signal,
    )
  }
  return 0
}

/** The partner as the epoch now has it: one that was suspended between two slices is not copied. */
function partnerOf({ ports, oin }: Bridge): KafkaPartner {
  const { epoch } = ports.control.current()
  return kafkaPartners(epoch).find(({ partner }) => partner.oin === oin) ?? fail('PEER_SUSPENDED')
}

/**
 * One page from `from`; the position is remembered only after the append, so that a crash has records copied again and never
 * lost: the exchange knows the repeat. Returns where to go on.
 */
async function bridgePage(bridge: Bridge, from: number): Promise<number> {
  const { ports, oin } = bridge
  const page = await ports.topics.read(oin, 'in', from)
  let done = 0
  while (done < page.records.length) {
    const count = await admitted(bridge, page.records.length - done)
    if (count === 0) return page.records[done]?.position ?? from
    await copySlice(bridge, partnerOf(bridge), page.records.slice(done, done + count))
    done += count
    const position = page.records[done]?.position ?? page.next
    await ports.topics.remember(oin, 'in', { position, note: '' })
  }
  return page.next
}

/** Copies one partner's `in` until the signal aborts. A failure is reported and everything since the last remembered position done again. */
export async function bridgePartner(
  ports: BridgePorts,
  oin: Oin,
  buckets: TokenBuckets,
  signal: AbortSignal,
): Promise<void> {
  const bridge: Bridge = { ports, oin, buckets, signal }
  let from: number | undefined
  while (!signal.aborted) {
    try {
      from ??= (await ports.topics.remembered(oin, 'in'))?.position ?? 0
      const next = await bridgePage(bridge, from)
      if (next === from) await ports.topics.changed(oin, next, IDLE_MS, signal)
      from = next
    } catch (error) {
      from = undefined
      if (signal.aborted) return
      if (!(error instanceof Failure) || error.code !== 'PEER_SUSPENDED')
        ports.report(asFailure(error), `p.${oin}.in`)
      await ports.clock.sleep(IDLE_MS, signal)
    }
  }
}

/** A bridge for each partner who speaks Kafka under the current epoch, until the signal aborts. */
export function bridgePartnerTopics(ports: BridgePorts, signal: AbortSignal): Promise<void> {
  const buckets = new TokenBuckets(ports.clock, ports.requestsPerSecond ?? LIMITS.requestsPerPartnerPerSecond)
  const tasks = {
    wanted: () => kafkaPartners(ports.control.current().epoch).map(({ partner }) => partner.oin),
    task: (oin: Oin, until: AbortSignal) => bridgePartner(ports, oin, buckets, until),
    clock: ports.clock,
  }
  return keepRunning(tasks, ports.share, signal)
}
