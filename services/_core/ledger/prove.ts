/** Proofs made from tiles: who holds a checkpoint and the tiles below it needs nobody to make them. */
import { fail } from '#core/failure.ts'
import type { TileSource } from '#core/ports/tile-store.ts'
import { consistencyRanges, foldHashes, inclusionRanges, nodesOf, type Range } from './merkle.ts'
import { decodeEntries, hashInTile, TILE_WIDTH, tileOf, tilePath, tileWidthAt } from './tile.ts'
import { readTile } from './tile-builder.ts'

/** MTH of each range in a tree of `size` leaves; a missing or short tile throws `OPS_LEDGER`. */
export async function readRanges(
  source: TileSource,
  size: number,
  ranges: readonly Range[],
): Promise<readonly Uint8Array[]> {
  const tiles = new Map<string, Uint8Array | undefined>()
  const hashes: Uint8Array[] = []
  for (const range of ranges) {
    const parts: Uint8Array[] = []
    for (const node of nodesOf(range)) {
      const { tile, height, first } = tileOf(node, size)
      const path = tilePath(tile)
      if (!tiles.has(path)) tiles.set(path, await readTile(source, tile))
      const hash = hashInTile(tiles.get(path) ?? new Uint8Array(), first, height)
      parts.push(hash ?? fail('OPS_LEDGER', undefined, 'a tile below the checkpoint is missing'))
    }
    hashes.push(foldHashes(parts))
  }
  return hashes
}

/** Root of the first `size` leaves. */
export async function readRoot(source: TileSource, size: number): Promise<Uint8Array> {
  const [root] = await readRanges(source, size, [{ start: 0, end: size }])
  return root ?? fail('BUG_INVARIANT')
}

/** From the leaf's sibling up (RFC 6962 §2.1.1); index < size. */
export function proveInclusion(
  source: TileSource,
  index: number,
  size: number,
): Promise<readonly Uint8Array[]> {
  return readRanges(source, size, inclusionRanges(index, size))
}

/** RFC 6962 §2.1.2; 0 < old ≤ size. */
export function proveConsistency(
  source: TileSource,
  old: number,
  size: number,
): Promise<readonly Uint8Array[]> {
  return readRanges(source, size, old === size ? [] : consistencyRanges(old, size))
}

/** The entry at `index` of a tree of `size` leaves. */
export async function readEntry(source: TileSource, index: number, size: number): Promise<Uint8Array> {
  const tile = Math.floor(index / TILE_WIDTH)
  const width = tileWidthAt('entries', tile, size)
  const bundle = await readTile(source, { level: 'entries', index: tile, width })
  const entry = bundle && decodeEntries(bundle, width)?.[index % TILE_WIDTH]
  return entry ?? fail('OPS_LEDGER', undefined, 'an entry bundle below the checkpoint is missing')
}
