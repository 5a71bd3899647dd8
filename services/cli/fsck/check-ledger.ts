import type { Cut } from '#core/handoff/outcome.ts'
import { auditLog } from '#core/ledger/audit-log.ts'
import { openCheckpoint } from '#core/ledger/checkpoint.ts'
import { appendLeaf, EMPTY_FRONTIER, type Frontier, frontierRoot, leafHash } from '#core/ledger/merkle.ts'
import { parseVkey } from '#core/ledger/note.ts'
import { LIMITS } from '#core/limits.ts'
import type { ControlFound } from './check-control.ts'
import { expectedHead } from './check-leaf.ts'
import type { PartitionCheck, Totals } from './check-partition.ts'
import type { Problems } from './problems.ts'
import type { FsckStore } from './store.ts'
import { type Voids, validRecords } from './valid-records.ts'

/** Sizes and roots of the cuts, hex; and the tree as recomputed. */
export interface LedgerFound {
  readonly frontier: Frontier
  readonly roots: ReadonlyMap<number, string>
}

/** Control among the partitions of head leaves. */
const CONTROL = 0xffff

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/** Every cut again from the outcomes it names, which are checked on the way. */
export async function checkCuts(
  store: FsckStore,
  control: ControlFound,
  partitions: readonly PartitionCheck[],
  { voids, totals, problems }: { voids: Voids; totals: Totals; problems: Problems },
): Promise<LedgerFound> {
  const roots = new Map<number, string>()
  let frontier = EMPTY_FRONTIER
  let last: Cut | undefined
  let epoch = 0
  const addHead = (partition: number, seq: number, hash: string) => {
    frontier = appendLeaf(frontier, leafHash(expectedHead(partition, seq, hash)))
    totals.leaves += 1
  }
  for await (const { record, hash } of validRecords(
    store.log,
    store.codecs.cut,
    'ledger',
    0,
    voids,
    () => true,
  )) {
    const at = `ledger/0/${record.seq}`
    if (record.seq === 1) {
      const listed = Buffer.from(hash, 'hex').toString('base64url') === control.genesis['ledger/0']
      problems.expect(listed, at, 'another genesis than control lists')
    }
    problems.expect(record.upto.length === LIMITS.partitions, at, 'not one seq for each partition')
    const shrinks = record.upto.some((seq, partition) => seq < (last?.upto[partition] ?? 0))
    problems.expect(!shrinks && record.size >= (last?.size ?? 0), at, 'a cut that goes back')
    for (const [partition, check] of partitions.entries()) {
      const from = check.head.seq
      for await (const leaf of check.advance(record.upto[partition] ?? 0)) {
        frontier = appendLeaf(frontier, leafHash(leaf))
      }
      const { seq, hash } = check.head
      if (seq > from) addHead(partition, seq, hash)
    }
    const known = Math.max(...partitions.map((check) => check.head.epoch))
    const began = control.epochs.get(known)
    if (known > epoch && began) addHead(CONTROL, began.seq, began.hash)
    epoch = known
    const root = hex(frontierRoot(frontier))
    const same = record.size === frontier.size && hex(record.root) === root
    problems.expect(same, at, 'size or root is not that of its outcomes')
    roots.set(record.size, root)
    last = record
  }
  problems.expect(last !== undefined, 'ledger/0', 'no genesis')
  return { frontier, roots }
}

/** The published tiles and checkpoint are those of a cut. */
export async function checkTiles(store: FsckStore, found: LedgerFound, problems: Problems): Promise<void> {
  const text = async (path: string) => {
    const bytes = await store.tiles.read(path)
    return bytes && Buffer.from(bytes).toString('utf8')
  }
  const [vkey, note] = [await text('vkey'), await text('checkpoint')]
  const verifier = vkey === undefined ? undefined : parseVkey(vkey)
  if (!verifier || note === undefined) {
    return problems.expect(found.frontier.size === 0, 'ledger', 'cuts, but no checkpoint or verifier key')
  }
  const checkpoint = openCheckpoint(note, verifier)
  if (!checkpoint) return problems.add('ledger/checkpoint', 'not signed by the verifier key')
  const known = found.roots.get(checkpoint.size)
  problems.expect(known === hex(checkpoint.root), 'ledger/checkpoint', 'is not the root of any cut')
  const report = await auditLog(store.tiles, verifier, [{ name: 'checkpoint', note }])
  for (const { at, problem } of report.problems) problems.add(`ledger/${at}`, problem)
}
