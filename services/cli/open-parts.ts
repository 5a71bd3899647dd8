/** The four stores that a data directory's `store.json` names: embedded by default, Kafka, PostgreSQL and a registry when scaled out. */
import { openArtefactFolder } from '#adapters/artefact-store/folder.ts'
import { systemClock } from '#adapters/clock/system.ts'
import { openSqliteLog } from '#adapters/event-log/sqlite.ts'
import { openSqliteKeys } from '#adapters/key-store/sqlite.ts'
import { embeddedRegistry } from '#adapters/schema-registry/embedded.ts'
import type { ArtefactStore } from '#core/ports/artefact-store.ts'
import type { EventLog } from '#core/ports/event-log.ts'
import type { KeyStore } from '#core/ports/key-store.ts'
import type { PolicyEngine } from '#core/ports/policy-engine.ts'
import type { SchemaRegistry } from '#core/ports/schema-registry.ts'
import { type Identity, readStoreConfig, type StoreConfig } from './store-config.ts'
import { type StorePaths, storePaths } from './store-paths.ts'

export interface Parts {
  readonly paths: StorePaths
  readonly config: StoreConfig
  readonly log: EventLog
  readonly keys: KeyStore
  readonly registry: SchemaRegistry
  readonly artefacts: ArtefactStore
  close(): Promise<void>
}

export interface OpenAs {
  readonly identity: Identity
  readonly instance?: string
  /** Default: the compiled rules. */
  readonly engine?: PolicyEngine
}

/** Opens them; what was opened before one fails is closed again. */
export async function openParts(data: string, as: OpenAs): Promise<Parts> {
  const paths = storePaths(data, as.instance)
  const config = await readStoreConfig(data)
  const opened: { close(): Promise<void> }[] = []
  const keep = <T extends { close(): Promise<void> }>(part: T): T => {
    opened.push(part)
    return part
  }
  const close = async () => {
    for (const part of opened.reverse()) await part.close()
  }
  try {
    const log = keep(openSqliteLog(paths.log, systemClock))
    const keys = keep(openSqliteKeys(paths.keys))
    const artefacts = openArtefactFolder(paths.artefacts)
    return { paths, config, log, keys, registry: embeddedRegistry(), artefacts, close }
  } catch (error) {
    await close()
    throw error
  }
}
