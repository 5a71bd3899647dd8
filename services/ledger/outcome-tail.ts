import { fail } from '#core/failure.ts'
import { CONTROL_PARTITION, headLeaf } from '#core/ledger/head-leaf.ts'
import { LIMITS } from '#core/limits.ts'
import { outcomesChain, readChain } from '#core/log/chain.ts'
import type { FoldHead } from '#core/ports/fold.ts'
import { controlHeads } from './control-heads.ts'
import type { LedgerPorts } from './ports.ts'

interface Waiting {
  readonly head: FoldHead
  readonly leaves: readonly Uint8Array[]
}

/** Leaves of all partitions that were read and are in no cut yet, in (partition, seq, n) order when taken. */
export interface OutcomeTail {
  /** Heads of what is in the tree; undefined = nothing of that partition. */
  done(): readonly (FoldHead | undefined)[]
  /** seq of the last outcome read, per partition. */
  tips(): readonly number[]
  /** Outcomes and leaves of theirs that wait; 0 = no head has moved. */
  waiting(): number
  /** Reads on until nothing is left or `most` wait. */
  read(most: number): Promise<void>
  /**
   * All waiting leaves up to these seqs, still waiting: for each partition that moved those of its outcomes and then that of
   * its head, last that of control when an epoch began. `read` or `take` has read that far.
   */
  peek(upto: readonly number[]): Generator<Uint8Array>
  /** As `peek`, reading on as far as needed; they are in the tree from here on. `OPS_LOG` when the log ends before. */
  take(upto: readonly number[]): Promise<readonly Uint8Array[]>
}

const partitions = Array.from({ length: LIMITS.partitions }, (_, partition) => partition)
const latest = (heads: readonly (FoldHead | undefined)[]): number =>
  Math.max(0, ...heads.map((head) => head?.epoch ?? 0))

export function tailOutcomes(
  ports: Pick<LedgerPorts, 'log' | 'codecs'>,
  from: readonly (FoldHead | undefined)[],
): OutcomeTail {
  const chain = outcomesChain(ports.codecs)
  const control = controlHeads(ports)
  const done = partitions.map((partition) => from[partition])
  const tips = [...done]
  const queues: Waiting[][] = partitions.map(() => [])
  let count = 0

  async function readPage(partition: number): Promise<boolean> {
    const page = await readChain(ports.log, chain, partition, tips[partition])
    for (const step of page.steps) {
      queues[partition]?.push({ head: step.head, leaves: step.record.leaves })
      count += 1 + step.record.leaves.length
    }
    tips[partition] = page.head
    return page.atEnd
  }

  /** Where each partition stands at these seqs. */
  const headsAt = (upto: readonly number[]) =>
    partitions.map((partition) => {
      const last = queues[partition]?.findLast(({ head }) => head.seq <= (upto[partition] ?? 0))
      return last?.head ?? done[partition]
    })

  function* peek(upto: readonly number[]): Generator<Uint8Array> {
    const heads = headsAt(upto)
    for (const [partition, head] of heads.entries()) {
      if (!head || head === done[partition]) continue
      for (const waiting of queues[partition] ?? []) {
        if (waiting.head.seq > head.seq) break
        yield* waiting.leaves
      }
      yield headLeaf(partition, head)
    }
    const epoch = latest(heads)
    if (epoch > latest(done)) yield headLeaf(CONTROL_PARTITION, control.at(epoch))
  }

  return {
    done: () => done,
    tips: () => tips.map((head) => head?.seq ?? 0),
    waiting: () => count,
    async read(most) {
      for (const partition of partitions) while (count < most && !(await readPage(partition)));
      await control.readTo(latest(tips))
    },
    peek,
    async take(upto) {
      for (const partition of partitions) {
        while ((tips[partition]?.seq ?? 0) < (upto[partition] ?? 0)) {
          if (await readPage(partition))
            fail('OPS_LOG', undefined, `outcomes/${partition} is shorter than its cut`)
        }
      }
      await control.readTo(latest(headsAt(upto)))
      const leaves = [...peek(upto)]
      for (const partition of partitions) {
        const queue = queues[partition] ?? []
        const taken = queue.filter(({ head }) => head.seq <= (upto[partition] ?? 0))
        queues[partition] = queue.slice(taken.length)
        done[partition] = taken.at(-1)?.head ?? done[partition]
        for (const one of taken) count -= 1 + one.leaves.length
      }
      return leaves
    },
  }
}
