/** Audits any tile log (C2SP tlog-tiles) against checkpoints, knowing nothing of what its entries mean. Constant memory. */
import type { TileSource } from '#core/ports/tile-store.ts'
import { type Checkpoint, openCheckpoint } from './checkpoint.ts'
import { appendLeaf, EMPTY_FRONTIER, type Frontier, frontierRoot, leafHash } from './merkle.ts'
import type { NoteVerifier } from './note.ts'
import { decodeEntries, TILE_WIDTH, type Tile, tileLevelSize, tilePath } from './tile.ts'
import { readTile } from './tile-builder.ts'

/** `at`: a path or a size; `problem`: what does not hold there. */
export interface AuditProblem {
  readonly at: string
  readonly problem: string
}

export interface AuditReport {
  readonly ok: boolean
  readonly origin: string
  /** Leaves of the largest checkpoint, all of which were hashed again. */
  readonly size: number
  readonly root: string
  readonly checkpoints: number
  readonly tiles: number
  readonly problems: readonly AuditProblem[]
}

/** A checkpoint and where it was found. */
export interface NamedNote {
  readonly name: string
  readonly note: string
}

interface Run {
  readonly source: TileSource
  readonly problems: AuditProblem[]
  frontier: Frontier
  /** Per tile level the hashes since its last full tile. */
  readonly rows: Uint8Array[][]
  tiles: number
}

async function compareTile(run: Run, tile: Tile, expected: Uint8Array): Promise<void> {
  run.tiles += 1
  const bytes = await readTile(run.source, tile)
  if (!bytes) run.problems.push({ at: tilePath(tile), problem: 'missing' })
  else if (Buffer.compare(bytes, expected) !== 0)
    run.problems.push({ at: tilePath(tile), problem: 'differs' })
}

/** Hash tiles as they are when the tree has this size: full ones when they have just been filled, partial ones on request. */
async function compareTiles(run: Run, partial: boolean): Promise<void> {
  for (const [level, row] of run.rows.entries()) {
    const full = row.length === TILE_WIDTH
    if (row.length === 0 || (!full && !partial)) continue
    const count = tileLevelSize(level, run.frontier.size)
    const index = full ? count / TILE_WIDTH - 1 : Math.floor(count / TILE_WIDTH)
    await compareTile(run, { level, index, width: row.length }, Buffer.concat(row))
    if (full) run.rows[level] = []
  }
}

function addLeaf(run: Run, entry: Uint8Array): void {
  run.frontier = appendLeaf(run.frontier, leafHash(entry), (node, hash) => {
    if (node.level % 8 !== 0) return
    const level = node.level / 8
    run.rows[level] = [...(run.rows[level] ?? []), hash]
  })
}

async function entriesUpTo(run: Run, size: number): Promise<readonly Uint8Array[] | undefined> {
  const index = Math.floor(run.frontier.size / TILE_WIDTH)
  const width = Math.min(TILE_WIDTH, size - index * TILE_WIDTH)
  const tile: Tile = { level: 'entries', index, width }
  const bundle = await readTile(run.source, tile)
  const entries = bundle && decodeEntries(bundle, width)
  run.tiles += 1
  if (!entries) run.problems.push({ at: tilePath(tile), problem: bundle ? 'malformed' : 'missing' })
  // A wider bundle repeats what a narrower one showed before.
  const known = run.frontier.size - index * TILE_WIDTH
  const changed = entries
    ?.slice(0, known)
    .some((entry, i) => Buffer.compare(leafHash(entry), run.rows[0]?.[i] ?? entry) !== 0)
  if (changed) run.problems.push({ at: tilePath(tile), problem: 'differs from a narrower bundle' })
  return entries?.slice(known)
}

/** Reads on until the tree has `size` leaves; false when an entry bundle is missing. */
async function grow(run: Run, size: number, progress: (leaves: number) => void): Promise<boolean> {
  while (run.frontier.size < size) {
    const entries = await entriesUpTo(run, size)
    if (!entries) return false
    for (const entry of entries) {
      addLeaf(run, entry)
      if (run.frontier.size % TILE_WIDTH === 0) await compareTiles(run, false)
    }
    progress(run.frontier.size)
  }
  return true
}

function openAll(notes: readonly NamedNote[], verifier: NoteVerifier, problems: AuditProblem[]) {
  const opened: (Checkpoint & { readonly name: string })[] = []
  for (const { name, note } of notes) {
    const checkpoint = openCheckpoint(note, verifier)
    if (checkpoint) opened.push({ ...checkpoint, name })
    else problems.push({ at: name, problem: 'not a checkpoint signed by this key for its origin' })
  }
  return opened.sort((a, b) => a.size - b.size)
}

/**
 * Every checkpoint's signature, and its root from the entries themselves; every tile that some checkpoint needs.
 * A log that passes has each of these checkpoints as a prefix of the largest. No checkpoint at all is a problem.
 */
export async function auditLog(
  source: TileSource,
  verifier: NoteVerifier,
  notes: readonly NamedNote[],
  progress: (leaves: number) => void = () => undefined,
): Promise<AuditReport> {
  const run: Run = { source, problems: [], frontier: EMPTY_FRONTIER, rows: [], tiles: 0 }
  const checkpoints = openAll(notes, verifier, run.problems)
  if (notes.length === 0) run.problems.push({ at: 'checkpoint', problem: 'missing' })
  for (const checkpoint of checkpoints) {
    if (!(await grow(run, checkpoint.size, progress))) break
    await compareTiles(run, true)
    if (Buffer.compare(frontierRoot(run.frontier), checkpoint.root) !== 0) {
      run.problems.push({ at: checkpoint.name, problem: `root differs at size ${checkpoint.size}` })
    }
  }
  return {
    ok: run.problems.length === 0,
    origin: verifier.name,
    size: run.frontier.size,
    root: Buffer.from(frontierRoot(run.frontier)).toString('base64'),
    checkpoints: checkpoints.length,
    tiles: run.tiles,
    problems: run.problems,
  }
}
