import { describe, expect, it } from 'vitest'
import { asFailure } from '#core/failure.ts'
import { schemaDigest } from '#core/message/schema-digest.ts'
import type { SchemaRegistry } from '#core/ports/schema-registry.ts'

export interface PublishedRow {
  readonly id: number
  readonly name: string
  readonly sha256: string
}

/**
 * What every registry adapter owes. `open` gives a registry that serves `texts` under ids of its own choice, with `published` as the
 * allow-list; called with texts that differ from the list too.
 */
export function schemaRegistryContract(
  name: string,
  open: (published: readonly PublishedRow[], texts: ReadonlyMap<string, string>) => Promise<SchemaRegistry>,
): void {
  const first =
    '{"type":"record","name":"first","namespace":"nl.schakel.test","fields":[{"name":"a","type":"string"}]}'
  const second = '{"type":"record","name":"second","namespace":"nl.schakel.test","fields":[]}'
  const published: readonly PublishedRow[] = [
    { id: 1, name: 'nl.schakel.test.first.v1', sha256: schemaDigest(first) },
    { id: 2, name: 'nl.schakel.test.second.v1', sha256: schemaDigest(second) },
  ]
  const texts = new Map([
    ['nl.schakel.test.first.v1', first],
    ['nl.schakel.test.second.v1', second],
    ['nl.schakel.test.draft.v1', second],
  ])
  const code = async (run: () => Promise<unknown>) => {
    try {
      await run()
    } catch (error) {
      return asFailure(error).code
    }
    return 'none'
  }

  describe(`${name}: schema registry`, () => {
    it('knows nothing that was not published', async () => {
      const registry = await open(published, texts)
      expect(await code(() => registry.byName('nl.schakel.test.draft.v1'))).toBe('OPS_REGISTRY')
      expect(await code(() => registry.byName('__proto__'))).toBe('OPS_REGISTRY')
      for (const id of [0, -1, 1.5, Number.NaN, 999_999]) {
        expect(await code(() => registry.byId(id))).toBe('OPS_REGISTRY')
      }
    })

    it('refuses a text that is not the published one', async () => {
      const other = new Map(texts).set('nl.schakel.test.first.v1', first.replace('"a"', '"b"'))
      const registry = await open(published, other)
      expect(await code(() => registry.byName('nl.schakel.test.first.v1'))).toBe('OPS_REGISTRY')
      expect((await registry.byName('nl.schakel.test.second.v1')).sha256).toBe(published[1]?.sha256)
    })

    it('refuses a published schema whose text it has lost', async () => {
      const registry = await open(published, new Map([...texts].slice(1)))
      expect(await code(() => registry.byName('nl.schakel.test.first.v1'))).toBe('OPS_REGISTRY')
    })

    it('takes another spelling of the same schema', async () => {
      const spaced = JSON.stringify(JSON.parse(first), null, 4)
      const registry = await open(published, new Map(texts).set('nl.schakel.test.first.v1', spaced))
      expect((await registry.byName('nl.schakel.test.first.v1')).sha256).toBe(published[0]?.sha256)
    })

    it('gives the same schema by name and by its id, each time', async () => {
      const registry = await open(published, texts)
      for (const row of published) {
        const named = await registry.byName(row.name)
        expect(named.sha256).toBe(row.sha256)
        expect(schemaDigest(named.text)).toBe(row.sha256)
        expect(await registry.byId(named.id)).toEqual(named)
        expect(await registry.byName(row.name)).toEqual(named)
      }
    })
  })
}
