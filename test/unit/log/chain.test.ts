import { beforeAll, describe, expect, it } from 'vitest'
import type { ControlRecord, Cut, Outcome } from '#core/handoff/outcome.ts'
import { controlChain, extendChain, ledgerChain, outcomesChain, readChain } from '#core/log/chain.ts'
import type { RecordCodecs } from '#core/log/codec.ts'
import { initialiseLog } from '#core/log/initialise-log.ts'
import { checkHead, openLog } from '#core/log/open-log.ts'
import type { FoldHead } from '#core/ports/fold.ts'
import { realCodecs } from '../../support/record-codecs.ts'
import { SimLog } from '../../support/sim-log.ts'

const NOW = 1_800_000_000_000
const clock = { now: () => NOW, sleep: async () => undefined }
let counter = 0
const random = {
  bytes: (count: number) => {
    counter += 1
    return new Uint8Array(count).fill(counter)
  },
  ephemeral: () => {
    throw new Error('not here')
  },
}

let codecs: RecordCodecs
beforeAll(async () => {
  codecs = await realCodecs()
})

async function founded(): Promise<SimLog> {
  const log = new SimLog(() => NOW)
  await initialiseLog(log, codecs, random, clock)
  return log
}

async function outcomeHead(): Promise<FoldHead> {
  const { head } = await readChain(await founded(), outcomesChain(codecs), 3, undefined)
  if (!head) throw new Error('no genesis')
  return head
}

const ANSWERED = { kind: 'decided', code: null, pointer: null, repeatOf: null } as const
const TICK = { ...ANSWERED, kind: 'tick' } as const

function outcome(head: FoldHead, more: Partial<Outcome>): Outcome {
  return {
    seq: head.seq + 1,
    prev: head.hash,
    at: head.at,
    epoch: head.epoch,
    genesis: null,
    in: { n: head.inputs + 1, position: head.inPosition, digest: new Uint8Array(32) },
    answer: ANSWERED,
    submitter: null,
    outerId: null,
    seen: null,
    effects: [],
    duties: [],
    archive: null,
    decisions: null,
    leaves: [],
    sweep: null,
    ...more,
  }
}

const extend = (head: FoldHead | undefined, record: Outcome) =>
  extendChain(outcomesChain(codecs), head, codecs.outcome.encode(record), 9)?.head

describe('the chain rule of outcomes', () => {
  it('makes void what does not extend the chain', async () => {
    const start = await outcomeHead()
    const head: FoldHead = { ...start, epoch: 2, inputs: 4, inPosition: 7, sweep: { upto: 5, done: false } }
    const digest = new Uint8Array(32)
    const genesis = { logId: '00'.repeat(16), partitions: 16, all: null }
    const cases: Record<string, Partial<Outcome>> = {
      'seq too high': { seq: head.seq + 2 },
      'seq again': { seq: head.seq },
      'another prev': { prev: new Uint8Array(32).fill(7) },
      'at lower': { at: head.at - 1 },
      'epoch rises with an input': { epoch: 3, sweep: { upto: 0, done: false } },
      'epoch falls': { epoch: 1, in: null, answer: TICK },
      'epoch rises by two': { epoch: 4, in: null, answer: TICK, sweep: { upto: 0, done: false } },
      'epoch rises without a sweep': { epoch: 3, in: null, answer: TICK },
      'a new epoch goes on with the old sweep': {
        epoch: 3,
        in: null,
        answer: TICK,
        sweep: { upto: 5, done: false },
      },
      'input left out': { in: { n: 6, position: 8, digest } },
      'input again': { in: { n: 4, position: 7, digest } },
      'input position falls': { in: { n: 5, position: 6, digest } },
      'tick with an input': { answer: TICK },
      'answer without an input': { in: null },
      'sweep with an input': { sweep: { upto: 6, done: false } },
      'sweep goes back': { in: null, answer: TICK, sweep: { upto: 4, done: false } },
      'a second genesis': { genesis },
    }
    const valid = Object.entries(cases).filter(([, more]) => extend(head, outcome(head, more)) !== undefined)
    expect(valid.map(([name]) => name)).toEqual([])
    const swept: FoldHead = { ...head, sweep: { upto: 5, done: true } }
    const again = outcome(swept, { in: null, answer: TICK, sweep: { upto: 6, done: true } })
    expect(extend(swept, again)).toBeUndefined()
  })

  it('accepts the next input, a tick, a rise by one, and progress of a sweep', async () => {
    const start = await outcomeHead()
    const head: FoldHead = { ...start, epoch: 2, inputs: 4, inPosition: 7, sweep: { upto: 5, done: false } }
    const input = outcome(head, { in: { n: 5, position: 11, digest: new Uint8Array(32) } })
    expect(extend(head, input)).toMatchObject({ inputs: 5, inPosition: 12, epoch: 2, position: 9 })
    expect(extend(head, outcome(head, { in: null, answer: TICK }))).toMatchObject({
      inputs: 4,
      inPosition: 7,
    })
    const sweep = { upto: 5, done: true }
    expect(extend(head, outcome(head, { in: null, answer: TICK, sweep }))).toMatchObject({ sweep })
    const rise = { epoch: 3, in: null, answer: TICK, sweep: { upto: 0, done: false } }
    expect(extend(head, outcome(head, rise))).toMatchObject({ epoch: 3, sweep: { upto: 0, done: false } })
  })

  it('begins with a genesis only', async () => {
    const head = await outcomeHead()
    expect(extend(undefined, outcome(head, { seq: 1, prev: new Uint8Array(32) }))).toBeUndefined()
  })
})

