import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openArtefactFolder } from '#adapters/artefact-store/folder.ts'

const nameOf = (text: string) => createHash('sha256').update(text).digest('base64url')

describe('the folder of artefacts', () => {
  it('knows nothing of other names, and leaves its folder for none', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'schakel-artefacts-'))
    writeFileSync(join(directory, 'secret'), 'x')
    const store = openArtefactFolder(join(directory, 'artefacts'))
    for (const name of ['secret', '../secret', '', nameOf('never put')]) {
      expect(await store.get(name)).toBeUndefined()
    }
  })

  it('refuses bytes that are not what their name says', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'schakel-artefacts-'))
    const store = openArtefactFolder(directory)
    const name = await store.put(Buffer.from('rule'))
    writeFileSync(join(directory, name), 'another rule')
    await expect(store.get(name)).rejects.toMatchObject({ code: 'OPS_CONTROL' })
  })

  it('gives back what was put, once or twice, and leaves no drafts', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'schakel-artefacts-'))
    const store = openArtefactFolder(directory)
    const names = await Promise.all([store.put(Buffer.from('rule')), store.put(Buffer.from('rule'))])
    expect(names).toEqual([nameOf('rule'), nameOf('rule')])
    expect(Buffer.from((await store.get(nameOf('rule'))) ?? []).toString()).toBe('rule')
    expect(readdirSync(directory)).toEqual([nameOf('rule')])
  })
})
