import type { Outcome } from '#core/handoff/outcome.ts'
import type { FoldHead } from '#core/ports/fold.ts'
import type { Progress } from './chain.ts'

const NO_SWEEP = { upto: 0, done: true } as const

/**
 * Rule of `outcomes` (design §3): inputs are answered in order, the epoch rises only in a tick and by one, and a
 * sweep belongs to the epoch that opened it. undefined = void.
 */
export function extendOutcome(head: FoldHead | undefined, outcome: Outcome): Progress | undefined {
  if (!head) {
    const clean = outcome.in === null && outcome.epoch === 0 && outcome.sweep === null
    return clean && outcome.effects.length === 0
      ? { epoch: 0, inputs: 0, inPosition: 0, sweep: NO_SWEEP }
      : undefined
  }
  const isTick = outcome.answer.kind === 'tick'
  if (isTick !== (outcome.in === null)) return undefined
  const sweep = sweepAfter(head, outcome)
  if (!sweep) return undefined
  if (!outcome.in) return { epoch: outcome.epoch, inputs: head.inputs, inPosition: head.inPosition, sweep }
  const { n, position } = outcome.in
  if (n !== head.inputs + 1 || position < head.inPosition) return undefined
  return { epoch: outcome.epoch, inputs: n, inPosition: position + 1, sweep }
}

function sweepAfter(head: FoldHead, outcome: Outcome): FoldHead['sweep'] | undefined {
  const { sweep } = outcome
  if (outcome.epoch === head.epoch) {
    if (!sweep) return head.sweep
    return outcome.in === null && !head.sweep.done && sweep.upto >= head.sweep.upto ? sweep : undefined
  }
  const rises = outcome.epoch === head.epoch + 1 && outcome.in === null
  return rises && sweep?.upto === 0 ? sweep : undefined
}
