import { describe, expect, it } from 'vitest'
import type { KeyRow, KeyStore } from '#core/ports/key-store.ts'

export interface KeysUnderTest {
  readonly keys: KeyStore
  again(): KeyStore
}

const bytes = (text: string) => Buffer.from(text.padEnd(32, '.'))
const row = (id: string, seq?: number): KeyRow => ({
  id,
  kind: 'content',
  bytes: bytes(id),
  wrappedBy: 'k:1',
  ...(seq === undefined ? {} : { place: { partition: 2, seq } }),
})
const ids = (rows: readonly KeyRow[]) => rows.map(({ id }) => id)

/** Contract of the port `KeyStore`; run on every adapter. */
export function keyStoreSuite(name: string, open: () => Promise<KeysUnderTest>): void {
  describe(`KeyStore: ${name}`, () => {
    it('knows nothing at first, and nothing is no error', async () => {
      const { keys } = await open()
      expect(await keys.get('c:1')).toBeUndefined()
      expect(await keys.list('content')).toEqual([])
      await keys.put([])
      await keys.destroy([])
      await keys.destroy(['c:1'])
      await keys.settle(2, 1, [])
    })

    it('gives back whole rows, to others too', async () => {
      const { keys, again } = await open()
      const whole: KeyRow = { ...row('c:1', 9), notAfter: 1_800_000_000_000 }
      const bare: KeyRow = { id: 'op:x', kind: 'operator', bytes: bytes('x') }
      await keys.put([whole, bare])
      const found = await again().get('c:1')
      expect({ ...found, bytes: Buffer.from(found?.bytes ?? []) }).toEqual(whole)
      expect(Object.keys((await keys.get('op:x')) ?? {}).sort()).toEqual(['bytes', 'id', 'kind'])
      expect(ids(await keys.list('operator'))).toEqual(['op:x'])
    })

    it('keeps the first bytes of an id', async () => {
      const { keys, again } = await open()
      const other = again()
      await keys.put([row('c:1')])
      await other.put([{ ...row('c:1'), bytes: bytes('other') }])
      expect(Buffer.from((await keys.get('c:1'))?.bytes ?? [])).toEqual(bytes('c:1'))
    })

    it('settles a seq: what its record does not name goes, everything else stays', async () => {
      const { keys } = await open()
      await keys.put([row('kept', 5), row('lost', 5), row('later', 6), row('nowhere')])
      await keys.put([{ ...row('elsewhere'), place: { partition: 3, seq: 5 } }])
      await keys.settle(2, 5, ['kept', 'never there'])
      await keys.settle(2, 5, ['kept'])
      expect(ids(await keys.list('content'))).toEqual(['elsewhere', 'kept', 'later', 'nowhere'])
    })

    it('destroys for everybody', async () => {
      const { keys, again } = await open()
      const other = again()
      await keys.put([row('a'), row('b')])
      await other.destroy(['a', 'missing'])
      expect(await keys.get('a')).toBeUndefined()
      expect(ids(await keys.list('content'))).toEqual(['b'])
    })
  })
}