describe('the chain rules of control and ledger', () => {
  it('keeps epochs dense and the founding records to two', async () => {
    const log = await founded()
    const { head } = await readChain(log, controlChain(codecs), 0, undefined)
    if (!head) throw new Error('no genesis')
    const record = (more: Partial<ControlRecord>): ControlRecord => ({
      seq: head.seq + 1,
      prev: head.hash,
      at: head.at,
      epoch: 1,
      genesis: null,
      entries: [],
      note: '',
      ...more,
    })
    const next = (more: Partial<ControlRecord>) =>
      extendChain(controlChain(codecs), head, codecs.control.encode(record(more)), 9)?.head
    expect(next({})).toMatchObject({ epoch: 1, seq: 3 })
    expect(next({ epoch: 0 })).toBeUndefined()
    expect(next({ epoch: 2 })).toBeUndefined()
    expect(next({ genesis: { logId: head.logId, partitions: 16, all: {} } })).toBeUndefined()
    const cut: Cut = {
      seq: 2,
      prev: head.hash,
      at: NOW,
      genesis: null,
      upto: [],
      size: 0,
      root: new Uint8Array(32),
    }
    expect(extendChain(ledgerChain(codecs), head, codecs.cut.encode(cut), 9)).toBeUndefined()
  })
})

describe('genesis', () => {
  it('is refused on an empty, another, or a second log, and founded once', async () => {
    const empty = new SimLog(() => NOW)
    await expect(openLog(empty, codecs)).rejects.toMatchObject({ code: 'OPS_LOG' })
    const log = await founded()
    expect((await openLog(log, codecs)).logId).toMatch(/^[0-9a-f]{32}$/)
    await expect(initialiseLog(log, codecs, random, clock)).rejects.toMatchObject({ code: 'OPS_LOG' })
    const other = await founded()
    for (const [topic, partition] of [
      ['outcomes', 4],
      ['ledger', 0],
    ] as const) {
      const mixed = await founded()
      mixed.all(topic, partition).splice(0, 9, ...other.all(topic, partition))
      await expect(openLog(mixed, codecs)).rejects.toMatchObject({ code: 'OPS_LOG' })
      mixed.all(topic, partition).splice(0, 9)
      await expect(openLog(mixed, codecs)).rejects.toMatchObject({ code: 'OPS_LOG' })
    }
  })

  it('goes on after a crash in the middle of founding', async () => {
    const whole = await founded()
    const log = new SimLog(() => NOW)
    log.inject('control', 0, whole.all('control', 0).slice(0, 1))
    log.inject('outcomes', 0, whole.all('outcomes', 0))
    await expect(openLog(log, codecs)).rejects.toMatchObject({ code: 'OPS_LOG' })
    await initialiseLog(log, codecs, random, clock)
    await openLog(log, codecs)
  })

  it('knows a head that lies on its chain from one that does not', async () => {
    const log = await founded()
    const chain = outcomesChain(codecs)
    const { head } = await readChain(log, chain, 3, undefined)
    if (!head) throw new Error('no genesis')
    log.inject('outcomes', 3, Array(30).fill({ headers: {}, value: Buffer.from('void') }))
    await checkHead(log, chain, 3, { ...head, position: 20 })
    const ahead = { ...head, position: 99 }
    await expect(checkHead(log, chain, 3, ahead)).rejects.toMatchObject({ code: 'OPS_LOG' })
    const other = { ...head, hash: new Uint8Array(32) }
    await expect(checkHead(log, chain, 3, other)).rejects.toMatchObject({ code: 'OPS_LOG' })
  })

  it('is skipped to behind void records', async () => {
    const whole = await founded()
    const log = new SimLog(() => NOW)
    log.inject('outcomes', 3, Array(3).fill({ headers: {}, value: Buffer.from('void') }))
    log.inject('outcomes', 3, whole.all('outcomes', 3))
    const page = await readChain(log, outcomesChain(codecs), 3, undefined)
    expect([page.voids, page.steps.length, page.head?.position]).toEqual([3, 1, 4])
  })
})
