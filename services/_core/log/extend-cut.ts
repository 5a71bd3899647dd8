import type { Cut } from '#core/handoff/outcome.ts'
import type { FoldHead } from '#core/ports/fold.ts'
import type { Progress } from './chain.ts'

const NOTHING: Progress = { epoch: 0, inputs: 0, inPosition: 0, sweep: { upto: 0, done: true } }

/**
 * Rule of `ledger`: nothing beyond seq, prev and at. That `upto` and `size` never shrink needs the cut before, which
 * only the sequencer holds: it checks this itself, against the outcomes (design §6).
 */
export function extendCut(head: FoldHead | undefined, cut: Cut): Progress | undefined {
  if (!head) return cut.size === 0 ? NOTHING : undefined
  return cut.genesis === null ? NOTHING : undefined
}
