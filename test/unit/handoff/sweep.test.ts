import { describe, expect, it } from 'vitest'
import { openSqliteFold } from '#adapters/fold/sqlite.ts'
import { systemRandom } from '#adapters/random/system.ts'
import type { EvaluationContext } from '#core/handoff/evaluator.ts'
import { sweepRows } from '#core/handoff/sweep.ts'
import type { HandoffRow } from '#core/ports/fold.ts'
import { BatchKeys } from '#services/exchange/batch-keys.ts'
import { MemoryKeys } from '../../support/memory-keys.ts'

const AT = 1_800_000_000_000
const [FROM, TO] = ['00000099000000001000', '00000099000000002000']

function row(id: string, more: Partial<HandoffRow>): HandoffRow {
  return {
    handoff: `ho-3-2-${id}` as never,
    partition: 3,
    seq: 2,
    changedSeq: 2,
    caseRef: 'c1',
    message: 'm1' as never,
    from: `urn:nld:oin:${FROM}:systeem:a` as never,
    to: `urn:nld:oin:${TO}:systeem:b` as never,
    type: 'tip.ngo.forwarded',
    state: 'held',
    content: 'present',
    epoch: 1,
    at: AT,
    deadline: AT + 1_000,
    sdHash: null,
    released: false,
    releasedSeq: null,
    sealedSeq: null,
    asks: null,
    contentKey: null,
    certificate: 'c',
    ...more,
  }
}

describe('a sweep after a partner was suspended', () => {
  it('recalls a hold and its open requests once each, whichever of them it meets first', async () => {
    const held = row('00000000000000bb', {})
    const asks = { handoff: held.handoff, guard: 'g' }
    const before = row('00000000000000aa', { state: 'sealed', asks })
    const after = row('00000000000000cc', { state: 'sealed', asks })
    const fold = openSqliteFold(':memory:')
    for (const one of [before, held, after]) fold.putHandoff(one)
    const context = {
      partition: 3,
      seq: 9,
      at: AT,
      epoch: { number: 2, revoked: new Set(), partners: new Map([[FROM, { suspended: true }]]) },
      fold,
      keys: new BatchKeys(new MemoryKeys(), systemRandom),
      random: systemRandom,
    } as unknown as EvaluationContext
    const unused = {} as never
    const { effects } = await sweepRows([before, held, after], context, unused, unused)
    const changes = effects.map(
      (effect) => `${effect.handoff.slice(-2)} ${effect.kind === 'state' && effect.state}`,
    )
    expect(changes.toSorted()).toEqual(['aa recalled', 'bb recalled', 'cc recalled'])
  })
})
