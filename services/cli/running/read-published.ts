import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Published } from '#adapters/telemetry/log-metrics.ts'
import { openTileFolder } from '#adapters/tiles/folder.ts'
import { readState } from '#services/ledger/saved-state.ts'

/** What the newest checkpoint in this ledger folder covers, and when it was written; undefined before the first. */
export async function readPublished(folder: string): Promise<Published | undefined> {
  const state = await readState(openTileFolder(folder))
  if (!state) return undefined
  const { mtimeMs } = await stat(join(folder, 'checkpoint'))
  return { upto: state.heads.map((head) => head?.seq ?? 0), size: state.size, at: mtimeMs }
}
