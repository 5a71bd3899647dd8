import { fail } from '#core/failure.ts'
import { controlChain, readChain } from '#core/log/chain.ts'
import type { FoldHead } from '#core/ports/fold.ts'
import type { LedgerPorts } from './ports.ts'

/** Where control stood at each epoch: that of the record which began it. */
export interface ControlHeads {
  /** Reads on until this epoch is known; `OPS_LOG` when control ends before it. */
  readTo(epoch: number): Promise<void>
  /** The head at an epoch that `readTo` has reached. */
  at(epoch: number): FoldHead
}

export function controlHeads(ports: Pick<LedgerPorts, 'log' | 'codecs'>): ControlHeads {
  const chain = controlChain(ports.codecs)
  const heads = new Map<number, FoldHead>()
  let head: FoldHead | undefined
  return {
    async readTo(epoch) {
      while ((head?.epoch ?? 0) < epoch) {
        const page = await readChain(ports.log, chain, 0, head)
        for (const step of page.steps) if (step.head.epoch > 0) heads.set(step.head.epoch, step.head)
        head = page.head
        if (page.atEnd && (head?.epoch ?? 0) < epoch)
          fail('OPS_LOG', undefined, `control ends before epoch ${epoch}, which outcomes name`)
      }
    },
    at: (epoch) => heads.get(epoch) ?? fail('BUG_INVARIANT', undefined, `epoch ${epoch} was not read`),
  }
}
