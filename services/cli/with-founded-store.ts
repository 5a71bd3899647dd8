import { Failure } from '#core/failure.ts'
import { openStore, type Store } from './open-store.ts'

/** What `use` makes of the store of a data directory; undefined where there is none: a partner need not have one. */
export async function withFoundedStore<T>(
  data: string,
  use: (store: Store) => Promise<T>,
): Promise<T | undefined> {
  let store: Store
  try {
    store = await openStore(data)
  } catch (error) {
    if (error instanceof Failure && error.code === 'OPS_DATA') return undefined
    throw error
  }
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}
