import { randomBytes } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'
import { openSqliteLog } from '#adapters/event-log/sqlite.ts'
import { openSqliteKeys } from '#adapters/key-store/sqlite.ts'
import { systemRandom } from '#adapters/random/system.ts'
import { Failure } from '#core/failure.ts'
import type { Outcome } from '#core/handoff/outcome.ts'
import { auditLog } from '#core/ledger/audit-log.ts'
import { openCheckpoint } from '#core/ledger/checkpoint.ts'
import { parseVkey } from '#core/ledger/note.ts'
import { proveConsistency } from '#core/ledger/prove.ts'
import { verifyConsistency } from '#core/ledger/verify-proof.ts'
import { appendChained } from '#core/log/append-chained.ts'
import { ledgerChain, outcomesChain } from '#core/log/chain.ts'
import { initialiseLog } from '#core/log/initialise-log.ts'
import type { Clock } from '#core/ports/clock.ts'
import type { EventLog } from '#core/ports/event-log.ts'
import type { TileStore } from '#core/ports/tile-store.ts'
import { createLedgerKey } from '#services/ledger/ledger-key.ts'
import type { LedgerPorts } from '#services/ledger/ports.ts'
import { run } from '#services/ledger/run.ts'
import { followCuts, openSequencer, publish, writeCut } from '#services/ledger/sequencer.ts'
import { plainCodecs } from '../../support/plain-codecs.ts'

/** The first cut holds the head of every partition; each later one those that moved. */
const GENESIS = 16

type Tiles = TileStore & { readonly files: Map<string, Uint8Array>; failAfter: number }

function memoryTiles(files = new Map<string, Uint8Array>()): Tiles {
  const tiles: Tiles = {
    files,
    failAfter: Number.POSITIVE_INFINITY,
    read: async (path) => files.get(path),
    async write(path, bytes) {
      tiles.failAfter -= 1
      if (tiles.failAfter < 0) throw new Error('disk full')
      files.set(path, bytes)
    },
    async remove(path) {
      for (const name of files.keys()) if (name === path || name.startsWith(`${path}/`)) files.delete(name)
    },
  }
  return tiles
}

function steppingClock(): Clock & { ms: number } {
  const clock = { ms: Date.UTC(2026, 10, 24), now: () => clock.ms, sleep: () => Promise.resolve() }
  return clock
}

const codecs = plainCodecs()
const logs: EventLog[] = []
afterEach(async () => {
  for (const log of logs.splice(0)) await log.close()
})

async function world() {
  const clock = steppingClock()
  const log = openSqliteLog(':memory:', clock)
  logs.push(log)
  await initialiseLog(log, codecs, systemRandom, clock)
  const keys = openSqliteKeys(':memory:')
  await createLedgerKey(keys, systemRandom)
  const tiles = memoryTiles()
  const checkpoints: number[] = []
  const ports: LedgerPorts = {
    log,
    codecs,
    keys,
    tiles,
    clock,
    report: (event) => void (event.kind === 'checkpoint' && checkpoints.push(event.size)),
  }
  return { clock, log, keys, tiles, ports, checkpoints }
}

const TICK = { kind: 'tick', code: null, pointer: null, repeatOf: null } as const

async function addOutcome(ports: LedgerPorts, partition: number, leaves: number): Promise<void> {
  await appendChained(ports.log, outcomesChain(codecs), partition, undefined, (head): Outcome => {
    const nothing = {
      in: null,
      submitter: null,
      outerId: null,
      seen: null,
      effects: [],
      duties: [],
      archive: null,
    } as const
    const made = Array.from({ length: leaves }, () => new Uint8Array(randomBytes(203)))
    const { seq, hash: prev, at } = { ...head, seq: head.seq + 1 }
    return {
      seq,
      prev,
      at,
      epoch: 0,
      genesis: null,
      answer: TICK,
      ...nothing,
      decisions: null,
      leaves: made,
      sweep: null,
    }
  })
}

async function cutAndPublish(ports: LedgerPorts): Promise<number> {
  const sequencer = await openSequencer(ports)
  await sequencer.tail.read(100_000)
  expect(await writeCut(ports, sequencer)).toBe(true)
  await publish(ports, sequencer)
  return sequencer.builder.size()
}

