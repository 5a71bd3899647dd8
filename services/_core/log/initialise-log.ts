import { fail } from '#core/failure.ts'
import type { ControlRecord, Cut, Genesis, Outcome } from '#core/handoff/outcome.ts'
import { LIMITS } from '#core/limits.ts'
import type { Clock } from '#core/ports/clock.ts'
import type { EventLog } from '#core/ports/event-log.ts'
import type { Random } from '#core/ports/random.ts'
import { appendChained, readToEnd } from './append-chained.ts'
import {
  type Chain,
  type Chained,
  controlChain,
  hashOf,
  ledgerChain,
  outcomesChain,
  readChain,
  ZERO_HASH,
} from './chain.ts'
import type { RecordCodecs } from './codec.ts'

const TICK = { kind: 'tick', code: null, pointer: null, repeatOf: null } as const

/**
 * Founds a log (design §3, Genesis): record 1 of each chained partition, then control record 2, which lists them all. For
 * `schakel init` only. After a crash in between it goes on from what is there; once control record 2 stands, or a
 * partition holds more than its genesis, it throws `OPS_LOG`.
 */
export async function initialiseLog(
  log: EventLog,
  codecs: RecordCodecs,
  random: Random,
  clock: Clock,
): Promise<void> {
  const all: Record<string, string> = {}
  const found = async <T extends Chained>(
    chain: Chain<T>,
    partition: number,
    make: (genesis: Genesis, at: number) => T,
  ) => {
    const genesis = {
      logId: Buffer.from(random.bytes(16)).toString('hex'),
      partitions: LIMITS.partitions,
      all: null,
    }
    all[`${chain.topic}/${partition}`] = await foundOne(log, chain, partition, () =>
      make(genesis, clock.now()),
    )
  }
  await found(controlChain(codecs), 0, controlGenesis)
  await found(ledgerChain(codecs), 0, cutGenesis)
  for (let partition = 0; partition < LIMITS.partitions; partition += 1) {
    await found(outcomesChain(codecs), partition, outcomeGenesis)
  }
  const head = await readToEnd(log, controlChain(codecs), 0, undefined)
  if (head.seq !== 1) fail('OPS_LOG', undefined, 'this log exists already')
  await appendChained(log, controlChain(codecs), 0, head, (now) =>
    listAll(now.seq, now.hash, now.logId, all, clock.now()),
  )
}

async function foundOne<T extends Chained>(
  log: EventLog,
  chain: Chain<T>,
  partition: number,
  make: () => T,
): Promise<string> {
  const name = `${chain.topic}/${partition}`
  let entry = chain.codec.encode(make())
  for (;;) {
    const page = await readChain(log, chain, partition, undefined)
    const first = page.steps[0]
    if (first && page.steps.length === 1) return Buffer.from(first.head.hash).toString('base64url')
    if (first) return fail('OPS_LOG', undefined, `${name} holds records already`)
    const answer = await log.append(chain.topic, partition, await log.end(chain.topic, partition), [entry])
    if (answer.kind === 'appended') return Buffer.from(hashOf(entry.value)).toString('base64url')
    entry = chain.codec.encode(make())
  }
}

function outcomeGenesis(genesis: Genesis, at: number): Outcome {
  return {
    seq: 1,
    prev: ZERO_HASH,
    at,
    epoch: 0,
    genesis,
    in: null,
    answer: TICK,
    submitter: null,
    outerId: null,
    seen: null,
    effects: [],
    duties: [],
    archive: null,
    decisions: null,
    leaves: [],
    sweep: null,
  }
}

function controlGenesis(genesis: Genesis, at: number): ControlRecord {
  return { seq: 1, prev: ZERO_HASH, at, epoch: 0, genesis, entries: [], note: '' }
}

function cutGenesis(genesis: Genesis, at: number): Cut {
  return {
    seq: 1,
    prev: ZERO_HASH,
    at,
    genesis,
    upto: Array(LIMITS.partitions).fill(0),
    size: 0,
    root: emptyRoot(),
  }
}

/** Root of a tree without leaves (RFC 6962 §2.1): SHA-256 of nothing. */
function emptyRoot(): Uint8Array {
  return hashOf(new Uint8Array())
}

function listAll(
  seq: number,
  prev: Uint8Array,
  logId: string,
  all: Readonly<Record<string, string>>,
  at: number,
): ControlRecord | undefined {
  if (seq !== 1) return fail('OPS_LOG', undefined, 'this log exists already')
  const genesis = { logId, partitions: LIMITS.partitions, all }
  return { seq: 2, prev, at, epoch: 0, genesis, entries: [], note: 'genesis' }
}
