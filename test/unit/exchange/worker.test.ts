import { beforeAll, describe, expect, it } from 'vitest'
import { caseKeyId, openArchive } from '#core/handoff/archive.ts'
import type { Evaluator } from '#core/handoff/evaluator.ts'
import { LIMITS } from '#core/limits.ts'
import type { RecordCodecs } from '#core/log/codec.ts'
import { readParked } from '#core/log/redrive.ts'
import { realCodecs } from '../../support/record-codecs.ts'
import { judgeWorld, problemsOf } from '../../support/sim-run.ts'
import { type Actor, PARTITION, SimWorld } from '../../support/sim-world.ts'
import { inboundOf, type Op, testEvaluator } from '../../support/test-evaluator.ts'

const FAR = 9_000_000_000_000

let codecs: RecordCodecs
beforeAll(async () => {
  codecs = await realCodecs()
})

const message = (jti: string, more: Partial<Op & { op: 'new' }> = {}): Op => ({
  op: 'new',
  iss: 'urn:nld:oin:00000099000000001000:systeem:meldpunt',
  jti,
  caseRef: 'c1',
  until: FAR,
  hands: [{ to: 'urn:a', state: 'held', deadlineIn: 4_000_000_000 }],
  ...more,
})

async function world(evaluator?: (w: SimWorld, actor: Actor) => Evaluator, epochs = 1): Promise<SimWorld> {
  const made = new SimWorld(
    5,
    codecs,
    evaluator ?? ((w, actor) => testEvaluator({ die: () => w.die(actor) })),
  )
  await made.found(epochs)
  return made
}

function put(w: SimWorld, ...ops: readonly Op[]): void {
  w.log.inject(
    'inbound',
    PARTITION,
    ops.map((op, index) => codecs.inbound.encode(inboundOf(op, `m${index}`))),
  )
}

