/** Tiles of a tiled transparency log (C2SP tlog-tiles): 256 hashes of one level, or the entries below one level-0 tile. */
import { fail } from '#core/failure.ts'
import { foldHashes, type Node, nodeHash } from './merkle.ts'

export const TILE_WIDTH = 256
const TILE_HEIGHT = 8
const HASH = 32
const ENTRY_MAX = 65_535

/** `width` 256 is a full tile, 1..255 a partial one. */
export interface Tile {
  readonly level: number | 'entries'
  readonly index: number
  readonly width: number
}

/** `tile/<L>/<N>[.p/<W>]`, N in groups of three digits, all but the last with `x`. */
export function tilePath(tile: Tile): string {
  const groups = [String(tile.index % 1000).padStart(3, '0')]
  for (let rest = Math.floor(tile.index / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    groups.unshift(`x${String(rest % 1000).padStart(3, '0')}`)
  }
  const partial = tile.width === TILE_WIDTH ? '' : `.p/${tile.width}`
  return `tile/${tile.level}/${groups.join('/')}${partial}`
}

const PATH = /^tile\/(entries|0|[1-9][0-9]?)\/((?:x[0-9]{3}\/)*[0-9]{3})(?:\.p\/([1-9][0-9]{0,2}))?$/

/** The tile of a path, undefined unless `tilePath` gives exactly that path again. */
export function parseTilePath(path: string): Tile | undefined {
  const match = PATH.exec(path)
  if (!match?.[1] || !match[2]) return undefined
  const level = match[1] === 'entries' ? 'entries' : Number(match[1])
  const index = Number(match[2].replaceAll(/[x/]/g, ''))
  const width = match[3] ? Number(match[3]) : TILE_WIDTH
  const tile: Tile = { level, index, width }
  const known = Number.isSafeInteger(index) && (level === 'entries' || level <= 63)
  return known && tilePath(tile) === path ? tile : undefined
}

/** Hashes (or entries, level 0) at a tile level in a tree of this size. */
export function tileLevelSize(level: number | 'entries', size: number): number {
  return Math.floor(size / TILE_WIDTH ** (level === 'entries' ? 0 : level))
}

/** How wide tile `index` of `level` is in a tree of this size; 0 = it is not there. */
export function tileWidthAt(level: number | 'entries', index: number, size: number): number {
  return Math.max(0, Math.min(TILE_WIDTH, tileLevelSize(level, size) - index * TILE_WIDTH))
}

/** Tiles that are new or wider in a tree of `size` than in one of `from` leaves, entries first. */
export function* tilesBetween(from: number, size: number): Generator<Tile> {
  for (let level = -1; level < 0 || tileLevelSize(level, size) > 0; level += 1) {
    const name = level < 0 ? 'entries' : level
    const [before, after] = [tileLevelSize(name, from), tileLevelSize(name, size)]
    if (after === before) continue
    for (let index = Math.floor(before / TILE_WIDTH); index * TILE_WIDTH < after; index += 1) {
      yield { level: name, index, width: tileWidthAt(name, index, size) }
    }
  }
}

/** The tile that holds (or hashes up to) a perfect subtree, its height above the tile's level, and the first hash of it. */
export function tileOf(node: Node, size: number): { tile: Tile; height: number; first: number } {
  const level = Math.floor(node.level / TILE_HEIGHT)
  const height = node.level % TILE_HEIGHT
  const first = node.index * 2 ** height
  const index = Math.floor(first / TILE_WIDTH)
  return { tile: { level, index, width: tileWidthAt(level, index, size) }, height, first: first % TILE_WIDTH }
}

/** Root of the perfect subtree of 2^height hashes from `first` on in a tile's bytes; undefined when the tile is too short. */
export function hashInTile(bytes: Uint8Array, first: number, height: number): Uint8Array | undefined {
  if ((first + 2 ** height) * HASH > bytes.length) return undefined
  let row: Uint8Array[] = []
  for (let i = first; i < first + 2 ** height; i += 1) row.push(bytes.subarray(i * HASH, (i + 1) * HASH))
  while (row.length > 1) {
    const next: Uint8Array[] = []
    for (let i = 0; i + 1 < row.length; i += 2)
      next.push(nodeHash(row[i] ?? foldHashes([]), row[i + 1] ?? foldHashes([])))
    row = next
  }
  return row[0]
}

/** Entries as big-endian u16 length ‖ bytes each. */
export function encodeEntries(entries: readonly Uint8Array[]): Uint8Array {
  const parts: Uint8Array[] = []
  for (const entry of entries) {
    if (entry.length > ENTRY_MAX) fail('BUG_INVARIANT', '/entry')
    parts.push(Uint8Array.of(entry.length >> 8, entry.length & 0xff), entry)
  }
  return Buffer.concat(parts)
}

/** The `count` entries of a bundle, and nothing besides; else undefined. */
export function decodeEntries(bundle: Uint8Array, count: number): readonly Uint8Array[] | undefined {
  const entries: Uint8Array[] = []
  let at = 0
  while (at + 2 <= bundle.length && entries.length < count) {
    const length = ((bundle[at] ?? 0) << 8) | (bundle[at + 1] ?? 0)
    if (at + 2 + length > bundle.length) return undefined
    entries.push(bundle.subarray(at + 2, at + 2 + length))
    at += 2 + length
  }
  return at === bundle.length && entries.length === count ? entries : undefined
}
