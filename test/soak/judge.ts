/** The whole judgement after a soak: clients' questions, fsck, audit of all checkpoints that were collected, and a sample of replay. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openTileFolder } from '#adapters/tiles/folder.ts'
import { asFailure } from '#core/failure.ts'
import { auditLog, type NamedNote } from '#core/ledger/audit-log.ts'
import { parseVkey } from '#core/ledger/note.ts'
import { LIMITS } from '#core/limits.ts'
import { fsck } from '#services/cli/fsck.ts'
import { openStore, type Store } from '#services/cli/open-store.ts'
import { replay } from '#services/cli/replay.ts'
import { Anomalies } from './anomalies.ts'
import { readHistory } from './history.ts'
import { ClientJudge } from './judge-clients.ts'
import type { LogWalk } from './walk-log.ts'

export interface Judgement {
  readonly anomalies: Anomalies
  readonly outcomes: number
  readonly voids: number
  readonly handoffs: number
  readonly leaves: number
  readonly checkpoints: number
  readonly replayed: number
  readonly states: Readonly<Record<string, number>>
}

/** A sample of the 16 partitions, chosen by the seed. */
const SAMPLE = 2

async function auditCheckpoints(store: Store, notes: readonly string[], anomalies: Anomalies): Promise<void> {
  const source = openTileFolder(store.paths.ledger)
  const verifier = parseVkey(await readFile(join(store.paths.ledger, 'vkey'), 'utf8'))
  if (!verifier) {
    anomalies.add('audit', 'no verifier key')
    return
  }
  const named: NamedNote[] = notes.map((note, index) => ({ name: `checkpoint ${index + 1}`, note }))
  const last = await readFile(join(store.paths.ledger, 'checkpoint'), 'utf8')
  const report = await auditLog(source, verifier, [...named, { name: 'last checkpoint', note: last }])
  for (const { at, problem } of report.problems)
    anomalies.add(at.startsWith('checkpoint') ? 'checkpoint not a prefix' : 'audit', `${at}: ${problem}`)
}

function statesOf(walk: LogWalk): Readonly<Record<string, number>> {
  const states: Record<string, number> = {}
  for (const { hands } of walk.partitions)
    for (const { state } of hands.values()) states[state] = (states[state] ?? 0) + 1
  return states
}

async function judgeClients(
  walk: LogWalk,
  history: string,
  seed: number,
  anomalies: Anomalies,
): Promise<void> {
  for (const one of walk.partitions) one.checkDigests()
  const judge = new ClientJudge(walk, anomalies, seed)
  for await (const seen of readHistory(history)) judge.add(seen)
  judge.finish()
}

async function judgeStore(
  store: Store,
  seed: number,
  notes: readonly string[],
  anomalies: Anomalies,
  told: (text: string) => void,
) {
  const tiles = openTileFolder(store.paths.ledger)
  const checked = await fsck({ ...store, tiles }, (outcomes) => told(`fsck: ${outcomes} outcomes`))
  for (const problem of checked.problems) anomalies.add('fsck', JSON.stringify(problem))
  if (!checked.ok && checked.problems.length === 0) anomalies.add('fsck', 'not ok')
  if (checked.size !== checked.leaves)
    anomalies.add('fsck', `${checked.leaves - checked.size} leaves in no cut`)
  await auditCheckpoints(store, notes, anomalies)
  let replayed = 0
  for (let n = 0; n < SAMPLE; n += 1) {
    const report = await replay(store, { partition: (seed + n) % LIMITS.partitions })
    replayed += report.total
    for (const one of report.differing) anomalies.add('replay differs', JSON.stringify(one))
  }
  return { handoffs: checked.handoffs, leaves: checked.leaves, replayed }
}

export async function judge(
  data: string,
  walk: LogWalk,
  history: string,
  seed: number,
  notes: readonly string[],
  told: (text: string) => void,
): Promise<Judgement> {
  const anomalies = new Anomalies()
  await judgeClients(walk, history, seed, anomalies)
  told('clients judged; now fsck, audit and replay')
  const counts = { handoffs: 0, leaves: 0, replayed: 0 }
  const store = await openStore(data)
  try {
    Object.assign(counts, await judgeStore(store, seed, notes, anomalies, told))
  } catch (error) {
    anomalies.add('fsck', `did not end: ${asFailure(error).message}`)
  } finally {
    await store.close()
  }
  return {
    anomalies,
    ...counts,
    outcomes: walk.sum((one) => one.seq),
    voids: walk.sum((one) => one.voids.count),
    checkpoints: notes.length,
    states: statesOf(walk),
  }
}
