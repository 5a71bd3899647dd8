/** The four stores that a data directory's `store.json` names: embedded by default, Kafka, PostgreSQL and a registry when scaled out. */
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openArtefactFolder } from '#adapters/artefact-store/folder.ts'
import { systemClock } from '#adapters/clock/system.ts'
import { openSqliteLog } from '#adapters/event-log/sqlite.ts'
import type { KafkaConnection } from '#adapters/kafka/client.ts'
import { openSqliteKeys } from '#adapters/key-store/sqlite.ts'
import type { PostgresTarget } from '#adapters/postgres/open-pool.ts'
import { embeddedRegistry } from '#adapters/schema-registry/embedded.ts'
import { fail } from '#core/failure.ts'
import type { ArtefactStore } from '#core/ports/artefact-store.ts'
import type { Clock } from '#core/ports/clock.ts'
import type { EventLog } from '#core/ports/event-log.ts'
import type { KeyStore } from '#core/ports/key-store.ts'
import type { PolicyEngine } from '#core/ports/policy-engine.ts'
import type { SchemaRegistry } from '#core/ports/schema-registry.ts'
import {
  configuredPath,
  type Identity,
  type KafkaConfig,
  type PostgresConfig,
  type RegistryConfig,
  readStoreConfig,
  type StoreConfig,
} from './store-config.ts'
import { type StorePaths, storePaths } from './store-paths.ts'

export interface Parts {
  readonly paths: StorePaths
  readonly config: StoreConfig
  /** With the rights of whoever opened; undefined on the embedded default. */
  readonly kafka: KafkaConnection | undefined
  readonly log: EventLog
  readonly keys: KeyStore
  readonly registry: SchemaRegistry
  readonly artefacts: ArtefactStore
  close(): Promise<void>
}

export interface OpenAs {
  readonly identity: Identity
  readonly instance?: string
  /** For founding: on Kafka only the administrator may write the first record of every topic. */
  readonly founding?: boolean
  /** Default: the compiled rules. */
  readonly engine?: PolicyEngine
  /** Default: that of the machine. Of the embedded log and of every service. */
  readonly clock?: Clock
}

/** Opens them; what was opened before one fails is closed again. What is not embedded is read when it is named: nobody else waits for it. */
export async function openParts(data: string, as: OpenAs): Promise<Parts> {
  const paths = storePaths(data, as.instance)
  if (as.instance !== undefined) await mkdir(paths.folds, { recursive: true, mode: 0o700 })
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
    const kafka = config.log && (await kafkaConnection(data, config.log, as))
    const log = keep(kafka ? await kafkaLog(kafka) : openSqliteLog(paths.log, as.clock ?? systemClock))
    const { keys, artefacts } = config.keys
      ? await onPostgres(data, config.keys, as, keep)
      : { keys: keep(openSqliteKeys(paths.keys)), artefacts: openArtefactFolder(paths.artefacts) }
    const registry = config.registry ? await confluentRegistry(config.registry) : embeddedRegistry()
    return { paths, config, kafka, log, keys, registry, artefacts, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** How this identity reaches the brokers. */
async function kafkaConnection(data: string, config: KafkaConfig, as: OpenAs): Promise<KafkaConnection> {
  const { instance } = as
  const identity = as.founding ? 'admin' : as.identity
  const read = (path: string) => readFile(configuredPath(data, path), 'utf8')
  return {
    brokers: config.brokers,
    clientId: instance === undefined ? `schakel-${identity}` : `schakel-${identity}-${instance}`,
    tls: {
      ca: await read(config.ca),
      cert: await read(join(config.identities, `${identity}.cert.pem`)),
      key: await read(join(config.identities, `${identity}.key.pem`)),
    },
  }
}

async function kafkaLog(kafka: KafkaConnection): Promise<EventLog> {
  const { openKafkaLog } = await import('#adapters/event-log/kafka.ts')
  return openKafkaLog({ ...kafka, clock: systemClock })
}

async function confluentRegistry({ url }: RegistryConfig): Promise<SchemaRegistry> {
  const { openConfluentRegistry } = await import('#adapters/schema-registry/confluent.ts')
  return openConfluentRegistry({ url })
}

const KEY_BYTES = 32

/** How the role of this identity reaches the database. */
export async function postgresTarget(
  data: string,
  config: PostgresConfig,
  identity: Identity,
): Promise<PostgresTarget> {
  const text = (path: string) => readFile(configuredPath(data, path), 'utf8')
  const { host, port, database, ca } = config
  return {
    host,
    port,
    database,
    user: `schakel_${identity}`,
    password: (await text(join(config.passwords, identity))).trim(),
    ...(ca === undefined ? {} : { ca: await text(ca) }),
  }
}

async function onPostgres(
  data: string,
  config: PostgresConfig,
  { identity }: OpenAs,
  keep: <T extends { close(): Promise<void> }>(part: T) => T,
): Promise<{ readonly keys: KeyStore; readonly artefacts: ArtefactStore }> {
  const { openPostgresKeys } = await import('#adapters/key-store/postgres.ts')
  const { openPostgresArtefacts } = await import('#adapters/artefact-store/postgres.ts')
  const target = await postgresTarget(data, config, identity)
  // One key a line, base64: that for new rows first, then those of before.
  const wrappingKeys = (await readFile(configuredPath(data, config.wrappingKeys), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => Buffer.from(line, 'base64'))
  if (wrappingKeys.some((key) => key.length !== KEY_BYTES)) fail('OPS_CONFIG', '/keys/wrappingKeys')
  const keys = keep(await openPostgresKeys({ ...target, wrappingKeys }))
  return { keys, artefacts: keep(openPostgresArtefacts(target)) }
}
