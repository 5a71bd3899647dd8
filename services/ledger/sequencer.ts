import { fail } from '#core/failure.ts'
import type { Cut } from '#core/handoff/outcome.ts'
import { openCheckpoint } from '#core/ledger/checkpoint.ts'
import { formatVkey } from '#core/ledger/note.ts'
import { readRoot } from '#core/ledger/prove.ts'
import { type TileBuilder, tileBuilder } from '#core/ledger/tile-builder.ts'
import { appendChained } from '#core/log/append-chained.ts'
import { ledgerChain, outcomesChain, readChain } from '#core/log/chain.ts'
import { checkHead, openLog } from '#core/log/open-log.ts'
import type { FoldHead } from '#core/ports/fold.ts'
import { type LedgerSigner, readLedgerSigner } from './ledger-key.ts'
import { type OutcomeTail, tailOutcomes } from './outcome-tail.ts'
import type { LedgerPorts } from './ports.ts'
import { dropPartials, publishCheckpoint, writeTiles } from './publish.ts'
import { readState, writeState } from './saved-state.ts'

const TILES_IN_MEMORY = 256

/** The tree between cuts. One writer; what it holds is rebuilt from cuts and outcomes. */
export interface Sequencer {
  readonly tail: OutcomeTail
  builder: TileBuilder
  readonly signer: LedgerSigner
  cut: FoldHead | undefined
  /** Size and root of the checkpoint that others may have seen; undefined before the first. */
  published: { readonly size: number; readonly root: Uint8Array } | undefined
  unpublished: boolean
}

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0

async function readPublished(ports: LedgerPorts, signer: LedgerSigner): Promise<Sequencer['published']> {
  const bytes = await ports.tiles.read('checkpoint')
  if (!bytes) return undefined
  const checkpoint = openCheckpoint(Buffer.from(bytes).toString('utf8'), signer.verifier)
  if (!checkpoint) return fail('OPS_LEDGER', undefined, 'the checkpoint is not ours')
  const root = await readRoot(ports.tiles, checkpoint.size)
  if (!same(root, checkpoint.root)) fail('OPS_LEDGER', undefined, 'the tiles are not those of the checkpoint')
  return checkpoint
}

async function writeVkey(ports: LedgerPorts, signer: LedgerSigner): Promise<void> {
  const text = `${formatVkey(signer.verifier)}\n`
  const there = await ports.tiles.read('vkey')
  if (!there) await ports.tiles.write('vkey', Buffer.from(text, 'utf8'))
  else if (Buffer.from(there).toString('utf8') !== text)
    fail('OPS_KEY', undefined, 'the verifier key is another')
}

/**
 * Opens the ledger where its last checkpoint left it and catches up with the cuts in the log. A log shorter than the
 * checkpoint throws `OPS_LOG`; tiles that are missing, shorter or other than it `OPS_LEDGER`; nothing is published then.
 */
export async function openSequencer(ports: LedgerPorts): Promise<Sequencer> {
  const { logId } = await openLog(ports.log, ports.codecs)
  const signer = await readLedgerSigner(ports.keys, logId)
  const published = await readPublished(ports, signer)
  const state = await readState(ports.tiles)
  if (state && !published) fail('OPS_LEDGER', undefined, 'the checkpoint is missing')
  const heads = (state?.heads ?? []).map((head) => head ?? undefined)
  if (state) await checkHead(ports.log, ledgerChain(ports.codecs), 0, state.cut)
  for (const [partition, head] of heads.entries()) {
    if (head) await checkHead(ports.log, outcomesChain(ports.codecs), partition, head)
  }
  const builder = await tileBuilder(ports.tiles, state?.size ?? 0)
  const tail = tailOutcomes(ports, heads)
  const sequencer: Sequencer = { tail, builder, signer, cut: state?.cut, published, unpublished: !published }
  checkPublished(sequencer)
  await writeVkey(ports, signer)
  await followCuts(ports, sequencer)
  const [size, known] = [sequencer.builder.size(), published?.size ?? 0]
  if (size < known) fail('OPS_LOG', undefined, 'the log is shorter than its checkpoint')
  return sequencer
}

/** A checkpoint's size is always that of a cut: passing it without equality means that this is another tree. */
function checkPublished(sequencer: Sequencer, from = 0): void {
  const { builder, published } = sequencer
  if (!published || builder.size() < published.size || from >= published.size) return
  if (builder.size() !== published.size || !same(builder.root(), published.root)) {
    fail('OPS_LEDGER', undefined, 'the log is not the one of the checkpoint')
  }
}

async function applyCut(ports: LedgerPorts, sequencer: Sequencer, cut: Cut, head: FoldHead): Promise<void> {
  const { builder, tail } = sequencer
  const from = builder.size()
  for (const leaf of await tail.take(cut.upto)) builder.append(leaf)
  if (builder.size() !== cut.size || !same(builder.root(), cut.root)) {
    fail('OPS_LEDGER', undefined, `cut ${cut.seq} is not the tree of its outcomes`)
  }
  checkPublished(sequencer, from)
  sequencer.cut = head
  sequencer.unpublished ||= builder.size() > from
  if (builder.size() - from > TILES_IN_MEMORY) await writeTiles(ports.tiles, builder)
}

/** Takes in every cut that is in the log, whoever wrote it. */
export async function followCuts(ports: LedgerPorts, sequencer: Sequencer): Promise<void> {
  const chain = ledgerChain(ports.codecs)
  let head = sequencer.cut
  for (;;) {
    const page = await readChain(ports.log, chain, 0, head)
    for (const step of page.steps) await applyCut(ports, sequencer, step.record, step.head)
    if (page.atEnd) return
    head = page.head
  }
}

/** Cuts what is waiting and takes it in. False when somebody else's cut came first: follow, and look again. */
export async function writeCut(ports: LedgerPorts, sequencer: Sequencer): Promise<boolean> {
  const { builder, tail } = sequencer
  const upto = tail.tips()
  const next = builder.copy()
  for (const leaf of tail.peek(upto)) next.append(leaf)
  const [size, root] = [next.size(), next.root()]
  const expected = sequencer.cut?.seq
  const written = await appendChained(ports.log, ledgerChain(ports.codecs), 0, sequencer.cut, (head) => {
    if (head.seq !== expected) return undefined
    const at = Math.max(head.at, ports.clock.now())
    return { seq: head.seq + 1, prev: head.hash, at, genesis: null, upto, size, root }
  })
  if (!written) return false
  await tail.take(upto)
  sequencer.builder = next
  sequencer.cut = written.head
  sequencer.unpublished ||= size > builder.size()
  return true
}

/** Persist, then publish: tiles, checkpoint, state. */
export async function publish(ports: LedgerPorts, sequencer: Sequencer): Promise<void> {
  const { builder, cut, signer, tail } = sequencer
  if (!sequencer.unpublished || !cut) return
  const [size, root] = [builder.size(), builder.root()]
  const fresh = await writeTiles(ports.tiles, builder)
  await publishCheckpoint(ports.tiles, signer, size, root)
  sequencer.published = { size, root }
  sequencer.unpublished = false
  await writeState(ports.tiles, { size, cut, heads: tail.done().map((head) => head ?? null) })
  await dropPartials(ports.tiles, fresh)
  ports.report({ kind: 'checkpoint', size, root: Buffer.from(root).toString('base64') })
}
