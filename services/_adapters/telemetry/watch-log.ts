/** Follows outcomes and control for whoever looks from outside: metrics, traces, `schakel top`. It writes nothing and delays nobody. */
import type { DecisionRecord } from '#core/decision/decision-record.ts'
import { openDecisions } from '#core/handoff/archive.ts'
import type { ControlRecord, Outcome } from '#core/handoff/outcome.ts'
import { LIMITS } from '#core/limits.ts'
import { type ChainStep, controlChain, outcomesChain, readChain } from '#core/log/chain.ts'
import type { RecordCodecs } from '#core/log/codec.ts'
import type { EventLog } from '#core/ports/event-log.ts'
import type { FoldHead } from '#core/ports/fold.ts'
import type { KeyStore } from '#core/ports/key-store.ts'

export interface WatchPorts {
  readonly log: Pick<EventLog, 'read' | 'end'>
  readonly codecs: RecordCodecs
  /** Opens decision records; without, verdicts are told by state alone. */
  readonly keys?: Pick<KeyStore, 'get'>
  /** Heads to go on from, per partition; without, the whole log is read. */
  readonly from?: readonly (FoldHead | undefined)[]
  /** Where another reader of this process stands: a partition in which it found nothing further is not asked for. */
  readonly known?: () => readonly (FoldHead | undefined)[]
}

/** One valid outcome; `decisions` undefined when they cannot be read here. */
export interface Seen {
  readonly partition: number
  readonly step: ChainStep<Outcome>
  readonly decisions: readonly DecisionRecord[] | undefined
}

export interface LogWatcher {
  outcome?(seen: Seen): void | Promise<void>
  voids?(topic: 'outcomes' | 'control', partition: number, count: number): void
}

export interface LogWatch {
  /** Reads to the present end and tells the watchers; calls do not overlap. */
  poll(): Promise<void>
  heads(): readonly (FoldHead | undefined)[]
  /** Inputs per partition that no outcome read so far answers. */
  lag(): Promise<readonly number[]>
  /** Newest epoch in control, read to its end. */
  epoch(): number
}

const PARTITIONS = Array.from({ length: LIMITS.partitions }, (_, partition) => partition)

async function decisionsOf(ports: WatchPorts, partition: number, outcome: Outcome) {
  if (!outcome.decisions) return []
  if (!ports.keys) return undefined
  // Whoever may not read them, or no longer, still counts that they are there.
  return openDecisions(ports.keys, outcome.decisions, { partition, seq: outcome.seq }).catch(() => undefined)
}

export function watchLog(ports: WatchPorts, watchers: readonly LogWatcher[]): LogWatch {
  const outcomes = outcomesChain(ports.codecs)
  const control = controlChain(ports.codecs)
  const heads: (FoldHead | undefined)[] = PARTITIONS.map((partition) => ports.from?.[partition])
  let controlHead: FoldHead | undefined
  let running: Promise<void> | undefined

  const voids = (topic: 'outcomes' | 'control', partition: number, count: number) => {
    if (count > 0) for (const watcher of watchers) watcher.voids?.(topic, partition, count)
  }
  const readPartition = async (partition: number): Promise<void> => {
    const known = ports.known?.()[partition]
    if (known && known.position <= (heads[partition]?.position ?? 0)) return
    for (;;) {
      const page = await readChain(ports.log as EventLog, outcomes, partition, heads[partition])
      voids('outcomes', partition, page.voids)
      for (const step of page.steps) {
        const seen = { partition, step, decisions: await decisionsOf(ports, partition, step.record) }
        // Moved on first: what a watcher fails at is missed, and nothing is ever counted twice.
        heads[partition] = step.head
        for (const watcher of watchers) await watcher.outcome?.(seen)
      }
      heads[partition] = page.head
      if (page.atEnd) return
    }
  }
  const readControl = async (): Promise<void> => {
    for (;;) {
      const page = await readChain<ControlRecord>(ports.log as EventLog, control, 0, controlHead)
      voids('control', 0, page.voids)
      controlHead = page.head
      if (page.atEnd) return
    }
  }
  const readAll = async () => {
    await readControl()
    for (const partition of PARTITIONS) await readPartition(partition)
  }
  return {
    poll() {
      running ??= readAll().finally(() => {
        running = undefined
      })
      return running
    },
    heads: () => heads,
    lag: () =>
      Promise.all(
        PARTITIONS.map(async (partition) =>
          Math.max(0, (await ports.log.end('inbound', partition)) - (heads[partition]?.inPosition ?? 0)),
        ),
      ),
    epoch: () => controlHead?.epoch ?? 0,
  }
}
