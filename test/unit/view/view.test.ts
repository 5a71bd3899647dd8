import { beforeAll, describe, expect, it } from 'vitest'
import { openSqliteView } from '#adapters/view/sqlite.ts'
import type { DecisionRecord } from '#core/decision/decision-record.ts'
import { fail } from '#core/failure.ts'
import { accountabilityKeyId, decisionsAad } from '#core/handoff/archive.ts'
import type { DutyChange, Effect, NewHandoff, Outcome } from '#core/handoff/outcome.ts'
import { sealBytes } from '#core/handoff/seal-bytes.ts'
import type { HandoffId } from '#core/ids.ts'
import { outcomesChain, readChain } from '#core/log/chain.ts'
import type { RecordCodecs } from '#core/log/codec.ts'
import { initialiseLog } from '#core/log/initialise-log.ts'
import { MemoryKeys } from '../../support/memory-keys.ts'
import { realCodecs } from '../../support/record-codecs.ts'
import { SimLog } from '../../support/sim-log.ts'

const AT = 1_800_000_000_000
const OIN = '00000099000000002000'
const clock = { now: () => AT, sleep: async () => undefined }
const random = {
  bytes: (count: number) => crypto.getRandomValues(new Uint8Array(count)),
  ephemeral: () => {
    throw new Error('not here')
  },
}
const never = new AbortController().signal
const KEY = new Uint8Array(32).fill(3)

let codecs: RecordCodecs
beforeAll(async () => {
  codecs = await realCodecs()
})

async function opened() {
  const log = new SimLog(() => AT)
  await initialiseLog(log, codecs, random, clock)
  const keys = new MemoryKeys()
  await keys.put([{ id: accountabilityKeyId(AT), kind: 'accountability', bytes: KEY }])
  const view = openSqliteView({ log, codecs, keys, path: ':memory:' })
  return { log, keys, view }
}

type Opened = Awaited<ReturnType<typeof opened>>

/** Writes the next outcome of a partition, as an exchange would. */
async function write(
  { log }: Opened,
  partition: number,
  effects: readonly Effect[],
  more: Partial<Outcome> = {},
) {
  const { head } = await readChain(log, outcomesChain(codecs), partition, undefined)
  if (!head) throw new Error('no genesis')
  const records = effects.map(
    (effect) => ({ handoff: effect.handoff, state: effect.kind }) as unknown as DecisionRecord,
  )
  const place = { partition, seq: head.seq + 1 }
  const plain = Buffer.from(JSON.stringify(records))
  const outcome: Outcome = {
    seq: head.seq + 1,
    prev: head.hash,
    at: AT + head.seq,
    epoch: 0,
    genesis: null,
    in: { n: head.inputs + 1, position: head.inPosition, digest: new Uint8Array(32) },
    answer: { kind: 'decided', code: null, pointer: null, repeatOf: null },
    submitter: OIN,
    outerId: `m${head.seq}`,
    seen: null,
    effects,
    duties: [],
    archive: null,
    decisions: {
      keyId: accountabilityKeyId(AT),
      bytes: sealBytes(KEY, random.bytes(12), decisionsAad(place), plain),
    },
    leaves: [],
    sweep: null,
    ...more,
  }
  log.inject('outcomes', partition, [codecs.outcome.encode(outcome)])
}

function sealed(partition: number, seq: number, more: Partial<NewHandoff> = {}): NewHandoff {
  return {
    kind: 'handoff',
    handoff: `ho-${partition}-${seq}-00000000000000ab` as HandoffId,
    caseRef: `c${partition}` as never,
    message: `m-${partition}-${seq}` as never,
    from: 'urn:nld:oin:00000099000000001000:systeem:meldpunt' as never,
    to: `urn:nld:oin:${OIN}:systeem:zaken` as never,
    type: 'tip.ngo.forwarded' as never,
    state: 'sealed',
    deadline: AT + 1_000,
    sealed: Buffer.from(`sealed ${partition}-${seq}`),
    sdHash: null,
    asks: null,
    contentKey: null,
    certificate: 'c',
    ...more,
  }
}