async function code(work: Promise<unknown>): Promise<string> {
  try {
    await work
    return 'none'
  } catch (error) {
    return error instanceof Failure ? error.code : String(error)
  }
}

function verifierOf(tiles: Tiles) {
  const verifier = parseVkey(Buffer.from(tiles.files.get('vkey') ?? []).toString('utf8'))
  if (!verifier) throw new Error('no vkey')
  return verifier
}

const noteOf = (tiles: Tiles): string => Buffer.from(tiles.files.get('checkpoint') ?? []).toString('utf8')

describe('a start is refused', () => {
  it.each([
    ['a tile below the checkpoint is gone', 'tile/0/000.p/60', 'OPS_LEDGER'],
    ['the entries are gone', 'tile/entries/000.p/60', 'OPS_LEDGER'],
    ['the checkpoint is gone, but not the state', 'checkpoint', 'OPS_LEDGER'],
  ])('when %s', async (_, path, expected) => {
    const { ports, tiles } = await world()
    await addOutcome(ports, 3, 44)
    await cutAndPublish(ports)
    tiles.files.delete(path)
    expect(await code(openSequencer(ports))).toBe(expected)
  })

  it('when the log is another one', async () => {
    const first = await world()
    await addOutcome(first.ports, 3, 5)
    await cutAndPublish(first.ports)
    const second = await world()
    await addOutcome(second.ports, 3, 5)
    expect(await code(openSequencer({ ...first.ports, log: second.ports.log }))).toBe('OPS_LEDGER')
    expect(second.checkpoints).toEqual([])
  })

  it.each([
    ['with what it knew', false],
    ['without what it knew', true],
  ])('when the log is shorter than the checkpoint, %s', async (_, forget) => {
    const { ports, log, tiles } = await world()
    await addOutcome(ports, 3, 5)
    await cutAndPublish(ports)
    if (forget) tiles.files.delete('state.json')
    const cutOff: EventLog = {
      ...log,
      end: async (topic, partition) => Math.min(topic === 'ledger' ? 1 : 99, await log.end(topic, partition)),
      read: async (topic, partition, from) => {
        const records = await log.read(topic, partition, from)
        return topic === 'ledger' ? records.slice(0, from === 0 ? 1 : 0) : records
      },
    }
    expect(await code(openSequencer({ ...ports, log: cutOff }))).toBe('OPS_LOG')
  })

  it('when the signing key is missing', async () => {
    const { ports, keys } = await world()
    await keys.destroy(['op:ledger'])
    expect(await code(openSequencer(ports))).toBe('OPS_KEY')
  })

  it('when a cut in the log is not the tree of its outcomes', async () => {
    const { ports } = await world()
    await addOutcome(ports, 1, 2)
    const upto = Array.from({ length: 16 }, (_, p) => (p === 1 ? 2 : 1))
    await appendChained(ports.log, ledgerChain(codecs), 0, undefined, (head) => {
      return {
        seq: head.seq + 1,
        prev: head.hash,
        at: head.at,
        genesis: null,
        upto,
        size: 2,
        root: new Uint8Array(32),
      }
    })
    expect(await code(openSequencer(ports))).toBe('OPS_LEDGER')
  })
})

