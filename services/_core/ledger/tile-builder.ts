/** Grows a tile log leaf by leaf: keeps only the partial tile of each level and gives out tiles to write. */
import { fail } from '#core/failure.ts'
import type { TileSource } from '#core/ports/tile-store.ts'
import { EMPTY_ROOT, foldHashes, leafHash, nodesOf } from './merkle.ts'
import {
  decodeEntries,
  encodeEntries,
  hashInTile,
  TILE_WIDTH,
  type Tile,
  tileLevelSize,
  tilePath,
  tileWidthAt,
} from './tile.ts'

const HASH = 32

export interface TileBytes {
  readonly tile: Tile
  readonly bytes: Uint8Array
}

export interface TileBuilder {
  size(): number
  append(entry: Uint8Array): void
  root(): Uint8Array
  /** Tiles that are new or wider since the last `take`, entries before hashes, low levels first. */
  take(): readonly TileBytes[]
  /** An independent copy, to try what another leaf would give. */
  copy(): TileBuilder
}

interface State {
  size: number
  entries: Uint8Array[]
  /** Per tile level the hashes of its partial tile; 0..255 of them. */
  rows: Uint8Array[][]
  full: TileBytes[]
  /** Size at the last `take`. */
  taken: number
}

/** Bytes of a tile as of a tree of `size`: the tile itself, or the start of a wider one (partial ones may be deleted). */
export async function readTile(source: TileSource, tile: Tile): Promise<Uint8Array | undefined> {
  const exact = await source.read(tilePath(tile))
  if (exact || tile.width === TILE_WIDTH) return exact
  const wider = await source.read(tilePath({ ...tile, width: TILE_WIDTH }))
  if (!wider || tile.level !== 'entries') return wider?.subarray(0, tile.width * HASH)
  const entries = decodeEntries(wider, TILE_WIDTH)
  return entries && encodeEntries(entries.slice(0, tile.width))
}

function pushHash(state: State, level: number, hash: Uint8Array): void {
  const row = state.rows[level] ?? []
  state.rows[level] = row
  row.push(hash)
  if (row.length < TILE_WIDTH) return
  const bytes = Buffer.concat(row)
  const index = tileLevelSize(level, state.size) / TILE_WIDTH - 1
  state.full.push({ tile: { level, index, width: TILE_WIDTH }, bytes })
  state.rows[level] = []
  pushHash(state, level + 1, hashInTile(bytes, 0, 8) ?? EMPTY_ROOT)
}

function append(state: State, entry: Uint8Array): void {
  state.size += 1
  state.entries.push(entry)
  if (state.entries.length === TILE_WIDTH) {
    const tile: Tile = { level: 'entries', index: state.size / TILE_WIDTH - 1, width: TILE_WIDTH }
    state.full.push({ tile, bytes: encodeEntries(state.entries) })
    state.entries = []
  }
  pushHash(state, 0, leafHash(entry))
}

/** Every perfect subtree on the right edge lies in the partial tile of its level. */
function root(state: State): Uint8Array {
  const hashes = nodesOf({ start: 0, end: state.size }).map((node) => {
    const level = Math.floor(node.level / 8)
    const height = node.level % 8
    const first = (node.index * 2 ** height) % TILE_WIDTH
    return hashInTile(Buffer.concat(state.rows[level] ?? []), first, height) ?? fail('BUG_INVARIANT', '/tile')
  })
  return foldHashes(hashes)
}

function take(state: State): readonly TileBytes[] {
  const tiles = state.full
  state.full = []
  const partial = (level: number | 'entries', width: number, bytes: () => Uint8Array): void => {
    const now = tileLevelSize(level, state.size)
    if (width === 0 || now === tileLevelSize(level, state.taken)) return
    tiles.push({ tile: { level, index: Math.floor(now / TILE_WIDTH), width }, bytes: bytes() })
  }
  partial('entries', state.entries.length, () => encodeEntries(state.entries))
  for (const [level, row] of state.rows.entries()) partial(level, row.length, () => Buffer.concat(row))
  state.taken = state.size
  return tiles
}

function builder(state: State): TileBuilder {
  return {
    size: () => state.size,
    append: (entry) => append(state, entry),
    root: () => root(state),
    take: () => take(state),
    copy: () =>
      builder({
        ...state,
        entries: [...state.entries],
        rows: state.rows.map((row) => [...row]),
        full: [...state.full],
      }),
  }
}

/** The builder of a tree of `size` leaves, read from its tiles; a tile that is missing or malformed throws `OPS_LEDGER`. */
export async function tileBuilder(source: TileSource, size: number): Promise<TileBuilder> {
  const state: State = { size, entries: [], rows: [], full: [], taken: size }
  const index = (level: number | 'entries') => Math.floor(tileLevelSize(level, size) / TILE_WIDTH)
  for (let level = -1; level < 0 || tileLevelSize(level, size) > 0; level += 1) {
    const name = level < 0 ? 'entries' : level
    const width = tileWidthAt(name, index(name), size)
    if (level >= 0) state.rows[level] = []
    if (width === 0) continue
    const bytes = await readTile(source, { level: name, index: index(name), width })
    if (!bytes) return fail('OPS_LEDGER', undefined, 'a tile below the checkpoint is missing')
    if (level < 0) {
      const entries = decodeEntries(bytes, width) ?? fail('OPS_LEDGER', undefined, 'malformed entry bundle')
      state.entries = [...entries]
    } else {
      if (bytes.length !== width * HASH) fail('OPS_LEDGER', undefined, 'malformed tile')
      state.rows[level] = Array.from({ length: width }, (_, i) => bytes.subarray(i * HASH, (i + 1) * HASH))
    }
  }
  return builder(state)
}