const ids = (rows: readonly { handoff: string }[]) => rows.map(({ handoff }) => handoff)

describe('the view', () => {
  it('refuses a log without genesis, and one that is not its own', async () => {
    const log = new SimLog(() => AT)
    const keys = new MemoryKeys()
    const view = openSqliteView({ log, codecs, keys, path: ':memory:' })
    await expect(view.catchUp()).rejects.toMatchObject({ code: 'OPS_LOG' })
    expect(view.handoff('ho-1-2-00000000000000ab' as HandoffId)).toBeUndefined()
  })

  it('shows a hand-off to the courier until released, and to its recipient from then on', async () => {
    const all = await opened()
    const { view } = all
    const one = sealed(3, 2)
    await write(all, 3, [one])
    all.log.inject('outcomes', 3, [{ headers: {}, value: Buffer.from('void') }])
    await view.catchUp()
    expect([ids(view.unreleased(9)), view.inbox(OIN, [], 9)]).toEqual([[one.handoff], []])
    await write(all, 3, [{ kind: 'released', handoff: one.handoff }])
    await view.catchUp()
    expect([view.unreleased(9), ids(view.inbox(OIN, [], 9))]).toEqual([[], [one.handoff]])
    expect(view.inbox('00000099000000003000', [], 9)).toEqual([])
    expect(view.inbox(OIN, view.head(), 9)).toEqual([])
    expect(Buffer.from((await view.sealed(one.handoff)) ?? []).toString()).toBe('sealed 3-2')
    expect((await view.decisions(one.handoff)).map((record) => record.state)).toEqual(['handoff', 'released'])
    expect(view.counts()).toEqual({ sealed: 1 })
  })

  it('tells a sender what was answered and what changed later, and nobody else', async () => {
    const all = await opened()
    const { view } = all
    const one = sealed(3, 2)
    const refused = { kind: 'refused', code: 'MSG_SCHEMA', pointer: '/data', repeatOf: null } as const
    await write(all, 3, [one])
    await write(all, 3, [], { answer: refused, outerId: 'bad' })
    await write(all, 3, [], { answer: { ...refused, kind: 'repeat', code: null }, outerId: 'm1' })
    const change = { kind: 'state', state: 'expired', cause: 'deadline', deadline: null } as const
    const expired = { ...change, handoff: one.handoff, sealed: null, sdHash: null } as const
    await write(all, 3, [expired], { submitter: null, outerId: null })
    await view.catchUp()
    const told = view.changes(OIN, [], 9)
    expect(told.map(({ seq, about, status }) => [seq, about, status?.answer, status?.seq])).toEqual([
      [2, 'm1', 'decided', 2],
      [3, 'bad', 'refused', 3],
      [4, 'm1', 'decided', 2],
    ])
    const sender = view.changes('00000099000000001000', [], 9)
    expect(sender).toMatchObject([{ partition: 3, seq: 5, about: one.handoff, status: null }])
    expect(view.changes(OIN, view.head(), 9)).toEqual([])
    expect(view.changes(OIN, [], 2).map(({ seq }) => seq)).toEqual([2, 3])
  })

  it('hides what was recalled or erased, and gives no decisions once the key is gone', async () => {
    const all = await opened()
    const { view, keys } = all
    const [one, two] = [sealed(3, 2), sealed(3, 3, { caseRef: 'other' as never })]
    await write(all, 3, [one])
    await write(all, 3, [two])
    for (const { handoff } of [one, two]) await write(all, 3, [{ kind: 'released', handoff }])
    await write(all, 3, [{ kind: 'erased', handoff: one.handoff, scope: 'case', keys: [] }])
    const recalled = {
      kind: 'state',
      state: 'recalled',
      cause: 'suspended',
      deadline: null,
      sealed: null,
      sdHash: null,
    } as const
    await write(all, 3, [{ ...recalled, handoff: two.handoff }])
    await view.catchUp()
    expect(view.inbox(OIN, [], 9)).toEqual([])
    expect([view.handoff(one.handoff)?.content, view.handoff(two.handoff)?.content]).toEqual([
      'erased',
      'present',
    ])
    await keys.destroy([accountabilityKeyId(AT)])
    expect(await view.decisions(one.handoff)).toEqual([])
  })
})

