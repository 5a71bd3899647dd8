import type { DecisionRecord } from '#core/decision/decision-record.ts'
import { fail } from '#core/failure.ts'
import { openDecisions } from '#core/handoff/archive.ts'
import type { Outcome } from '#core/handoff/outcome.ts'
import { type HandoffId, handoffPlace } from '#core/ids.ts'
import { parseCheckpoint } from '#core/ledger/checkpoint.ts'
import { type LeafPlace, leafPlace, openParts } from '#core/ledger/leaf.ts'
import type { LeafSubject } from '#core/ledger/leaf-parts.ts'
import { proveInclusion, readEntry } from '#core/ledger/prove.ts'
import { formatTlogProof } from '#core/ledger/tlog-proof.ts'
import { BUNDLE_FORMAT, type BundleLeaf, type EvidenceBundle } from '#core/ledger/verify-bundle.ts'
import { chainSteps, ledgerChain, outcomesChain } from '#core/log/chain.ts'
import type { RecordCodecs } from '#core/log/codec.ts'
import type { EventLog } from '#core/ports/event-log.ts'
import type { KeyStore } from '#core/ports/key-store.ts'
import type { TileSource } from '#core/ports/tile-store.ts'

export interface ProveStore {
  readonly log: EventLog
  readonly codecs: RecordCodecs
  readonly keys: KeyStore
  readonly tiles: TileSource
}

interface Found {
  readonly place: LeafPlace
  readonly record: DecisionRecord
}

async function textOf(tiles: TileSource, path: string): Promise<string> {
  const bytes = await tiles.read(path)
  return bytes ? Buffer.from(bytes).toString('utf8') : fail('OPS_LEDGER', undefined, `${path} is missing`)
}

function subjectOf(outcome: Outcome, handoff: HandoffId): LeafSubject | undefined {
  return outcome.effects.find((effect) => effect.kind === 'handoff' && effect.handoff === handoff) as
    | LeafSubject
    | undefined
}

/** Every decision on this hand-off, oldest first, and whose it is. */
async function findDecisions(
  store: ProveStore,
  handoff: HandoffId,
): Promise<{ subject: LeafSubject; found: readonly Found[] }> {
  const { partition, seq: made } = handoffPlace(handoff)
  const found: Found[] = []
  let subject: LeafSubject | undefined
  for await (const { record: outcome } of chainSteps(store.log, outcomesChain(store.codecs), partition)) {
    if (outcome.seq < made || !outcome.decisions) continue
    subject ??= subjectOf(outcome, handoff)
    if (!subject) break
    const place = { partition, seq: outcome.seq }
    const records = await openDecisions(store.keys, outcome.decisions, place)
    if (!records) fail('OPS_KEY', undefined, `the accountability key of outcome ${outcome.seq} is gone`)
    for (const [n, record] of (records ?? []).entries()) {
      if (record.handoff === handoff) found.push({ place: { ...place, n }, record })
    }
  }
  return subject ? { subject, found } : fail('OPS_NOT_FOUND', undefined, handoff)
}

/** Where the leaves of the cut that took in outcome (partition, seq) lie: [start, end). */
async function cutOf(
  store: ProveStore,
  { partition, seq }: LeafPlace,
): Promise<{ start: number; end: number }> {
  let start = 0
  for await (const { record } of chainSteps(store.log, ledgerChain(store.codecs), 0)) {
    if ((record.upto[partition] ?? 0) >= seq) return { start, end: record.size }
    start = record.size
  }
  return fail('OPS_NOT_FOUND', undefined, 'not in the ledger yet: try again in a second')
}

function isBefore(a: LeafPlace, b: LeafPlace): boolean {
  if (a.partition !== b.partition) return a.partition < b.partition
  return a.seq === b.seq ? a.n < b.n : a.seq < b.seq
}

/** Index of a leaf: leaves within a cut are in (partition, seq, n) order. */
async function indexOf(store: ProveStore, place: LeafPlace, size: number): Promise<number> {
  let { start, end } = await cutOf(store, place)
  if (end > size) fail('OPS_NOT_FOUND', undefined, 'not published yet: try again in a second')
  while (start < end) {
    const middle = Math.floor((start + end) / 2)
    const there = leafPlace(await readEntry(store.tiles, middle, size))
    if (!there) return fail('OPS_LEDGER', undefined, 'an entry is no leaf')
    if (isBefore(there, place)) start = middle + 1
    else end = middle
  }
  return start
}

/**
 * The evidence bundle of one hand-off: all its leaves as of the published checkpoint, opened, with their proofs. Throws
 * `OPS_NOT_FOUND` (no such hand-off, or not published yet), `OPS_KEY` when its decision records cannot be opened any more.
 */
export async function prove(store: ProveStore, handoff: HandoffId): Promise<EvidenceBundle> {
  const note = await textOf(store.tiles, 'checkpoint')
  const checkpoint = parseCheckpoint(note) ?? fail('OPS_LEDGER', undefined, 'the checkpoint does not parse')
  const { subject, found } = await findDecisions(store, handoff)
  const leaves: BundleLeaf[] = []
  for (const { place, record } of found) {
    const index = await indexOf(store, place, checkpoint.size)
    const entry = await readEntry(store.tiles, index, checkpoint.size)
    const hashes = await proveInclusion(store.tiles, index, checkpoint.size)
    const { salt: _salt, ...rest } = record
    leaves.push({
      entry: Buffer.from(entry).toString('base64'),
      parts: openParts(record, subject),
      record: rest,
      proof: formatTlogProof({ extra: null, index, hashes, checkpoint: note }),
    })
  }
  return { format: BUNDLE_FORMAT, handoff, vkey: (await textOf(store.tiles, 'vkey')).trim(), leaves }
}
