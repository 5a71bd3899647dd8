import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { openTileFolder } from '#adapters/tiles/folder.ts'
import { auditLog } from '#core/ledger/audit-log.ts'
import { parseVkey } from '#core/ledger/note.ts'
import type { TileSource } from '#core/ports/tile-store.ts'

const FOLDER = fileURLToPath(new URL('../../../shared/ext/tlog/', import.meta.url))

function load() {
  const verifier = parseVkey(readFileSync(`${FOLDER}KEY`, 'utf8'))
  if (!verifier) throw new Error('KEY does not parse')
  const names = readdirSync(FOLDER).filter((name) => name.startsWith('checkpoint'))
  const notes = names.map((name) => ({ name, note: readFileSync(`${FOLDER}${name}`, 'utf8') }))
  return { verifier, notes, source: openTileFolder(FOLDER) }
}

/** The same log with one byte of one resource changed. */
function bent(source: TileSource, path: string): TileSource {
  return {
    async read(wanted) {
      const bytes = await source.read(wanted)
      if (wanted !== path || !bytes) return bytes
      const copy = Buffer.from(bytes)
      copy[copy.length - 1] = (copy[copy.length - 1] ?? 0) ^ 1
      return copy
    },
  }
}

it('audits the tile log of transparency-dev/tessera, every checkpoint of it', async () => {
  if (!existsSync(FOLDER)) {
    console.log('NOT RUN: no ../shared/ext')
    expect(process.env['CI']).not.toBe('true')
    return
  }
  const { verifier, notes, source } = load()
  const report = await auditLog(source, verifier, notes)
  console.log(
    `tlog: ${report.checkpoints - report.problems.length} agree / ${notes.length} cases / 0 excused`,
  )
  expect(report.problems).toEqual([])
  expect(report).toMatchObject({ ok: true, size: 15, checkpoints: 17, origin: 'example.com/log/testdata' })
  for (const path of ['tile/0/000.p/7', 'tile/entries/000.p/3', 'tile/entries/000.p/15']) {
    const changed = await auditLog(bent(source, path), verifier, notes)
    expect(changed.ok, path).toBe(false)
  }
  const forged = notes.map(({ name, note }) => ({ name, note: note.replace('15\n', '14\n') }))
  expect((await auditLog(source, verifier, forged)).ok).toBe(false)
})
