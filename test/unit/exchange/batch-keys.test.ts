import { describe, expect, it } from 'vitest'
import type { KeyRow } from '#core/ports/key-store.ts'
import { BatchKeys } from '#services/exchange/batch-keys.ts'
import { MemoryKeys } from '../../support/memory-keys.ts'

const row = (id: string): KeyRow => ({ id, kind: 'content', bytes: new Uint8Array(32).fill(1) })
const random = {
  bytes: (count: number) => new Uint8Array(count).fill(7),
  ephemeral: () => {
    throw new Error('not here')
  },
}

describe('keys as one batch sees them', () => {
  it('hides what the batch erased, and never makes it again', async () => {
    const store = new MemoryKeys()
    await store.put([row('old')])
    const keys = new BatchKeys(store, random)
    keys.add([row('new')])
    keys.erase(['old', 'new'])
    expect([await keys.get('old'), await keys.get('new')]).toEqual([undefined, undefined])
    await expect(keys.ensure('old', 'case')).rejects.toMatchObject({ code: 'OPS_KEY' })
    expect(await store.get('old')).toBeDefined()
  })

  it('shows what the batch made before it is durable', async () => {
    const store = new MemoryKeys()
    const keys = new BatchKeys(store, random)
    keys.add([row('new')])
    expect(await keys.get('new')).toBeDefined()
    expect(await store.get('new')).toBeUndefined()
    expect(keys.rows.map(({ id }) => id)).toEqual(['new'])
  })

  it('makes a shared key once, durable at once, and takes what another made first', async () => {
    const store = new MemoryKeys()
    const keys = new BatchKeys(store, random)
    const made = await keys.ensure('k:1', 'case', 5)
    expect(await store.get('k:1')).toEqual({ id: 'k:1', kind: 'case', bytes: made.bytes, notAfter: 5 })
    const first = row('k:2')
    const losing = new MemoryKeys()
    losing.put = async () => void losing.rows.set(first.id, first)
    const racing = new BatchKeys(losing, random)
    expect((await racing.ensure('k:2', 'case')).bytes).toEqual(first.bytes)
  })
})
