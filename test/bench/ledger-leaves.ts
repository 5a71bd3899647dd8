/** Leaves a second from outcomes in the log to signed checkpoints on disk: reading, decoding, cuts, hashing, tiles, fsync. */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '#adapters/clock/system.ts'
import { openSqliteLog } from '#adapters/event-log/sqlite.ts'
import { openSqliteKeys } from '#adapters/key-store/sqlite.ts'
import { systemRandom } from '#adapters/random/system.ts'
import { embeddedRegistry } from '#adapters/schema-registry/embedded.ts'
import { openTileFolder } from '#adapters/tiles/folder.ts'
import type { Outcome } from '#core/handoff/outcome.ts'
import { LEAF_BYTES } from '#core/ledger/leaf.ts'
import { appendChained } from '#core/log/append-chained.ts'
import { outcomesChain } from '#core/log/chain.ts'
import { initialiseLog } from '#core/log/initialise-log.ts'
import { loadCodecs } from '#core/log/record-codecs.ts'
import type { FoldHead } from '#core/ports/fold.ts'
import { createLedgerKey } from '#services/ledger/ledger-key.ts'
import type { LedgerPorts } from '#services/ledger/ports.ts'
import { openSequencer, publish, writeCut } from '#services/ledger/sequencer.ts'

const LEAVES_EACH = 8
const LEAVES_A_CUT = 4_096
const TICK = { kind: 'tick', code: null, pointer: null, repeatOf: null } as const

function outcomeAfter(head: FoldHead): Outcome {
  return {
    seq: head.seq + 1,
    prev: head.hash,
    at: head.at,
    epoch: 0,
    genesis: null,
    in: null,
    answer: TICK,
    submitter: null,
    outerId: null,
    seen: null,
    effects: [],
    duties: [],
    archive: null,
    decisions: null,
    leaves: Array.from({ length: LEAVES_EACH }, () => new Uint8Array(randomBytes(LEAF_BYTES))),
    sweep: null,
  }
}

async function fill(ports: LedgerPorts, outcomes: number): Promise<void> {
  let head: FoldHead | undefined
  for (let i = 0; i < outcomes; i += 1) {
    head = (await appendChained(ports.log, outcomesChain(ports.codecs), 3, head, outcomeAfter))?.head
  }
}

/** Fills a log with `outcomes` outcomes of 8 leaves (not timed), then sequences them all. Leaves a second. */
export async function ledgerLeavesPerSecond(outcomes = 5_000): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'schakel-bench-ledger-'))
  const log = openSqliteLog(join(folder, 'log.db'), systemClock)
  const keys = openSqliteKeys(join(folder, 'keys.db'))
  try {
    const codecs = await loadCodecs(embeddedRegistry())
    await initialiseLog(log, codecs, systemRandom, systemClock)
    await createLedgerKey(keys, systemRandom)
    const tiles = openTileFolder(join(folder, 'ledger'))
    const ports: LedgerPorts = { log, codecs, keys, tiles, clock: systemClock, report: () => undefined }
    await fill(ports, outcomes)
    const sequencer = await openSequencer(ports)
    const started = performance.now()
    for (;;) {
      await sequencer.tail.read(LEAVES_A_CUT)
      if (sequencer.tail.waiting() === 0) break
      await writeCut(ports, sequencer)
      await publish(ports, sequencer)
    }
    return Math.round((sequencer.builder.size() / (performance.now() - started)) * 1_000)
  } finally {
    await log.close()
    await keys.close()
    await rm(folder, { recursive: true, force: true })
  }
}
