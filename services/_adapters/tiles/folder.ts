import { randomUUID } from 'node:crypto'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fail } from '#core/failure.ts'
import type { TileStore } from '#core/ports/tile-store.ts'

const PATH = /^[A-Za-z0-9][A-Za-z0-9.]*(?:\/[A-Za-z0-9][A-Za-z0-9.]*)*$/

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

/** A tile log in a folder: temporary file, fsync, rename, fsync of the folder. Files 0600, folders 0700. */
export function openTileFolder(folder: string): TileStore {
  const place = (path: string): string =>
    PATH.test(path) ? join(folder, path) : fail('BUG_INVARIANT', '/path')
  return {
    async read(path) {
      try {
        return await readFile(place(path))
      } catch (error) {
        if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(codeOf(error))) return undefined
        return fail('OPS_LEDGER', undefined, `cannot read ${path}`)
      }
    },
    async write(path, bytes) {
      const target = place(path)
      const temporary = `${target}.${randomUUID()}.tmp`
      await mkdir(dirname(target), { recursive: true, mode: 0o700 })
      const handle = await open(temporary, 'wx', 0o600)
      try {
        await handle.writeFile(bytes)
        await handle.sync()
      } finally {
        await handle.close()
      }
      await rename(temporary, target)
      await syncFolder(dirname(target))
    },
    async remove(path) {
      await rm(place(path), { force: true, recursive: true })
    },
  }
}
