import { beforeAll, describe, expect, it } from 'vitest'
import { Failure } from '#core/failure.ts'
import type { RecordCodecs } from '#core/log/codec.ts'
import { realCodecs } from '../../support/record-codecs.ts'
import { judgeWorld, problemsOf } from '../../support/sim-run.ts'
import { PARTITION, SimWorld } from '../../support/sim-world.ts'
import { inboundOf, type Op, testEvaluator } from '../../support/test-evaluator.ts'

let codecs: RecordCodecs
beforeAll(async () => {
  codecs = await realCodecs()
})

const message = (jti: string, deadlineIn: number): Op => ({
  op: 'new',
  iss: 'urn:nld:oin:00000099000000001000:systeem:meldpunt',
  jti,
  caseRef: 'c1',
  until: 9_000_000_000_000,
  hands: [{ to: 'urn:a', state: 'held', deadlineIn }],
})

async function settle(w: SimWorld, patience: number): Promise<void> {
  const until = w.now + patience
  await new Promise(setImmediate)
  for (let steps = 0; steps < 20_000; steps += 1) {
    if (await w.step()) continue
    const wake = w.nextWake()
    if (wake === undefined || wake > until) {
      w.now = Math.max(w.now, until)
      return
    }
    w.now = Math.max(w.now, wake)
  }
  throw new Error('does not come to rest')
}

describe('an input that cannot be answered now (OPS_)', () => {
  it('waits; what came before it in the block, deadlines and epochs do not', async () => {
    let away = true
    const w = new SimWorld(5, codecs, () => {
      const plain = testEvaluator()
      return {
        ...plain,
        input: (input, context) => {
          if (away && input.inbound.attributes['id'] === 'm1') throw new Failure('OPS_CONTROL')
          return plain.input(input, context)
        },
      }
    })
    await w.found(1)
    const ops = [message('j1', 30_000), message('j2', 4_000_000_000)]
    const entries = ops.map((op, index) => codecs.inbound.encode(inboundOf(op, `m${index}`)))
    w.log.inject('inbound', PARTITION, entries)
    w.start(w.addActor(0))
    const states = () => [...judgeWorld(w).states.values()].map((row) => row.state)
    await settle(w, 6_000)
    expect(states()).toEqual(['held'])
    await settle(w, 60_000)
    expect(states()).toEqual(['expired'])
    expect(w.events).toContainEqual({ kind: 'paused', partition: PARTITION, code: 'OPS_CONTROL' })
    away = false
    await settle(w, 60_000)
    expect(states()).toEqual(['expired', 'held'])
    expect(problemsOf(w)).toEqual([])
  })
})
