import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { backup, DatabaseSync } from 'node:sqlite'
import { systemClock } from '#adapters/clock/system.ts'
import { type ControlFollower, followControl } from '#adapters/control/follow.ts'
import { compiledEngine } from '#adapters/policy-engine/compiled.ts'
import { systemRandom } from '#adapters/random/system.ts'
import { type FollowedView, openSqliteView } from '#adapters/view/sqlite.ts'
import { defaultEpochDeps } from '#core/decision/epoch-deps.ts'
import { loadEpoch } from '#core/decision/load-epoch.ts'
import { fail } from '#core/failure.ts'
import type { RecordCodecs } from '#core/log/codec.ts'
import { openLog } from '#core/log/open-log.ts'
import { loadCodecs } from '#core/log/record-codecs.ts'
import type { ArtefactStore } from '#core/ports/artefact-store.ts'
import type { Clock } from '#core/ports/clock.ts'
import type { EventLog } from '#core/ports/event-log.ts'
import type { KeyStore } from '#core/ports/key-store.ts'
import type { Random } from '#core/ports/random.ts'
import { type OpenAs, openParts, type Parts } from './open-parts.ts'
import { readStoreConfig, type StoreConfig } from './store-config.ts'
import { type StorePaths, storePaths } from './store-paths.ts'

/** Everything of a data directory, opened: what one process of the embedded default works on. */
export interface Store {
  readonly paths: StorePaths
  readonly config: StoreConfig
  readonly kafka: Parts['kafka']
  /** Whether this process may read what was handed in: on Kafka most services alone may not (infra/kafka/topics.json). */
  readonly readsInbound: boolean
  readonly logId: string
  readonly log: EventLog
  readonly keys: KeyStore
  readonly artefacts: ArtefactStore
  readonly codecs: RecordCodecs
  readonly control: ControlFollower
  readonly view: FollowedView
  readonly clock: Clock
  readonly random: Random
  close(): Promise<void>
}

/**
 * Opens a data directory that `schakel init` made, control read to its end. `view`: path of the view's own file; commands
 * that only look use one of their own in memory, so that they never write beside a running exchange.
 * Throws `OPS_DATA` when there is none, `OPS_LOG` when the log is not the one it was.
 */
export async function openStore(
  data: string,
  view?: string,
  as: OpenAs = { identity: 'operator' },
): Promise<Store> {
  const embedded = (await readStoreConfig(data)).log === undefined
  if (embedded && !existsSync(storePaths(data).log))
    fail('OPS_DATA', undefined, `no log in ${data}; schakel init makes one`)
  const parts = await openParts(data, as)
  try {
    return await openOn(parts, view ?? ':memory:', as)
  } catch (error) {
    await parts.close()
    throw error
  }
}

async function openOn(parts: Parts, view: string, as: OpenAs): Promise<Store> {
  const { engine = compiledEngine(), clock = systemClock } = as
  const { paths, config, kafka, log, keys, artefacts, registry } = parts
  const codecs = await loadCodecs(registry)
  const { logId } = await openLog(log, codecs)
  const control = followControl({
    log,
    codecs,
    artefacts,
    clock,
    load: (number, files) => loadEpoch(number, files, engine, defaultEpochDeps),
  })
  await control.refresh()
  const followed = openSqliteView({ log, codecs, keys, path: view })
  const close = async () => {
    followed.close()
    await parts.close()
  }
  return {
    paths,
    config,
    kafka,
    readsInbound: kafka === undefined || as.identity === 'operator',
    logId,
    log,
    keys,
    artefacts,
    codecs,
    control,
    view: followed,
    clock,
    random: systemRandom,
    close,
  }
}

/** A view to read that nobody else writes: a copy of the running one, brought up to date from the log, and gone afterwards. */
async function viewCopy(path: string): Promise<{ readonly path: string; remove(): Promise<void> }> {
  if (!existsSync(path)) return { path: ':memory:', remove: async () => {} }
  const folder = await mkdtemp(join(tmpdir(), 'schakel-view-'))
  const copy = join(folder, 'view.db')
  const source = new DatabaseSync(path, { readOnly: true, timeout: 10_000 })
  try {
    await backup(source, copy)
  } finally {
    source.close()
  }
  return { path: copy, remove: () => rm(folder, { recursive: true, force: true }) }
}

/** Opens, works, closes, whatever happens. The view is caught up before `work` starts; nothing in the directory is written by it. */
export async function withStore<T>(
  data: string,
  as: Partial<OpenAs>,
  work: (store: Store) => Promise<T>,
): Promise<T> {
  const view = await viewCopy(storePaths(data).view)
  try {
    const store = await openStore(data, view.path, { identity: 'operator', ...as })
    try {
      await store.view.catchUp()
      return await work(store)
    } finally {
      await store.close()
    }
  } finally {
    await view.remove()
  }
}
