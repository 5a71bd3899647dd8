import { openTileFolder } from '#adapters/tiles/folder.ts'
import { parseTilePath } from '#core/ledger/tile.ts'

export interface TileAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

const TEXT = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-cache' }
const BYTES = {
  'content-type': 'application/octet-stream',
  'cache-control': 'public, max-age=31536000, immutable',
}

/** Answers `checkpoint`, `vkey` and `tile/…` (C2SP tlog-tiles) of a ledger folder; any other path is 404. */
export function serveTiles(folder: string): (path: string) => Promise<TileAnswer> {
  const tiles = openTileFolder(folder)
  return async (path) => {
    const named = path.startsWith('/') ? path.slice(1) : path
    const text = named === 'checkpoint' || named === 'vkey'
    const body = text || parseTilePath(named) ? await tiles.read(named) : undefined
    if (!body) return { status: 404, headers: TEXT, body: Buffer.from('not found\n', 'utf8') }
    return { status: 200, headers: text ? TEXT : BYTES, body }
  }
}
