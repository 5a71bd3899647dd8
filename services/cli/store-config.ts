import { readFile, rename, writeFile } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import { fail } from '#core/failure.ts'

/** Who opens the stores: on Kafka and PostgreSQL each service has an identity of its own, with the rights it needs. */
export const IDENTITIES = ['exchange', 'ledger', 'courier', 'gateway', 'console', 'operator'] as const
export type Identity = (typeof IDENTITIES)[number]

export interface KafkaConfig {
  readonly kind: 'kafka'
  readonly brokers: readonly string[]
  /** Folder with `<identity>.cert.pem` and `<identity>.key.pem`, and the file with the CA; relative to the data directory or absolute. */
  readonly identities: string
  readonly ca: string
}

export interface PostgresConfig {
  readonly kind: 'postgres'
  readonly host: string
  readonly port: number
  readonly database: string
  /** Folder with one file per identity: the password of its role `schakel_<identity>`. */
  readonly passwords: string
  /** File with the CA of the server's certificate; absent only on loopback. */
  readonly ca?: string
  /** File with the keys under which rows are wrapped (docs/decisions/0013): 32 bytes in base64 a line, that for new rows first. */
  readonly wrappingKeys: string
}

export interface RegistryConfig {
  readonly kind: 'confluent'
  readonly url: string
}

/** What `store.json` in a data directory says; a member that is absent is the embedded default. No secrets: files by reference. */
export interface StoreConfig {
  readonly log?: KafkaConfig
  readonly keys?: PostgresConfig
  readonly registry?: RegistryConfig
}

const FILE = 'store.json'

function text(value: unknown, at: string): string {
  return typeof value === 'string' && value !== '' ? value : fail('OPS_CONFIG', at)
}

function port(value: unknown, at: string): number {
  const fits = typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 65_536
  return fits ? value : fail('OPS_CONFIG', at)
}

function members(value: unknown, at: string, known: readonly string[]): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return fail('OPS_CONFIG', at)
  for (const name of Object.keys(value)) if (!known.includes(name)) fail('OPS_CONFIG', `${at}/${name}`)
  return value as Record<string, unknown>
}

function kafka(value: unknown): KafkaConfig {
  const { kind, brokers, identities, ca } = members(value, '/log', ['kind', 'brokers', 'identities', 'ca'])
  if (kind !== 'kafka') fail('OPS_CONFIG', '/log/kind')
  const list = Array.isArray(brokers) && brokers.length > 0 ? brokers : fail('OPS_CONFIG', '/log/brokers')
  return {
    kind: 'kafka',
    brokers: list.map((one, index) => text(one, `/log/brokers/${index}`)),
    identities: text(identities, '/log/identities'),
    ca: text(ca, '/log/ca'),
  }
}

function postgres(value: unknown): PostgresConfig {
  const known = ['kind', 'host', 'port', 'database', 'passwords', 'ca', 'wrappingKeys']
  const found = members(value, '/keys', known)
  if (found['kind'] !== 'postgres') fail('OPS_CONFIG', '/keys/kind')
  return {
    kind: 'postgres',
    host: text(found['host'], '/keys/host'),
    port: port(found['port'], '/keys/port'),
    database: text(found['database'], '/keys/database'),
    passwords: text(found['passwords'], '/keys/passwords'),
    wrappingKeys: text(found['wrappingKeys'], '/keys/wrappingKeys'),
    ...(found['ca'] === undefined ? {} : { ca: text(found['ca'], '/keys/ca') }),
  }
}

function registry(value: unknown): RegistryConfig {
  const { kind, url } = members(value, '/registry', ['kind', 'url'])
  if (kind !== 'confluent') fail('OPS_CONFIG', '/registry/kind')
  return { kind: 'confluent', url: text(url, '/registry/url') }
}

/** Strict: an unknown member, or one that does not fit, throws `OPS_CONFIG` with its pointer. No file: all embedded. */
export async function readStoreConfig(data: string): Promise<StoreConfig> {
  const bytes = await readFile(join(data, FILE), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (bytes === undefined) return {}
  let parsed: unknown
  try {
    parsed = JSON.parse(bytes)
  } catch {
    return fail('OPS_CONFIG', undefined, `${FILE} does not parse`)
  }
  const found = members(parsed, '', ['log', 'keys', 'registry'])
  return {
    ...(found['log'] === undefined ? {} : { log: kafka(found['log']) }),
    ...(found['keys'] === undefined ? {} : { keys: postgres(found['keys']) }),
    ...(found['registry'] === undefined ? {} : { registry: registry(found['registry']) }),
  }
}

/** Whole or not at all. */
export async function writeStoreConfig(data: string, config: StoreConfig): Promise<void> {
  const path = join(data, FILE)
  await writeFile(`${path}.new`, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 })
  await rename(`${path}.new`, path)
}

/** A path of the configuration, which may be relative to the data directory. */
export function configuredPath(data: string, path: string): string {
  return isAbsolute(path) ? path : join(data, path)
}
