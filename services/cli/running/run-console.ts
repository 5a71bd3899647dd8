import { readFile } from 'node:fs/promises'
import { openTileFolder } from '#adapters/tiles/folder.ts'
import type { Failure } from '#core/failure.ts'
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
    checkpoint: async () => {
      const bytes = await tiles.read('checkpoint')
      return bytes && parseCheckpoint(Buffer.from(bytes).toString('utf8'))
    },
    proof: async (handoff: HandoffId) => JSON.stringify(await prove({ ...store, tiles }, handoff), null, 2),
  })
}
