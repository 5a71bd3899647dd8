import { openTileFolder } from '#adapters/tiles/folder.ts'
import { readState } from '#services/ledger/saved-state.ts'
import type { Store } from '../open-store.ts'

/** Per partition the outcome seq up to which leaves are in a published checkpoint; undefined before the first. */
export async function publishedUpto(store: Pick<Store, 'paths'>): Promise<readonly number[] | undefined> {
  const state = await readState(openTileFolder(store.paths.ledger))
  return state?.heads.map((head) => head?.seq ?? 0)
}
