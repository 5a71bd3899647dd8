import { createHash, randomUUID } from 'node:crypto'
import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { fail } from '#core/failure.ts'
import type { ArtefactStore } from '#core/ports/artefact-store.ts'

const NAME = /^[A-Za-z0-9_-]{43}$/

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('base64url')

/** One file per artefact, named by its hash. Written beside, flushed, then renamed: a file that is there is whole. */
export function openArtefactFolder(directory: string): ArtefactStore {
  return {
    async put(bytes) {
      const name = digest(bytes)
      await mkdir(directory, { recursive: true, mode: 0o700 })
      const draft = join(directory, `.${name}.${randomUUID()}`)
      const file = await open(draft, 'wx', 0o600)
      try {
        await file.writeFile(bytes)
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(draft, join(directory, name))
      const folder = await open(directory, 'r')
      try {
        await folder.sync()
      } finally {
        await folder.close()
      }
      return name
    },
    async get(sha256) {
      if (!NAME.test(sha256)) return undefined
      const bytes = await readFile(join(directory, sha256)).catch((error: NodeJS.ErrnoException) =>
        error.code === 'ENOENT'
          ? undefined
          : fail('OPS_CONTROL', undefined, `artefact unreadable: ${error.code}`),
      )
      if (bytes && digest(bytes) !== sha256) fail('OPS_CONTROL', undefined, `artefact ${sha256} was changed`)
      return bytes
    },
  }
}
