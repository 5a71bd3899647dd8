import { fail } from '#core/failure.ts'
import type { FoldHead } from '#core/ports/fold.ts'
import type { TileStore } from '#core/ports/tile-store.ts'

const PATH = 'state.json'

/** Where the tree stood at its last checkpoint: a shortcut for the next start, rebuilt from cuts and outcomes when missing. */
export interface SavedState {
  readonly size: number
  readonly cut: FoldHead
  readonly heads: readonly (FoldHead | null)[]
}

type StoredHead = Omit<FoldHead, 'hash'> & { readonly hash: string }

const store = (head: FoldHead): StoredHead => ({
  ...head,
  hash: Buffer.from(head.hash).toString('base64url'),
})
const load = (head: StoredHead): FoldHead => ({ ...head, hash: Buffer.from(head.hash, 'base64url') })

export async function writeState(tiles: TileStore, state: SavedState): Promise<void> {
  const stored = {
    size: state.size,
    cut: store(state.cut),
    heads: state.heads.map((head) => head && store(head)),
  }
  await tiles.write(PATH, Buffer.from(`${JSON.stringify(stored)}\n`, 'utf8'))
}

/** Heads in it are claims: check them against the log before use. `OPS_LEDGER` when it does not parse. */
export async function readState(tiles: TileStore): Promise<SavedState | undefined> {
  const bytes = await tiles.read(PATH)
  if (!bytes) return undefined
  try {
    const stored = JSON.parse(Buffer.from(bytes).toString('utf8'))
    return {
      size: Number(stored.size),
      cut: load(stored.cut),
      heads: stored.heads.map((h: StoredHead | null) => h && load(h)),
    }
  } catch {
    return fail('OPS_LEDGER', undefined, `${PATH} does not parse`)
  }
}
