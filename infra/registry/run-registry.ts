/** A Confluent-compatible registry for one machine: Apicurio Registry from Maven, on loopback. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { PostgresTarget } from '#adapters/postgres/open-pool.ts'
import { fail } from '#core/failure.ts'
import { freePorts } from '../kafka/free-ports.ts'
import { endLaunched, endLeftOver, type Launched, launch } from '../launched/child.ts'
import { APICURIO_VERSION, fetchApicurio } from './fetch-apicurio.ts'

const HOST = '127.0.0.1'
const PATH = '/apis/ccompat/v7'
const READY_MS = 120_000
const STOP_MS = 15_000
const POLL_MS = 100
const JAVA = ['java', '-Xmx384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']

export interface RegistryOptions {
  /** Log, pid and port; a folder of an earlier run is taken up again. */
  readonly folder: string
  /** A database of its own, owned by this user. Absent: in memory, gone with the process. */
  readonly storage?: PostgresTarget
}

export interface RunningRegistry {
  /** For `RegistryTarget.url`. */
  readonly url: string
  readonly port: number
  pid(): number
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>
  pause(): void
  resume(): void
  restart(): Promise<void>
  stop(): Promise<void>
}

async function portOf(folder: string): Promise<number> {
  const path = join(folder, 'registry.json')
  const kept = await readFile(path, 'utf8').catch(() => undefined)
  if (kept !== undefined) return (JSON.parse(kept) as { readonly port: number }).port
  const [port = 0] = await freePorts(1)
  await writeFile(path, JSON.stringify({ port }), { mode: 0o600 })
  return port
}

function environment(port: number, storage: PostgresTarget | undefined): Record<string, string> {
  const http = { QUARKUS_HTTP_HOST: HOST, QUARKUS_HTTP_PORT: String(port), QUARKUS_LOG_LEVEL: 'WARN' }
  if (!storage) return http
  const { host, database, user, password } = storage
  return {
    ...http,
    APICURIO_STORAGE_KIND: 'sql',
    APICURIO_STORAGE_SQL_KIND: 'postgresql',
    APICURIO_DATASOURCE_URL: `jdbc:postgresql://${host}:${storage.port}/${database}`,
    APICURIO_DATASOURCE_USERNAME: user,
    APICURIO_DATASOURCE_PASSWORD: password,
    APICURIO_DATASOURCE_JDBC_INITIAL_SIZE: '2',
    APICURIO_DATASOURCE_JDBC_MIN_SIZE: '2',
    APICURIO_DATASOURCE_JDBC_MAX_SIZE: '8',
  }
}

async function waitReady(url: string, running: Launched, folder: string): Promise<void> {
  const until = Date.now() + READY_MS
  while (Date.now() < until && !running.ended()) {
    const ready = await fetch(`${url}/subjects`, { signal: AbortSignal.timeout(5_000) }).then(
      async (answer) => Array.isArray(await answer.json()),
      () => false,
    )
    if (ready) return
    await delay(POLL_MS)
  }
  fail('OPS_REGISTRY', undefined, `the registry did not get ready: see ${folder}/registry.log`)
}

/** Resolves when it answers; it ends with this process at the latest. Throws `OPS_REGISTRY` with the reason. */
export async function runRegistry(options: RegistryOptions): Promise<RunningRegistry> {
  const { folder, storage } = options
  const app = await fetchApicurio()
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const port = await portOf(folder)
  const url = `http://${HOST}:${port}${PATH}`
  const mark = `-Dschakel.folder=${folder}`
  await endLeftOver(join(folder, 'registry.pid'), mark)
  const jar = join(app, `apicurio-registry-app-${APICURIO_VERSION}-runner.jar`)
  const env = environment(port, storage)
  let running: Launched | undefined
  const start = async () => {
    running = await launch({
      folder,
      name: 'registry',
      command: [...JAVA, mark, '-jar', jar],
      env,
      code: 'OPS_REGISTRY',
    })
    try {
      await waitReady(url, running, folder)
    } catch (error) {
      await endLaunched(running, 'SIGTERM', STOP_MS)
      throw error
    }
  }
  const stop = () => endLaunched(running, 'SIGTERM', STOP_MS)
  await start()
  return {
    url,
    port,
    pid: () => (running && !running.ended() ? running.pid : 0),
    kill: async () => {
      running?.signal('SIGKILL')
      await running?.exited
    },
    pause: () => running?.signal('SIGSTOP'),
    resume: () => running?.signal('SIGCONT'),
    restart: async () => {
      await stop()
      await start()
    },
    stop,
  }
}
