import { fail } from '#core/failure.ts'
import { LIMITS } from '#core/limits.ts'
import type { EventLog } from '#core/ports/event-log.ts'
import type { FoldHead } from '#core/ports/fold.ts'
import {
  type Chain,
  type Chained,
  controlChain,
  hashOf,
  ledgerChain,
  outcomesChain,
  readChain,
  sameBytes,
} from './chain.ts'
import type { RecordCodecs } from './codec.ts'

/** `topic/partition` → SHA-256 (base64url) of its genesis, as control record 2 lists them. */
export type GenesisList = Readonly<Record<string, string>>

/**
 * Checks on every start that this log is the one it was: each chained partition begins with the genesis that control
 * record 2 names. Anything else — empty, another, unlisted — throws `OPS_LOG`. Nothing is written.
 */
export async function openLog(log: EventLog, codecs: RecordCodecs): Promise<{ readonly logId: string }> {
  const control = await readChain(log, controlChain(codecs), 0, undefined)
  const [first, second] = control.steps
  const all = second?.record.genesis?.all
  if (!first || !all) return fail('OPS_LOG', undefined, 'control has no genesis')
  await expectGenesis(log, controlChain(codecs), 0, all)
  await expectGenesis(log, ledgerChain(codecs), 0, all)
  for (let partition = 0; partition < LIMITS.partitions; partition += 1) {
    await expectGenesis(log, outcomesChain(codecs), partition, all)
  }
  return { logId: first.head.logId }
}

async function expectGenesis<T extends Chained>(
  log: EventLog,
  chain: Chain<T>,
  partition: number,
  all: GenesisList,
): Promise<void> {
  const page = await readChain(log, chain, partition, undefined)
  const first = page.steps[0]
  const hash = first && Buffer.from(first.head.hash).toString('base64url')
  const name = `${chain.topic}/${partition}`
  if (!hash || all[name] !== hash || first.record.genesis?.partitions !== LIMITS.partitions) {
    fail('OPS_LOG', undefined, `another genesis in ${name}`)
  }
}

/**
 * A head kept outside the log (fold, view, ledger) must lie on its chain: the log is not shorter than it, and the record it
 * names by hash is there. Else `OPS_LOG`. Reads backwards from the head, in growing steps, since void records may lie between.
 */
export async function checkHead<T extends Chained>(
  log: EventLog,
  chain: Chain<T>,
  partition: number,
  head: FoldHead,
): Promise<void> {
  const name = `${chain.topic}/${partition}`
  if ((await log.end(chain.topic, partition)) < head.position) {
    fail('OPS_LOG', undefined, `${name} is shorter than its fold`)
  }
  for (let back = 8; ; back *= 8) {
    const from = Math.max(0, head.position - back)
    if (await holdsHead(log, chain, partition, head, from)) return
    if (from === 0) fail('OPS_LOG', undefined, `${name} is not the log of its fold`)
  }
}

async function holdsHead<T extends Chained>(
  log: EventLog,
  chain: Chain<T>,
  partition: number,
  head: FoldHead,
  start: number,
): Promise<boolean> {
  let from = start
  while (from < head.position) {
    const page = await log.read(chain.topic, partition, from)
    for (const entry of page) {
      if (entry.position >= head.position) return false
      if (sameBytes(hashOf(entry.value), head.hash)) return true
      from = entry.position + 1
    }
    if (page.length === 0) return false
  }
  return false
}
