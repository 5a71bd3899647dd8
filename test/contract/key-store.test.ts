import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openSqliteKeys } from '#adapters/key-store/sqlite.ts'
import type { KeyRow } from '#core/ports/key-store.ts'
import { MemoryKeys } from '../support/memory-keys.ts'
import { keyStoreSuite } from './key-store.suite.ts'

const folder = () => mkdtempSync(join(tmpdir(), 'schakel-keys-'))

keyStoreSuite('sqlite', async () => {
  const path = join(folder(), 'keys.db')
  return { keys: openSqliteKeys(path), again: () => openSqliteKeys(path) }
})

keyStoreSuite('memory', async () => {
  const keys = new MemoryKeys()
  return { keys, again: () => keys }
})

it('sqlite: no byte of a destroyed or settled key stays in any file, and the rest stays', async () => {
  const directory = folder()
  const keys = openSqliteKeys(join(directory, 'keys.db'))
  const rows = Array.from({ length: 1_500 }, (_, n): KeyRow => {
    const id = `c:2:${n}:${randomBytes(4).toString('hex')}`
    return { id, kind: 'content', bytes: randomBytes(32), place: { partition: 2, seq: n % 300 } }
  })
  for (let from = 0; from < rows.length; from += 100) await keys.put(rows.slice(from, from + 100))
  const gone = rows.filter((_, n) => n % 3 === 0)
  for (let from = 0; from < gone.length; from += 7)
    await keys.destroy(gone.slice(from, from + 7).map(({ id }) => id))
  const place = rows.find((_, n) => n % 3 === 1)?.place ?? { partition: 0, seq: 0 }
  const settled = rows.filter((row, n) => n % 3 !== 0 && row.place?.seq === place.seq)
  await keys.settle(place.partition, place.seq, [])
  const files = readdirSync(directory).map((name) => readFileSync(join(directory, name)))
  const found = [...gone, ...settled].filter(({ bytes }) =>
    files.some((file) => file.includes(Buffer.from(bytes))),
  )
  expect(found).toEqual([])
  expect(await keys.list('content')).toHaveLength(rows.length - gone.length - settled.length)
  expect(statSync(join(directory, 'keys.db')).mode & 0o777).toBe(0o600)
})
