import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '#adapters/clock/system.ts'
import { openSqliteLog } from '#adapters/event-log/sqlite.ts'
import { systemRandom } from '#adapters/random/system.ts'
import { appendChained } from '#core/log/append-chained.ts'
import { controlChain } from '#core/log/chain.ts'
import type { RecordCodecs } from '#core/log/codec.ts'
import { initialiseLog } from '#core/log/initialise-log.ts'
import { PARTITION } from './sim-world.ts'
import { inboundOf } from './test-evaluator.ts'
import { walkOps } from './walk-ops.ts'

/** A folder with a founded log, one epoch, and all inputs waiting. */
export async function foundedFolder(codecs: RecordCodecs): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'schakel-kill-'))
  const log = openSqliteLog(join(directory, 'log.db'), systemClock)
  await initialiseLog(log, codecs, systemRandom, systemClock)
  await appendChained(log, controlChain(codecs), 0, undefined, (head) => ({
    seq: head.seq + 1,
    prev: head.hash,
    at: Math.max(head.at, Date.now()),
    epoch: head.epoch + 1,
    genesis: null,
    entries: [],
    note: '',
  }))
  for (const [index, op] of walkOps.entries()) {
    await log.put(PARTITION, codecs.inbound.encode(inboundOf(op, `m${index}`)))
  }
  await log.close()
  return directory
}
