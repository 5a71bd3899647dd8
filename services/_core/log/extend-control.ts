import type { ControlRecord } from '#core/handoff/outcome.ts'
import type { FoldHead } from '#core/ports/fold.ts'
import type { Progress } from './chain.ts'

const NOTHING = { inputs: 0, inPosition: 0, sweep: { upto: 0, done: true } } as const

/**
 * Rule of `control` (design §3): record 1 is its genesis, record 2 lists all of them, both of epoch 0 and without
 * artefacts; every later record is the next epoch. undefined = void.
 */
export function extendControl(head: FoldHead | undefined, record: ControlRecord): Progress | undefined {
  const founding = !head || head.seq === 1
  if (founding) {
    const listed = !head || (record.genesis !== null && record.genesis.all !== null)
    return listed && record.epoch === 0 && record.entries.length === 0 ? { ...NOTHING, epoch: 0 } : undefined
  }
  if (record.genesis !== null || record.epoch !== head.epoch + 1) return undefined
  return { ...NOTHING, epoch: record.epoch }
}
