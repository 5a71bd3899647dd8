import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTileFolder } from '#adapters/tiles/folder.ts'
import { checkpointText } from '#core/ledger/checkpoint.ts'
import { formatVkey, noteVerifier, signNote } from '#core/ledger/note.ts'
import { tilePath } from '#core/ledger/tile.ts'
import { tileBuilder } from '#core/ledger/tile-builder.ts'
import { audit } from '#services/cli/audit.ts'
import { serveTiles } from '#services/ledger/serve-tiles.ts'

const pair = generateKeyPairSync('ed25519')
const verifier = noteVerifier('example.nl/log', pair.publicKey)
const folder = mkdtempSync(join(tmpdir(), 'schakel-audit-'))
let server: Server
let url = ''

beforeAll(async () => {
  const tiles = openTileFolder(folder)
  const builder = await tileBuilder(tiles, 0)
  for (let i = 0; i < 300; i += 1) {
    builder.append(Buffer.from(`entry ${i}`))
    if (i !== 99 && i !== 299) continue
    for (const { tile, bytes } of builder.take()) await tiles.write(tilePath(tile), bytes)
    const text = checkpointText({ origin: verifier.name, size: builder.size(), root: builder.root() })
    const note = signNote(text, pair.privateKey, verifier)
    writeFileSync(join(folder, i === 99 ? 'earlier' : 'checkpoint'), note)
  }
  writeFileSync(join(folder, 'vkey'), formatVkey(verifier))
  const serve = serveTiles(folder)
  server = createServer((request, response) => {
    void serve(request.url ?? '').then(({ status, headers, body }) =>
      response.writeHead(status, headers).end(body),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`
})

afterAll(() => {
  server.close()
  rmSync(folder, { recursive: true })
})

describe('audit', () => {
  it.each([
    ['a folder without a checkpoint', tmpdir(), {}],
    ['a key that is none', folder, { vkey: 'example.nl+00000000+AAAA' }],
    ['an earlier checkpoint that is not there', folder, { since: '/nowhere' }],
  ])('cannot answer for %s', async (_, target, options) => {
    await expect(audit(target, options)).rejects.toMatchObject({ code: 'OPS_USAGE' })
  })

  it('says no when the key is another', async () => {
    const other = noteVerifier('example.nl/log', generateKeyPairSync('ed25519').publicKey)
    expect((await audit(folder, { vkey: formatVkey(other) })).ok).toBe(false)
  })

  it('passes by folder and by URL, with an earlier checkpoint as a prefix', async () => {
    const options = { since: join(folder, 'earlier') }
    const byFolder = await audit(folder, options)
    expect(byFolder).toMatchObject({ ok: true, size: 300, checkpoints: 2, problems: [] })
    expect(await audit(url, options)).toEqual(byFolder)
  })

  it('serves nothing but the log', async () => {
    const serve = serveTiles(folder)
    for (const path of [
      '/state.json',
      '/../vkey',
      '/tile/0',
      '/tile/0/000.p/0',
      '/tile/0/%2e%2e',
      '/earlier',
      '',
    ]) {
      expect((await serve(path)).status, path).toBe(404)
    }
    expect((await serve('/tile/0/000')).headers['content-type']).toBe('application/octet-stream')
  })
})
