import type { KeysNamed } from './check-partition.ts'
import type { Problems } from './problems.ts'
import type { FsckStore } from './store.ts'

/** Keys there for what is not erased, gone for what is, and none that no record names (design §3, §7). */
export async function checkKeys(store: FsckStore, named: KeysNamed, problems: Problems): Promise<void> {
  const rows = new Map((await store.keys.list('content')).map((row) => [row.id, row]))
  const cases = new Set((await store.keys.list('case')).map((row) => row.id))
  for (const id of named.erased) {
    problems.expect(!rows.has(id) && !cases.has(id), id, 'erased in the log, but the key is there')
  }
  for (const [id, at] of named.content) {
    if (named.erased.has(id)) continue
    const row = rows.get(id)
    if (!row) problems.add(at, `content key ${id} is missing`)
    else {
      const wrapping = row.wrappedBy ?? ''
      const known = cases.has(wrapping) || named.erased.has(wrapping)
      problems.expect(known, at, `the key that wraps ${id} is missing`)
    }
  }
  for (const [id, { place }] of rows) {
    // Keys come before records: a place beyond the head belongs to what is being written.
    if (place && place.seq > (named.heads[place.partition] ?? 0)) continue
    problems.expect(named.content.has(id), id, 'a content key that no record names')
  }
}
