import type { KafkaConnection } from '#adapters/kafka/client.ts'
import { type GroupMember, groupMember } from '#adapters/kafka/group-member.ts'
import { openLane } from '#adapters/kafka/lane.ts'
import { LIMITS } from '#core/limits.ts'
import type { Clock } from '#core/ports/clock.ts'
import type { PartitionShare } from '#core/ports/partition-share.ts'

export interface KafkaShareOptions extends KafkaConnection {
  readonly clock: Clock
  /** All instances that share with each other name the same one: `schakel.exchange`. */
  readonly groupId: string
  readonly topicPrefix?: string
}

const AGAIN_MS = 500

type Use = Parameters<PartitionShare['run']>[1]

/**
 * A share of the partitions, by a consumer group that carries nothing else. While the group shares out anew the work goes on; it stops only
 * when the new share is another one. A coordinator that does not answer takes nothing away.
 */
export function kafkaShare(options: KafkaShareOptions): PartitionShare {
  const { clock, groupId, topicPrefix = '' } = options
  return {
    async run(signal, use) {
      const lane = openLane(options)
      const member = groupMember({ lane, topic: `${topicPrefix}inbound`, groupId })
      const work = working(use, signal)
      const over = AbortSignal.any([signal, work.failed])
      // A coordinator that is slow to answer must not hold up a stop.
      const cut = () => lane.drop(true)
      over.addEventListener('abort', cut, { once: true })
      try {
        while (!over.aborted) await turn(member, work, clock, over)
      } finally {
        over.removeEventListener('abort', cut)
        await work.stop()
        await member.leave().catch(() => undefined)
        lane.drop(true)
      }
      await work.result()
    },
  }
}

/** Joins, takes up the share, and keeps the membership alive until the group moves or says nothing any more. */
async function turn(member: GroupMember, work: Working, clock: Clock, signal: AbortSignal): Promise<void> {
  try {
    const share = await member.join(work.share())
    if (signal.aborted) return
    work.take(share)
    do await clock.sleep(LIMITS.groupHeartbeatMs, signal)
    while (!signal.aborted && (await member.beat()))
  } catch {
    // The coordinator is gone or new: what we have, we keep.
    await clock.sleep(AGAIN_MS, signal)
  }
}

interface Working {
  /** What it works on, or is about to. */
  share(): readonly number[]
  /** Stops the present work and then starts on this share, unless it is the same. Does not wait. */
  take(share: readonly number[]): void
  stop(): Promise<void>
  /** Aborts when the work itself fails. */
  readonly failed: AbortSignal
  /** Rejects with what it failed with. */
  result(): Promise<void>
}

function working(use: Use, signal: AbortSignal): Working {
  const failed = new AbortController()
  let error: { readonly thrown: unknown } | undefined
  let present: readonly number[] = []
  let stopping = new AbortController()
  /** One after the other, however quickly shares change. */
  let work: Promise<void> = Promise.resolve()

  const run = async (share: readonly number[], stopped: AbortSignal) => {
    if (error || stopped.aborted || share.length === 0) return
    try {
      await use(share, stopped)
    } catch (thrown) {
      error ??= { thrown }
      failed.abort('failed')
    }
  }
  return {
    share: () => present,
    take(share) {
      if (share.length === present.length && share.every((each, index) => each === present[index])) return
      stopping.abort('another share')
      stopping = new AbortController()
      present = share
      const stopped = AbortSignal.any([signal, stopping.signal])
      work = work.then(() => run(share, stopped))
    },
    async stop() {
      stopping.abort('stopped')
      await work
    },
    failed: failed.signal,
    async result() {
      if (error) throw error.thrown
    },
  }
}
