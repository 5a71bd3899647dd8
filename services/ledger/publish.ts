import { checkpointText } from '#core/ledger/checkpoint.ts'
import { signNote } from '#core/ledger/note.ts'
import { TILE_WIDTH, tilePath } from '#core/ledger/tile.ts'
import type { TileBuilder, TileBytes } from '#core/ledger/tile-builder.ts'
import type { TileStore } from '#core/ports/tile-store.ts'
import type { LedgerSigner } from './ledger-key.ts'

const TOGETHER = 16

/** Makes the tiles that are new since the last call durable. */
export async function writeTiles(tiles: TileStore, builder: TileBuilder): Promise<readonly TileBytes[]> {
  const fresh = builder.take()
  for (let i = 0; i < fresh.length; i += TOGETHER) {
    const some = fresh.slice(i, i + TOGETHER)
    await Promise.all(some.map(({ tile, bytes }) => tiles.write(tilePath(tile), bytes)))
  }
  return fresh
}

/** Partial tiles of tiles that are full now: readers fall back on the full one. */
export async function dropPartials(tiles: TileStore, fresh: readonly TileBytes[]): Promise<void> {
  for (const { tile } of fresh) if (tile.width === TILE_WIDTH) await tiles.remove(`${tilePath(tile)}.p`)
}

/** Signs and publishes; every tile below it is durable already, and its cut is in the log. */
export async function publishCheckpoint(
  tiles: TileStore,
  signer: LedgerSigner,
  size: number,
  root: Uint8Array,
): Promise<void> {
  const text = checkpointText({ origin: signer.verifier.name, size, root })
  await tiles.write('checkpoint', Buffer.from(signNote(text, signer.privateKey, signer.verifier), 'utf8'))
}