describe('the sequencer', () => {
  it('publishes each cut, heads and all, each a prefix of the next; an audit passes', async () => {
    const { ports, tiles, checkpoints } = await world()
    const notes: { name: string; note: string }[] = []
    for (const [partition, leaves] of [
      [0, 0],
      [15, 3],
      [2, 254],
      [0, 1],
      [7, 700],
    ] as const) {
      await addOutcome(ports, partition, leaves)
      const size = await cutAndPublish(ports)
      notes.push({ name: `checkpoint.${size}`, note: noteOf(tiles) })
    }
    expect(checkpoints).toEqual([16, 20, 275, 277, 978])
    const report = await auditLog(tiles, verifierOf(tiles), notes)
    expect(report).toMatchObject({ ok: true, size: 978, problems: [] })
    const [old, now] = [notes[2], notes[4]].map((n) => openCheckpoint(n?.note ?? '', verifierOf(tiles)))
    if (!old || !now) throw new Error('no checkpoint')
    const proof = await proveConsistency(tiles, old.size, now.size)
    expect(verifyConsistency(old.size, now.size, proof, old.root, now.root)).toBe(true)
  })

  it('dies at any write and goes on from what is durable, with the same tree', async () => {
    for (let writes = 0; writes < 9; writes += 1) {
      const { ports, tiles } = await world()
      await addOutcome(ports, 4, 300)
      await cutAndPublish(ports)
      await addOutcome(ports, 5, 7)
      tiles.failAfter = writes
      await code(cutAndPublish(ports))
      tiles.failAfter = Number.POSITIVE_INFINITY
      await addOutcome(ports, 4, 1)
      expect(await cutAndPublish(ports)).toBe(308 + GENESIS + 2)
      const note = { name: 'checkpoint', note: noteOf(tiles) }
      expect(await auditLog(tiles, verifierOf(tiles), [note])).toMatchObject({
        ok: true,
        size: 308 + GENESIS + 2,
      })
    }
  })
})

describe('any sequencer', () => {
  it('rebuilds the same tree from cuts and outcomes in an empty folder', async () => {
    const { ports, tiles } = await world()
    for (const partition of [9, 1, 9]) {
      await addOutcome(ports, partition, 100)
      await cutAndPublish(ports)
    }
    const again = memoryTiles()
    const rebuilt = await openSequencer({ ...ports, tiles: again })
    await publish({ ...ports, tiles: again }, rebuilt)
    expect(noteOf(again)).toBe(noteOf(tiles))
    expect(again.files.get('tile/0/001.p/62')).toEqual(tiles.files.get('tile/0/001.p/62'))
  })

  it('is one of two: the loser of a race takes the cut of the winner in and publishes the same', async () => {
    const { ports } = await world()
    const other = { ...ports, tiles: memoryTiles() }
    const [a, b] = [await openSequencer(ports), await openSequencer(other)]
    await addOutcome(ports, 6, 3)
    await a.tail.read(1_000)
    await addOutcome(ports, 7, 2)
    await b.tail.read(1_000)
    expect(await writeCut(ports, a)).toBe(true)
    expect(await writeCut(other, b)).toBe(false)
    await followCuts(other, b)
    expect(b.builder.size()).toBe(GENESIS + 3)
    expect(await writeCut(other, b)).toBe(true)
    await followCuts(ports, a)
    expect(a.builder.root()).toEqual(b.builder.root())
    expect(a.builder.size()).toBe(GENESIS + 3 + 3)
  })

  it('cuts an outcome without leaves; idle it cuts nothing', async () => {
    const { ports, log } = await world()
    await addOutcome(ports, 2, 0)
    const stop = new AbortController()
    const whenCut = (event: { kind: string }) => void (event.kind === 'checkpoint' && stop.abort())
    await run({ ...ports, report: whenCut }, stop.signal)
    const cuts = await log.end('ledger', 0)
    const sequencer = await openSequencer(ports)
    expect(sequencer.builder.size()).toBe(GENESIS)
    expect(sequencer.tail.done()[2]?.seq).toBe(2)
    const later = new AbortController()
    let rounds = 0
    const changed = async () => {
      rounds += 1
      if (rounds === 3) later.abort()
    }
    await run({ ...ports, log: Object.assign(Object.create(log), { changed }) }, later.signal)
    expect(rounds).toBe(3)
    expect(await log.end('ledger', 0)).toBe(cuts)
  })

  it('runs until it is told to stop', async () => {
    const { ports, checkpoints } = await world()
    const stop = new AbortController()
    const report = ports.report
    const running = run(
      {
        ...ports,
        report: (event) => {
          report(event)
          if (event.kind === 'checkpoint' && event.size >= GENESIS + 8) stop.abort()
        },
      },
      stop.signal,
    )
    await addOutcome(ports, 2, 5)
    await addOutcome(ports, 3, 3)
    await running
    expect(checkpoints.at(-1)).toBeGreaterThanOrEqual(GENESIS + 8)
  })
})
