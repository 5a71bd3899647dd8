import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { openTileFolder } from '#adapters/tiles/folder.ts'
import { asFailure, type Failure } from '#core/failure.ts'
import type { HandoffId } from '#core/ids.ts'
import { parseCheckpoint } from '#core/ledger/checkpoint.ts'
import { startConsole } from '#services/console/run.ts'
import type { Store } from '../open-store.ts'
import { projectRoot } from '../project-root.ts'
import { prove } from '../prove.ts'

/** The pages on loopback; what they show comes from the view, control and the ledger folder. */
export async function runConsole(
  store: Store,
  port: number,
  gateway: string | undefined,
  report: (failure: Failure, about: string) => void,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const tiles = openTileFolder(store.paths.ledger)
  return startConsole({
    host: '127.0.0.1',
    port,
    view: store.view,
    control: store.control,
    clock: store.clock,
    report,
    matrix: () => readFile(projectRoot('contracts/matrix.txt'), 'utf8'),
    gateway,
    checkpoint: async () => {
      const path = join(store.paths.ledger, 'checkpoint')
      const note = await readFile(path, 'utf8').catch(() => undefined)
      const checkpoint = note === undefined ? undefined : parseCheckpoint(note)
      if (!checkpoint) return undefined
      const { origin, size, root } = checkpoint
      return { origin, size, root: Buffer.from(root).toString('base64'), time: (await stat(path)).mtimeMs }
    },
    async proof(handoff: HandoffId) {
      try {
        return JSON.stringify(await prove({ ...store, tiles }, handoff), null, 2)
      } catch (error) {
        if (asFailure(error).code === 'OPS_NOT_FOUND') return undefined
        throw error
      }
    },
  })
}