describe('a log that does not answer', () => {
  it('goes on following when the log did not answer for a while, and gives up on one that is another', async () => {
    const all = await opened()
    let failing: 'OPS_LOG_UNAVAILABLE' | 'OPS_LOG' | undefined
    let failures = 0
    const read = all.log.read.bind(all.log)
    all.log.read = async (...order) => {
      if (!failing) return await read(...order)
      failures += 1
      return fail(failing)
    }
    const stop = new AbortController()
    const running = all.view.run(stop.signal)
    const seen = async (handoff: HandoffId) => {
      while (!all.view.handoff(handoff)) await all.view.changed(all.view.head(), 100, stop.signal)
    }
    await write(all, 3, [sealed(3, 2)])
    await seen('ho-3-2-00000000000000ab' as HandoffId)
    await write(all, 3, [sealed(3, 3)])
    failing = 'OPS_LOG_UNAVAILABLE'
    while (failures < 3) await new Promise((resolve) => setImmediate(resolve))
    failing = undefined
    await seen('ho-3-3-00000000000000ab' as HandoffId)
    failing = 'OPS_LOG'
    await expect(running).rejects.toMatchObject({ code: 'OPS_LOG' })
    stop.abort()
  })
})

describe('what the view answers', () => {
  it('pages an inbox by cursor over partitions', async () => {
    const all = await opened()
    const { view } = all
    for (const partition of [9, 2]) {
      for (const seq of [2, 3]) await write(all, partition, [sealed(partition, seq)])
      for (const seq of [2, 3]) {
        await write(all, partition, [{ kind: 'released', handoff: sealed(partition, seq).handoff }])
      }
    }
    await view.catchUp()
    const cursor: number[] = Array(16).fill(0)
    const read: string[] = []
    for (let page = view.inbox(OIN, cursor, 3); page.length > 0; page = view.inbox(OIN, cursor, 3)) {
      for (const row of page) cursor[row.partition] = row.releasedSeq ?? 0
      read.push(...ids(page))
    }
    expect(read).toEqual(
      [sealed(2, 2), sealed(2, 3), sealed(9, 2), sealed(9, 3)].map(({ handoff }) => handoff),
    )
    expect(ids(view.recent(2))).toHaveLength(2)
  })

  it('answers for a message with its first answer that counts, without the exchange’s own requests', async () => {
    const all = await opened()
    const { view } = all
    const refused = { kind: 'refused', code: 'PEER_SUSPENDED', pointer: null, repeatOf: null } as const
    await write(all, 3, [], { outerId: 'x', answer: refused })
    await view.catchUp()
    expect(view.message(OIN, 'x')).toMatchObject({ answer: 'refused', code: 'PEER_SUSPENDED' })
    const one = sealed(3, 3)
    const asks = { handoff: one.handoff, guard: 'g' }
    const asked = sealed(3, 3, { handoff: 'ho-3-3-00000000000000cd' as HandoffId, asks })
    const seen = {
      iss: one.from,
      jti: '00000000-0000-4000-8000-000000000001',
      digest: 'A'.repeat(43),
      until: AT + 1,
    } as never
    await write(all, 3, [one, asked], { outerId: 'x', seen })
    await write(all, 3, [], { outerId: 'x', answer: { ...refused, code: 'MSG_ID_REUSED' } })
    await write(all, 3, [], { outerId: 'x', answer: { ...refused, kind: 'repeat', code: null, repeatOf: 3 } })
    await view.catchUp()
    expect(view.message(OIN, 'x')).toMatchObject({ answer: 'decided', seq: 3, handoffs: [one.handoff] })
    expect(view.message('00000099000000003000', 'x')).toBeUndefined()
  })

  it('wakes who waits for news, and follows until told to stop', async () => {
    const all = await opened()
    const { view } = all
    const stop = new AbortController()
    const running = view.run(stop.signal)
    await view.catchUp()
    const before = view.head()
    const news = view.changed(before, 60_000, never)
    await write(all, 7, [sealed(7, 2)])
    expect((await news)[7]).toBe(2)
    expect((await view.changed(before, 60_000, never))[7]).toBe(2)
    expect(await view.changed(view.head(), 1, never)).toEqual(view.head())
    stop.abort()
    await running
  })
})

