import { createHash, randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { openSqliteLog } from '#adapters/event-log/sqlite.ts'
import type { Outcome } from '#core/handoff/outcome.ts'
import type { EventLog, Topic } from '#core/ports/event-log.ts'
import { fsck } from '#services/cli/fsck.ts'
import {
  answer,
  change,
  type Draft,
  goodStory,
  handMadeStore,
  handoff,
  id,
  PARTITION,
  record,
  sdHash,
  verdict,
} from '../../support/hand-made-store.ts'

type Store = Awaited<ReturnType<typeof handMadeStore>>

/** Replaces parts of the outcome at `seq` (2 is the first of the story). */
function at(seq: number, mend: (draft: Draft) => Partial<Draft>) {
  return () => goodStory().map((draft, index) => (index + 2 === seq ? { ...draft, ...mend(draft) } : draft))
}

const recordsWith = (seq: number, more: Parameters<typeof record>[3]) =>
  at(seq, (d) => ({ records: d.records.map((one) => ({ ...one, ...more })) }))

async function places(story: Draft[], bend?: (store: Store) => Promise<void>): Promise<readonly string[]> {
  const store = await handMadeStore(story)
  await bend?.(store)
  const report = await fsck(store)
  await store.log.close()
  expect(report.ok).toBe(report.problems.length === 0)
  return report.problems.map((one) => one.at)
}

const outcome = (seq: number) => `outcomes/${PARTITION}/${seq}`

const STORIES: [string, () => Draft[], string][] = [
  [
    'bytes sealed under a hold',
    recordsWith(3, { verdict: verdict('hold', ['person', 'source'], []) }),
    outcome(3),
  ],
  [
    'bytes sealed under a deny',
    recordsWith(3, { verdict: verdict('deny', [], ['person', 'source']) }),
    outcome(3),
  ],
  ['bytes sealed without any decision', at(3, () => ({ records: [] })), outcome(3)],
  ['another presentation than was decided', recordsWith(3, { sdHash: sdHash('more') }), outcome(3)],
  [
    'a member neither shown nor withheld',
    recordsWith(3, { verdict: verdict('permit', ['person'], []) }),
    outcome(3),
  ],
  [
    'a member shown and withheld',
    recordsWith(3, { verdict: verdict('permit-redacted', ['person', 'source'], ['source']) }),
    outcome(3),
  ],
  [
    'a permit without basis',
    recordsWith(3, { verdict: { ...verdict('permit-redacted', ['person'], ['source']), basis: [] } }),
    outcome(3),
  ],
  [
    'a permit for another recipient',
    at(3, (d) => ({ effects: [handoff(3, d.at, { to: handoff(3, 0, {}).from })] })),
    outcome(3),
  ],
  [
    'a held hand-off with bytes',
    at(4, (d) => ({ effects: [handoff(4, d.at, { state: 'held' })] })),
    outcome(4),
  ],
  [
    'an id of another place',
    at(4, (d) => ({
      effects: [handoff(4, d.at, { handoff: id(9), state: 'held', sealed: null, sdHash: null })],
    })),
    outcome(4),
  ],
  [
    'a hand-off without end',
    at(4, (d) => ({
      effects: [handoff(4, d.at, { state: 'held', sealed: null, sdHash: null, deadline: d.at + 1e12 })],
    })),
    outcome(4),
  ],
  [
    'a second end',
    at(10, (d) => ({
      effects: [change(id(3), 'recalled', 'superseded')],
      records: [record(d.at, id(3), 'recalled')],
    })),
    outcome(10),
  ],
  [
    'a delivery by a deadline',
    at(6, () => ({ effects: [change(id(3), 'delivered', 'deadline')] })),
    outcome(6),
  ],
  ['a delivery without release', at(5, () => ({ effects: [], records: [] })), outcome(6)],
  ['an expiry before the deadline', at(9, (d) => ({ at: d.at - 7_000 })), outcome(9)],
  ['what did not expire first', at(9, () => ({ effects: [], records: [] })), outcome(10)],
  [
    'a repeat with effect',
    at(7, (d) => ({
      effects: [{ kind: 'late-ack', handoff: id(3) }],
      records: [record(d.at, id(3), 'late-ack')],
    })),
    outcome(7),
  ],
  ['a repeat of nothing', at(7, () => ({ answer: answer('repeat', null, 5) })), outcome(7)],
  [
    'a message twice',
    at(6, (d) => ({ seen: d.seen && { ...d.seen, jti: handoff(3, 0, {}).message as never } })),
    outcome(6),
  ],
  ['a refusal for another reason', at(8, () => ({ answer: answer('refused', 'MSG_CNF') })), outcome(8)],
  ['a message decided whose id is not remembered', at(3, () => ({ seen: null })), outcome(3)],
  ['an effect on nothing', at(5, () => ({ effects: [{ kind: 'released', handoff: id(99) }] })), outcome(5)],
  [
    'an epoch that control has not',
    at(2, () => ({ epoch: 1, records: [record(0, null, 'message-refused')] })),
    outcome(2),
  ],
  [
    'erased content whose hand-off stays open',
    at(8, () => ({
      answer: answer('commanded'),
      effects: [{ kind: 'erased', handoff: id(4), scope: 'message', keys: [`c:${PARTITION}:4:0badcafe`] }],
      records: [],
    })),
    outcome(8),
  ],
  [
    'a content key that is missing',
    at(3, (d) => ({ archive: d.archive && { ...d.archive, keyId: 'c:5:3:00000000', durable: false } })),
    outcome(3),
  ],
  [
    'a leaf of another record',
    at(6, () => ({
      late: (o) => ({ ...o, leaves: o.leaves.map(() => new Uint8Array(randomBytes(203))) }),
    })),
    `${outcome(6)}#0`,
  ],
  [
    'an input that was not',
    at(6, () => ({ late: (o) => ({ ...o, in: o.in && { ...o.in, digest: randomBytes(32) } }) })),
    outcome(6),
  ],
  [
    'an input left out',
    at(10, () => ({ late: (o) => ({ ...o, in: o.in && { ...o.in, position: o.in.position + 1 } }) })),
    outcome(10),
  ],
]

const STORES: [string, (store: Store) => Promise<void>, string][] = [
  [
    'a key that should be gone',
    (s) => s.keys.put([{ id: `c:${PARTITION}:3:0badcafe`, kind: 'content', bytes: randomBytes(60) }]),
    `c:${PARTITION}:3:0badcafe`,
  ],
  [
    'a key that no record names',
    (s) =>
      s.keys.put([
        { id: 'c:5:3:ffffffff', kind: 'content', bytes: randomBytes(60), place: { partition: 5, seq: 3 } },
      ]),
    'c:5:3:ffffffff',
  ],
  ['a case key that is missing', (s) => s.keys.destroy([`k:${'ab'.repeat(16)}:0`]), outcome(6)],
  ['decision records nobody can open', (s) => s.keys.destroy(['a:2026-11']), outcome(3)],
  [
    'a tile that differs',
    async (s) => void s.tiles.files.set('tile/0/000.p/24', randomBytes(24 * 32)),
    'ledger/tile/0/000.p/24',
  ],
  ['a checkpoint that is missing', async (s) => void s.tiles.files.delete('checkpoint'), 'ledger'],
]

/** The same log written anew by somebody who has every key: one outcome bent, all after it chained again, leaves and cuts as they were. */
async function rewritten(
  store: Store,
  seq: number,
  bend: (outcome: Outcome) => Outcome,
  note?: string,
): Promise<Store> {
  const log = openSqliteLog(':memory:', { now: () => 1, sleep: async () => undefined })
  const copy = async (topic: Topic, partition: number) => {
    const records = await store.log.read(topic, partition, 0)
    if (topic !== 'inbound') return void (await log.append(topic, partition, 0, records))
    for (const one of records) await log.put(partition, one)
  }
  const control = [...(await store.log.read('control', 0, 0))]
  const last = control.pop()
  const rules = last && store.codecs.control.decode(last)
  if (!last || !rules) throw new Error('no rules')
  const entry = note === undefined ? last : store.codecs.control.encode({ ...rules, note })
  await log.append('control', 0, 0, [...control, entry])
  await copy('ledger', 0)
  await copy('inbound', PARTITION)
  for (let partition = 0; partition < 16; partition += 1)
    if (partition !== PARTITION) await copy('outcomes', partition)
  let prev: Uint8Array | undefined
  for (const { value, headers } of await store.log.read('outcomes', PARTITION, 0)) {
    const found = store.codecs.outcome.decode({ value, headers })
    if (!found) throw new Error('unreadable')
    const linked = { ...found, prev: prev ?? found.prev }
    const changed = found.seq === seq ? bend(linked) : linked
    const entry = found.seq < seq ? { value, headers } : store.codecs.outcome.encode(changed)
    prev = createHash('sha256').update(entry.value).digest()
    await log.append('outcomes', PARTITION, found.seq - 1, [entry])
  }
  return { ...store, log }
}

it('fsck finds bytes rewritten by whoever holds all keys: the tree pins the log, not only its leaves', async () => {
  const store = await handMadeStore(goodStory())
  expect((await fsck(await rewritten(store, 99, (one) => one))).problems).toEqual([])
  const bent = await rewritten(store, 3, (one) => ({
    ...one,
    archive: one.archive && { ...one.archive, bytes: randomBytes(one.archive.bytes.length) },
  }))
  const report = await fsck(bent)
  expect(report.problems.map((one) => one.at)).toContain('ledger/0/2')
})

it('fsck finds rules written anew under the same outcomes: the tree pins control too', async () => {
  const store = await handMadeStore(goodStory())
  const report = await fsck(await rewritten(store, 99, (one) => one, 'as we would have liked it'))
  expect(report.problems.map((one) => one.at)).toContain('ledger/0/2')
})

describe('fsck finds', () => {
  it.each<[string, () => Draft[], string]>(STORIES)('%s', async (_, story, place) => {
    const found = await places(story())
    expect(found.some((one) => one === place || one.startsWith(`${place}#`))).toBe(true)
  })

  it.each<[string, (store: Store) => Promise<void>, string]>(STORES)('%s', async (_, bend, place) => {
    expect(await places(goodStory(), bend)).toContain(place)
  })
})

it('fsck finds nothing in a good store, and counts it', async () => {
  const store = await handMadeStore(goodStory())
  const report = await fsck(store)
  expect(report.problems).toEqual([])
  expect(report).toMatchObject({ ok: true, outcomes: 25, voids: 0, handoffs: 2, leaves: 24, size: 24 })
})

it('fsck skips void records and counts them', async () => {
  const store = await handMadeStore(goodStory())
  const end = await store.log.end('outcomes', PARTITION)
  await store.log.append('outcomes', PARTITION, end, [{ headers: {}, value: randomBytes(40) }])
  expect(await fsck(store)).toMatchObject({ ok: true, voids: 1, outcomes: 25 })
})

/** The same log as somebody left it who could write its files: one byte of one record changed, or its end cut off. */
function tampered(log: EventLog, topic: Topic, position: number, how: 'changed' | 'cut off'): EventLog {
  return {
    ...log,
    async read(wanted, partition, from) {
      const page = await log.read(wanted, partition, from)
      if (wanted !== topic || partition !== (topic === 'ledger' ? 0 : PARTITION)) return page
      if (how === 'cut off') return page.filter((one) => one.position < position)
      return page.map((one) => {
        if (one.position !== position) return one
        const value = Uint8Array.from(one.value)
        value[value.length - 1] = (value.at(-1) ?? 0) ^ 1
        return { ...one, value }
      })
    },
  }
}

it.each<[Topic, 'changed' | 'cut off']>([
  ['outcomes', 'changed'],
  ['outcomes', 'cut off'],
  ['inbound', 'changed'],
  ['inbound', 'cut off'],
  ['ledger', 'changed'],
  ['ledger', 'cut off'],
])('fsck sees %s %s', async (topic, how) => {
  const store = await handMadeStore(goodStory())
  const end = await store.log.end(topic, topic === 'ledger' ? 0 : PARTITION)
  for (let position = 0; position < end; position += 1) {
    const report = await fsck({ ...store, log: tampered(store.log, topic, position, how) })
    expect(report.ok, `${topic} ${position}`).toBe(false)
  }
})