/** Steps until nothing is ready before the clock would have to move more than `patience` ms. */
async function settle(w: SimWorld, patience = 6_000, restart = true): Promise<void> {
  const until = w.now + patience
  await new Promise(setImmediate)
  for (let steps = 0; steps < 20_000; steps += 1) {
    if (restart) for (const actor of w.actors) if (!actor.alive) w.start(actor)
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

const answers = (w: SimWorld) =>
  judgeWorld(w).outcomes.flatMap((o) => (o.in ? [`${o.answer.kind} ${o.answer.code}`] : []))

async function started(ops: readonly Op[], skew = 0, patience = 6_000): Promise<SimWorld> {
  const w = await world()
  put(w, ...ops)
  w.start(w.addActor(skew))
  await settle(w, patience)
  return w
}

describe('what the exchange refuses to do', () => {
  it('writes nothing without a genesis, and stops', async () => {
    const w = await world()
    w.log.all('outcomes', PARTITION).splice(0, 1)
    put(w, message('j1'))
    w.start(w.addActor(0))
    await settle(w, 100, false)
    expect(w.fatal).toMatchObject([{ code: 'OPS_LOG' }])
    expect(w.log.all('outcomes', PARTITION)).toEqual([])
  })

  it('stops on a log that is shorter than its fold, or another', async () => {
    const w = await started([message('j1')])
    const [actor] = w.actors
    if (!actor) throw new Error('no actor')
    w.crash(actor)
    const records = w.log.all('outcomes', PARTITION)
    const last = records.pop()
    w.start(actor)
    await settle(w, 100, false)
    if (last) records.push({ ...last, value: Buffer.from('other') })
    w.start(actor)
    await settle(w, 100, false)
    expect(w.fatal).toMatchObject([{ code: 'OPS_LOG' }, { code: 'OPS_LOG' }])
  })

  it('writes nothing before the first epoch', async () => {
    const w = await world(undefined, 0)
    put(w, message('j1'))
    w.start(w.addActor(0))
    await settle(w)
    expect(w.log.all('outcomes', PARTITION)).toHaveLength(1)
    await w.applyControl()
    await settle(w)
    expect(answers(w)).toEqual(['decided null'])
  })

  it('appends nothing when control was read more than 10 s ago', async () => {
    const w = await world()
    put(w, message('j1'))
    w.start(w.addActor(0))
    let late = 3
    w.fateOf = (task) => {
      // Long work between deciding and appending.
      if (task.name === 'keys.put' && late > 0) {
        late -= 1
        w.now += LIMITS.controlAgeMs + 1
      }
      return 'fine'
    }
    await settle(w, 60_000)
    expect(w.events).toContainEqual({ kind: 'paused', partition: PARTITION, code: 'OPS_CONTROL' })
    expect(answers(w)).toEqual(['decided null'])
    expect(problemsOf(w)).toEqual([])
  })

  it('appends nothing that is wrapped by a case key which another writer made first', async () => {
    const w = await world()
    put(w, message('j1'))
    w.start(w.addActor(0))
    const others = { id: caseKeyId('c1'), kind: 'case', bytes: new Uint8Array(32).fill(9) } as const
    w.fateOf = (task) => {
      // Right before this writer's own keys, of which it has asked for this one and found none.
      if (task.name === 'keys.put' && !w.keys.rows.has(others.id)) w.keys.rows.set(others.id, others)
      return 'fine'
    }
    await settle(w)
    expect(answers(w)).toEqual(['decided null'])
    expect(problemsOf(w)).toEqual([])
    for (const { seq, archive } of judgeWorld(w).outcomes) {
      if (archive) expect(await openArchive(w.keys, archive, { partition: PARTITION, seq })).toBeDefined()
    }
    expect(w.keys.rows.get(others.id)).toBe(others)
  })

  it('goes on judging by what it read of control for 10 s when control cannot be read, and then pauses', async () => {
    const w = await started([message('j1')])
    w.fateOf = (task) => (task.name === 'read control' ? 'fail-before' : 'fine')
    put(w, message('j2'))
    await settle(w, 20_000)
    expect(answers(w)).toEqual(['decided null'])
    w.fateOf = () => 'fine'
    await settle(w)
    expect(answers(w)).toEqual(['decided null', 'decided null'])
  })
})

describe('the clock', () => {
  it('is compared with the log before the first append: a writer off by more than 2 s leaves only void probes', async () => {
    for (const skew of [2_100, -2_100, 60_000]) {
      const w = await started([message('j1')], skew)
      expect(answers(w)).toEqual([])
      expect(w.log.all('outcomes', PARTITION)).toHaveLength(1 + judgeWorld(w).voids)
      expect(w.events).toContainEqual({ kind: 'paused', partition: PARTITION, code: 'OPS_CLOCK' })
    }
  })

  it('is compared again after a while: one that jumped ahead expires nothing', async () => {
    const w = await started([message('j1')])
    const [actor] = w.actors
    if (!actor) throw new Error('no actor')
    w.now += LIMITS.clockComparedMs
    Object.assign(actor, { skew: 4_000_000_001 })
    await settle(w)
    expect([...judgeWorld(w).states.values()].map((row) => row.state)).toEqual(['held'])
    expect(w.events).toContainEqual({ kind: 'paused', partition: PARTITION, code: 'OPS_CLOCK' })
  })

  it('lets a writer behind the last outcome write under its `at` only within 2 s', async () => {
    const w = await started([message('j1')], 1_500, 10)
    const behind = w.addActor(-1_500)
    const [ahead] = w.actors
    if (ahead) w.crash(ahead)
    put(w, message('j2'))
    w.start(behind)
    await settle(w, 300, false)
    expect(answers(w)).toHaveLength(1)
    await settle(w, 6_000, false)
    expect(answers(w)).toHaveLength(2)
    expect(problemsOf(w)).toEqual([])
  })
})

describe('poison', () => {
  it('parks what throws three times, or kills three times, and nothing else; the line goes on', async () => {
    const ops = [
      message('j1'),
      { op: 'bug', tag: 'x' } as Op,
      message('j2'),
      { op: 'die', tag: 'x' } as Op,
      message('j3'),
    ]
    const w = await started(ops)
    expect(answers(w)).toEqual([
      'decided null',
      'parked BUG_PARKED',
      'decided null',
      'parked BUG_PARKED',
      'decided null',
    ])
    expect(w.actors[0]?.deaths).toBe(4)
    expect(w.events.filter((event) => event.kind === 'bug')).toHaveLength(3)
    expect(w.events.filter((event) => event.kind === 'parked').map((event) => event.n)).toEqual([2, 4])
    expect(problemsOf(w)).toEqual([])
  })

  it('does not count what the store or a lost race did', async () => {
    const w = await world()
    put(w, message('j1'))
    w.start(w.addActor(0))
    let failures = 12
    w.fateOf = (task) => {
      // Within the evaluation, which asks for keys; what went before it in its block is written.
      if (task.name !== 'keys.get' || failures === 0) return 'fine'
      failures -= 1
      return failures % 2 ? 'fail-before' : 'fail-after'
    }
    let losses = 6
    w.appendFate = () => {
      losses -= 1
      return losses > 0 ? 'never' : 'normal'
    }
    await settle(w, 60_000)
    expect(answers(w)).toEqual(['decided null'])
    expect(problemsOf(w)).toEqual([])
  })

  it('does not count a death after the evaluation', async () => {
    const w = await world()
    put(w, message('j1'))
    const actor = w.addActor(0)
    const probed = new Set<number>()
    w.fateOf = (task) => {
      if (task.name !== 'append outcomes' || actor.deaths >= 6) return 'fine'
      if (probed.has(actor.incarnation)) return 'crash-before'
      probed.add(actor.incarnation)
      return 'fine'
    }
    w.start(actor)
    await settle(w)
    expect([actor.deaths, answers(w)]).toEqual([6, ['decided null']])
    expect(problemsOf(w)).toEqual([])
  })
})

describe('redrive', () => {
  it('takes the original bytes, received when they were parked; nobody else backdates', async () => {
    let broken = true
    const w = await world(() => {
      const plain = testEvaluator()
      return {
        ...plain,
        input: (input, context) => {
          if (broken) throw new TypeError('a bug of ours')
          return plain.input(input, context)
        },
      }
    })
    const soon = w.now + 1_000
    put(w, message('j1', { until: soon }))
    w.start(w.addActor(0))
    await settle(w)
    const parked = judgeWorld(w).outcomes.find((outcome) => outcome.answer.kind === 'parked')
    const again = await readParked(w.log, codecs, PARTITION, parked?.seq ?? 0)
    broken = false
    w.now += 60_000
    const other = inboundOf(message('j2', { until: soon }), 'm9')
    w.log.inject('inbound', PARTITION, [codecs.inbound.encode({ ...other, redriveOf: again.redriveOf })])
    w.log.inject('inbound', PARTITION, [codecs.inbound.encode(again)])
    await settle(w)
    w.now += LIMITS.redriveMs
    put(w, message('j3'))
    await settle(w)
    expect(answers(w)).toEqual(['parked BUG_PARKED', 'refused MSG_LATE', 'decided null', 'decided null'])
    await expect(readParked(w.log, codecs, PARTITION, 1)).rejects.toMatchObject({ code: 'OPS_NOT_FOUND' })
  })
})

describe('batches', () => {
  it('answer what no gateway wrote', async () => {
    const w = await world()
    w.log.inject('inbound', PARTITION, [{ headers: {}, value: Buffer.from('garbage') }])
    put(w, message('j1'))
    w.start(w.addActor(0))
    await settle(w)
    expect(answers(w)).toEqual(['refused MSG_FRAMING', 'decided null'])
  })

  it('hold at most 64 inputs and 4 MiB, and 5 ms of work', async () => {
    const blocks: number[][] = []
    const w = await world(() => {
      const plain = testEvaluator()
      return {
        ...plain,
        input: async (input, context) => {
          const evaluation = await plain.input(input, context)
          if (input.inbound.attributes['id'] === 'm3') w.now += LIMITS.batchWorkMs
          const large = input.position >= 70
          return large ? { ...evaluation, leaves: [new Uint8Array(900_000)] } : evaluation
        },
      }
    })
    const append = w.log.append.bind(w.log)
    w.log.append = (topic, partition, head, entries) => {
      blocks.push(entries.map((entry) => entry.value.length))
      return append(topic, partition, head, entries)
    }
    put(w, ...Array.from({ length: 80 }, (_, n) => message(`j${n}`)))
    w.start(w.addActor(0))
    await settle(w)
    expect(answers(w)).toHaveLength(80)
    // A probe; epoch tick and four; 64; the small rest and four large ones; four; two.
    expect(blocks.map((block) => block.length)).toEqual([1, 5, 64, 6, 4, 2])
    expect(Math.max(...blocks.map((block) => block.reduce((sum, size) => sum + size, 0)))).toBeLessThan(
      4 * 1024 * 1024,
    )
    expect(problemsOf(w)).toEqual([])
  })

  it('sweep many holds in pages between inputs, cut by bytes, restarted by a newer epoch', async () => {
    const w = await world(() => {
      const plain = testEvaluator()
      const sweep: Evaluator['sweep'] = async (rows, context) => {
        const evaluation = await plain.sweep(rows, context)
        const effects = evaluation.effects.map((effect) =>
          effect.kind === 'state' && effect.sealed ? { ...effect, sealed: new Uint8Array(60_000) } : effect,
        )
        return { ...evaluation, effects }
      }
      return { ...plain, sweep }
    })
    put(
      w,
      ...Array.from({ length: 60 }, (_, n) =>
        message(`j${n}`, {
          // Three of a message: no page of 64, 32 or 16 hand-offs ends between two messages by luck.
          hands: ['urn:a', 'urn:b', 'urn:c'].map((to) => ({ to, state: 'held', deadlineIn: 4_000_000_000 })),
        }),
      ),
    )
    w.start(w.addActor(0))
    await settle(w)
    await w.applyControl()
    put(w, ...Array.from({ length: 100 }, (_, n) => message(`k${n}`)))
    await settle(w)
    const ticks = judgeWorld(w).outcomes.filter((outcome) => outcome.sweep && outcome.effects.length > 0)
    expect(ticks.length).toBeGreaterThan(10)
    const seqs = judgeWorld(w)
      .outcomes.filter((outcome) => outcome.in && outcome.epoch === 2)
      .map((outcome) => outcome.seq)
    expect(seqs.some((seq) => seq < (ticks.at(-1)?.seq ?? 0))).toBe(true)
    expect([...judgeWorld(w).states.values()].filter((row) => row.state === 'held')).toHaveLength(100)
    await w.applyControl()
    await w.applyControl()
    await settle(w)
    expect(judgeWorld(w).openSweep).toBe(false)
    expect(judgeWorld(w).outcomes.at(-1)?.epoch).toBe(4)
    expect(problemsOf(w)).toEqual([])
  })
})

describe('a sweep that throws', () => {
  it('stops neither inputs nor deadlines, and is tried again', async () => {
    let broken = true
    const w = await world(() => {
      const plain = testEvaluator()
      return {
        ...plain,
        sweep: (rows, context) => {
          if (broken) throw new TypeError('a bug of ours')
          return plain.sweep(rows, context)
        },
      }
    })
    const hands = [{ to: 'urn:a', state: 'held', deadlineIn: 4_000_000_000 }] as const
    put(
      w,
      message('j1', { hands }),
      message('j2', { hands: [{ to: 'urn:a', state: 'sealed', deadlineIn: 8_000 }] }),
    )
    w.start(w.addActor(0))
    await settle(w, 100)
    await w.applyControl()
    put(w, message('j3', { hands }))
    await settle(w, 12_000)
    const states = () => [...judgeWorld(w).states.values()].map((row) => row.state)
    expect([answers(w).length, states(), judgeWorld(w).openSweep]).toEqual([
      3,
      ['held', 'expired', 'held'],
      true,
    ])
    broken = false
    await settle(w, 12_000)
    expect([states(), judgeWorld(w).openSweep]).toEqual([['sealed', 'expired', 'held'], false])
    expect(judgeWorld(w).problems).toEqual([])
  })
})

describe('an outcome', () => {
  it('larger than 1 MiB is parked', async () => {
    const w = await world(() => {
      const plain = testEvaluator()
      return {
        ...plain,
        input: async (input, context) => {
          const evaluation = await plain.input(input, context)
          return input.position === 0 ? { ...evaluation, leaves: [new Uint8Array(1024 * 1024)] } : evaluation
        },
      }
    })
    put(w, { op: 'bug', tag: 'large' }, message('j1'))
    w.start(w.addActor(0))
    await settle(w)
    expect(answers(w)).toEqual(['parked BUG_PARKED', 'decided null'])
  })
})

describe('time', () => {
  it('expires without any input, at the deadline and not before', async () => {
    const w = await started([
      message('j1', { hands: [{ to: 'urn:a', state: 'sealed', deadlineIn: 500_000 }] }),
    ])
    const at = judgeWorld(w).outcomes.at(-1)?.at ?? 0
    await settle(w, at + 499_999 - w.now)
    expect([...judgeWorld(w).states.values()].map((row) => row.state)).toEqual(['sealed'])
    await settle(w, 10)
    expect([...judgeWorld(w).states.values()].map((row) => row.state)).toEqual(['expired'])
    expect(problemsOf(w)).toEqual([])
  })
})