describe('a view that follows', () => {
  it('ages while a partition cannot be read, whether the log fails or hangs', async () => {
    const log = new SimLog(() => AT)
    await initialiseLog(log, codecs, random, clock)
    let now = 0
    let answer = (): Promise<undefined> | undefined => undefined
    const slow = {
      read: async (...args: Parameters<SimLog['read']>) => {
        if (args[0] === 'outcomes' && args[1] === 5) await answer()
        return log.read(...args)
      },
      end: log.end.bind(log),
      append: log.append.bind(log),
      put: log.put.bind(log),
      changed: () => new Promise<void>((resolve) => setImmediate(resolve)),
      close: async () => undefined,
    }
    const view = openSqliteView({
      log: slow,
      codecs,
      keys: new MemoryKeys(),
      path: ':memory:',
      elapsed: () => now,
    })
    await view.catchUp()
    const stop = new AbortController()
    const running = view.run(stop.signal)
    const turns = async () => {
      for (let n = 0; n < 50; n += 1) await new Promise<void>((resolve) => setImmediate(resolve))
    }
    now = 20_000
    await turns()
    expect(view.age()).toBe(0)
    const { promise, resolve } = Promise.withResolvers<undefined>()
    answer = () => promise
    await turns()
    now = 50_000
    await turns()
    expect(view.age()).toBe(30_000)
    resolve(undefined)
    await turns()
    expect(view.age()).toBe(0)
    stop.abort()
    await running
    view.close()
  })
})

describe('duties in the view', () => {
  const change = (more: Partial<DutyChange>): DutyChange => ({
    handoff: 'ho-3-2-00000000000000ab' as HandoffId,
    duty: 'answer',
    kind: 'answer',
    owner: 'recipient',
    change: 'started',
    dueAt: AT + 5_000,
    remindAt: AT + 4_000,
    awaits: null,
    by: null,
    ...more,
  })
  const over = { dueAt: null, remindAt: null }

  it('a change of what never began is a log that is not ours', async () => {
    const all = await opened()
    await write(all, 3, [sealed(3, 2)], { duties: [change({ change: 'missed', ...over })] })
    await expect(all.view.catchUp()).rejects.toMatchObject({ code: 'BUG_INVARIANT' })
  })

  it('are found by hand-off, by state and end, and by what answered them', async () => {
    const all = await opened()
    const { view } = all
    const other = change({
      handoff: 'ho-3-3-00000000000000ab' as HandoffId,
      dueAt: AT + 2_000,
      remindAt: null,
    })
    await write(all, 3, [sealed(3, 2)], { duties: [change({})] })
    await write(all, 3, [sealed(3, 3)], { duties: [other] })
    await view.catchUp()
    expect(view.nextDuty()).toBe(AT + 2_000)
    const open = (before?: number) => ids(view.duties({ states: ['open'], before, limit: 9 }))
    expect([open(), open(AT + 5_000), open(AT + 2_000)]).toEqual([
      [other.handoff, change({}).handoff],
      [other.handoff],
      [],
    ])
    await write(all, 3, [], { duties: [change({ ...other, change: 'missed', ...over })] })
    const by = 'ho-3-5-00000000000000ab' as HandoffId
    await write(all, 3, [sealed(3, 5)], { duties: [change({ change: 'met', ...over, by })] })
    await view.catchUp()
    expect(view.dutiesOf(change({}).handoff)).toMatchObject([{ state: 'met', dueAt: AT + 5_000, by }])
    expect(ids(view.dutiesBy(by))).toEqual([change({}).handoff])
    expect([view.nextDuty(), open()]).toEqual([undefined, []])
    expect(view.dutyCounts()).toEqual([
      { kind: 'answer', state: 'met', count: 1 },
      { kind: 'answer', state: 'missed', count: 1 },
    ])
  })
})
