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

  it('makes a key of all partitions once, durable at once, and takes what another made first', async () => {
    const store = new MemoryKeys()
    const keys = new BatchKeys(store, random)
    const made = await keys.ensure('t:1', 'transit', 5)
    expect(await store.get('t:1')).toEqual({ id: 't:1', kind: 'transit', bytes: made.bytes, notAfter: 5 })
    const first = row('t:2')
    const losing = new MemoryKeys()
    losing.put = async () => void losing.rows.set(first.id, first)
    const racing = new BatchKeys(losing, random)
    expect((await racing.ensure('t:2', 'transit')).bytes).toEqual(first.bytes)
  })

  it('makes a case key once, durable with the batch', async () => {
    const store = new MemoryKeys()
    const keys = new BatchKeys(store, random)
    const made = await keys.ensure('k:1', 'case')
    expect([await store.get('k:1'), await keys.ensure('k:1', 'case')]).toEqual([undefined, made])
    keys.add([row('new')])
    await store.put(keys.rows)
    expect((await store.get('k:1'))?.bytes).toEqual(made.bytes)
    expect(await keys.stand()).toBe(true)
  })

  it('does not stand when another made its case key first, or it is gone', async () => {
    const store = new MemoryKeys()
    const keys = new BatchKeys(store, random)
    await keys.ensure('k:1', 'case')
    expect(await keys.stand()).toBe(false)
    await store.put([row('k:1')])
    await store.put(keys.rows)
    expect(await keys.stand()).toBe(false)
    const again = new BatchKeys(store, random)
    expect((await again.ensure('k:1', 'case')).bytes).toEqual(row('k:1').bytes)
    expect(await again.stand()).toBe(true)
  })
})
