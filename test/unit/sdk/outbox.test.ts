import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { MessageId } from '#core/ids.ts'
import { Outbox } from '#sdk/outbox.ts'

const root = mkdtempSync(join(tmpdir(), 'schakel-outbox-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const ID = '3f2c9f60-5d0e-4a3c-9f3f-0f8a6f0f9a11' as MessageId
const message = { id: ID, attributes: { id: ID, subject: 'x' }, jwe: 'a.b.c.d.e' }

describe('outbox', () => {
  it('refuses ids that are paths, and says when a file is damaged', async () => {
    const outbox = new Outbox(join(root, 'a'))
    await expect(outbox.put({ ...message, id: '../../x' as MessageId })).rejects.toMatchObject({
      code: 'MSG_CLAIM',
    })
    expect(await outbox.list()).toEqual([])
    await outbox.put(message)
    writeFileSync(join(root, 'a', `${ID}.json`), '{"half')
    await expect(outbox.get(ID)).rejects.toMatchObject({ code: 'OPS_DATA' })
  })

  it('knows nothing of what was never put, or deleted', async () => {
    const outbox = new Outbox(join(root, 'b'))
    expect(await outbox.get(ID)).toBeUndefined()
    await outbox.delete(ID)
    await outbox.keep(ID)
    expect(await outbox.kept(ID)).toBeUndefined()
  })

  it('gives back the same bytes, to another process too; files are private', async () => {
    const folder = join(root, 'c')
    await new Outbox(folder).put(message)
    const outbox = new Outbox(folder)
    expect(await outbox.list()).toEqual([ID])
    expect(await outbox.get(ID)).toEqual(message)
    expect(readdirSync(folder)).toEqual([`${ID}.json`])
    expect(statSync(join(folder, `${ID}.json`)).mode & 0o777).toBe(0o600)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
  })

  it('what is kept no longer counts as unsent', async () => {
    const outbox = new Outbox(join(root, 'd'))
    await outbox.put(message)
    await outbox.keep(ID)
    expect(await outbox.list()).toEqual([])
    expect(await outbox.get(ID)).toBeUndefined()
    expect(await outbox.kept(ID)).toEqual(message)
  })
})
