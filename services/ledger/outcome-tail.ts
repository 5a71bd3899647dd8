import { fail } from '#core/failure.ts'
import { LIMITS } from '#core/limits.ts'
import { outcomesChain, readChain } from '#core/log/chain.ts'
import type { FoldHead } from '#core/ports/fold.ts'
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
  waiting(): number
  /** Reads on until nothing is left or `most` leaves wait. */
  read(most: number): Promise<void>
  /** All waiting leaves up to these seqs, still waiting. */
  peek(upto: readonly number[]): Generator<Uint8Array>
  /** As `peek`, reading on as far as needed; they are in the tree from here on. `OPS_LOG` when the log ends before. */
  take(upto: readonly number[]): Promise<readonly Uint8Array[]>
}

export function tailOutcomes(
  ports: Pick<LedgerPorts, 'log' | 'codecs'>,
  from: readonly (FoldHead | undefined)[],
): OutcomeTail {
  const chain = outcomesChain(ports.codecs)
  const partitions = Array.from({ length: LIMITS.partitions }, (_, partition) => partition)
  const done = partitions.map((partition) => from[partition])
  const tips = [...done]
  const queues: Waiting[][] = partitions.map(() => [])
  let count = 0

  async function readPage(partition: number): Promise<boolean> {
    const page = await readChain(ports.log, chain, partition, tips[partition])
    for (const step of page.steps) {
      queues[partition]?.push({ head: step.head, leaves: step.record.leaves })
      count += step.record.leaves.length
    }
    tips[partition] = page.head
    return page.atEnd
  }

  function* peek(upto: readonly number[]): Generator<Uint8Array> {
    for (const partition of partitions) {
      for (const { head, leaves } of queues[partition] ?? []) {
        if (head.seq > (upto[partition] ?? 0)) break
        yield* leaves
      }
    }
  }

  return {
    done: () => done,
    tips: () => tips.map((head) => head?.seq ?? 0),
    waiting: () => count,
    async read(most) {
      for (const partition of partitions) while (count < most && !(await readPage(partition)));
    },
    peek,
    async take(upto) {
      for (const partition of partitions) {
        while ((tips[partition]?.seq ?? 0) < (upto[partition] ?? 0)) {
          if (await readPage(partition))
            fail('OPS_LOG', undefined, `outcomes/${partition} is shorter than its cut`)
        }
      }
      const leaves = [...peek(upto)]
      for (const partition of partitions) {
        const queue = queues[partition] ?? []
        const taken = queue.filter(({ head }) => head.seq <= (upto[partition] ?? 0))
        queues[partition] = queue.slice(taken.length)
        done[partition] = taken.at(-1)?.head ?? done[partition]
      }
      count -= leaves.length
      return leaves
    },
  }
}
