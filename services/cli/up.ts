import { flushCompileCache } from 'node:module'
import { systemClock } from '#adapters/clock/system.ts'
import { within } from '#adapters/telemetry/health.ts'
import { openLogger } from '#adapters/telemetry/logger.ts'
import { asFailure, fail } from '#core/failure.ts'
import type { Call, ExitCode } from './command.ts'
import { initialise } from './init.ts'
import type { OpenAs } from './open-parts.ts'
import { openStore, type Store } from './open-store.ts'
import { claimData } from './running/claim-data.ts'
import { freePort } from './running/free-port.ts'
import { writeGatewayAddress } from './running/gateway-address.ts'
import { openPatiently } from './running/open-patiently.ts'
import { openTelemetry, type Telemetry, type TelemetryOptions } from './running/open-telemetry.ts'
import { playStories } from './running/play-stories.ts'
import type { ConsoleUp } from './running/run-console.ts'
import { settled } from './running/settled.ts'
import { follows, type Running, SERVICES, type ServiceName, startServices } from './running/start-services.ts'
import { readStoreConfig } from './store-config.ts'
import { storePaths } from './store-paths.ts'

const GATEWAY_PORT = 7400
const CONSOLE_PORT = 7480
const LISTEN = ['127.0.0.1', '0.0.0.0', '::'] as const
/** A stop that takes longer is one of a broker or database that does not answer; what is durable is durable. */
const STOP_MS = 30_000
const INSTANCE = /^[a-z0-9]{1,16}$/

function listenOf(call: Call): string {
  const asked = call.option('listen') ?? LISTEN[0]
  return LISTEN.find((one) => one === asked) ?? fail('OPS_USAGE', '/listen')
}

function namesOf(call: Call): ReadonlySet<ServiceName> {
  const asked = call.positionals
  if (asked.length === 0) return new Set(SERVICES)
  return new Set(SERVICES.filter((name) => asked.includes(name)))
}

/** One service alone has the rights of that service; several together need the operator's. */
function identityOf(names: ReadonlySet<ServiceName>, instance: string | undefined): OpenAs {
  const [only] = names.size === 1 ? names : []
  const identity = only === undefined || only === 'keeper' ? 'operator' : only
  return instance === undefined ? { identity } : { identity, instance }
}

/**
 * Starts the services of a data directory (making it first), plays the story asked for, and stays up until a signal; with
 * --once it ends when the story's ledger facts are in a published checkpoint.
 */
export async function runUp(call: Call): Promise<ExitCode> {
  const names = namesOf(call)
  const instance = call.option('instance')
  if (instance !== undefined && !INSTANCE.test(instance)) fail('OPS_USAGE', '/instance')
  const claims = [...names].map((name) => (instance === undefined ? name : `${name}-${instance}`))
  const release = await claimData(call.data, claims)
  try {
    const fresh = await found(call)
    const store = await openPatiently(() => openFollowed(call.data, names, instance), {
      clock: systemClock,
      signal: call.signal,
      waits: ({ code }) => call.out.progress(`${code}: waiting`),
    })
    try {
      return await serve(call, store, fresh, names)
    } finally {
      await store.close()
    }
  } finally {
    await release()
  }
}

/**
 * The store, with the view read to the end of the log where a service of this process shows or delivers what is in it. Others never follow
 * it: an exchange that read the whole log into a view before it answers would be away the longer the more there is.
 */
async function openFollowed(
  data: string,
  names: ReadonlySet<ServiceName>,
  instance: string | undefined,
): Promise<Store> {
  const path = storePaths(data, instance).viewOf(names)
  const store = await openStore(data, path, identityOf(names, instance))
  try {
    if (follows(names)) await store.view.catchUp()
    return store
  } catch (error) {
    await store.close()
    throw error
  }
}

/** True when the data directory is new. One process at a time founds it; on stores of others only `schakel init` does. */
async function found(call: Call): Promise<boolean> {
  if ((await readStoreConfig(call.data)).log) return false
  const release = await claimData(call.data, ['init'])
  try {
    return await initialise(call.data, {
      strict: call.flag('strict'),
      progress: (text) => call.out.progress(text),
    })
  } finally {
    await release()
  }
}

async function serve(
  call: Call,
  store: Store,
  fresh: boolean,
  names: ReadonlySet<ServiceName>,
): Promise<ExitCode> {
  if (!fresh && follows(names)) greet(call, store)
  const telemetry = await openTelemetry(store, seenFromOutside(call, names))
  try {
    return await serveSeen(call, store, names, telemetry)
  } finally {
    await telemetry.close()
  }
}

async function serveSeen(
  call: Call,
  store: Store,
  names: ReadonlySet<ServiceName>,
  telemetry: Telemetry,
): Promise<ExitCode> {
  const out = call.out
  const told = (text: string) => out.progress(text)
  const running = await startServices(store, {
    hooks: telemetry.hooks,
    names,
    host: listenOf(call),
    gatewayPort: names.has('gateway') ? await freePort(call.option('port'), GATEWAY_PORT, told) : 0,
    consolePort: names.has('console') ? await freePort(call.option('console-port'), CONSOLE_PORT, told) : 0,
    report: (service, text) => {
      if (call.option('log') !== 'json') out.progress(`${service}: ${text}`)
    },
  })
  const forget = running.gateway ? await writeGatewayAddress(call.data, running.gateway) : undefined
  try {
    return await Promise.race([work(call, store, running), running.failed])
  } catch (error) {
    out.progress(`stopped: ${asFailure(error).message}`)
    return 2
  } finally {
    // Said first, so that nobody sends more meanwhile.
    telemetry.health.drain()
    await forget?.()
    if (!(await within(STOP_MS, running.stop()))) out.progress('not everything had ended in time')
  }
}

function portOf(text: string | undefined): number {
  const port = Number(text ?? 0)
  return Number.isInteger(port) && port >= 0 && port < 65_536 ? port : fail('OPS_USAGE', '/management-port')
}

/** The process's name in metrics and log; the log itself is for machines, and is written when it is asked for. */
function seenFromOutside(call: Call, names: ReadonlySet<ServiceName>): TelemetryOptions {
  const instance = call.option('instance')
  const log = call.option('log')
  if (log !== undefined && log !== 'json') fail('OPS_USAGE', '/log')
  const all = names.size === SERVICES.length ? 'schakel' : [...names].join('-')
  const otlp = process.env['OTEL_EXPORTER_OTLP_ENDPOINT']
  const name = instance === undefined ? all : `${all}-${instance}`
  return {
    data: call.data,
    name,
    services: names,
    host: listenOf(call),
    port: portOf(call.option('management-port')),
    ...(otlp ? { otlp } : {}),
    ...(log === 'json' ? {} : { logger: openLogger(name, { write: () => undefined }) }),
  }
}

function greet(call: Call, store: Store): void {
  const counts = Object.entries(store.view.counts()).map(([state, count]) => `${count} ${state}`)
  call.out.progress(`found ${call.data}: ${counts.join(', ') || 'no hand-offs yet'}; going on`)
}

/** With a link that signs one in, unless what is said goes to a log. */
function tellPages(call: Call, { url, signIn }: ConsoleUp): void {
  call.out.line(`page     ${url}/`)
  if (call.option('log') === 'json') return
  for (const [role, link] of Object.entries(signIn)) call.out.line(`${role.padEnd(8)} ${link}`)
}

async function work(call: Call, store: Store, running: Running): Promise<ExitCode> {
  const { out, signal } = call
  const names = (call.option('story') ?? '').split(',').filter((name) => name !== '')
  let code: ExitCode = 0
  if (names.length > 0 && running.gateway) {
    code = (await playStories(call, store, names, running.gateway)) ? 0 : 1
    await settled(store)
  }
  if (running.gateway) out.line(`gateway  ${running.gateway}/v1/openapi.json (mTLS)`)
  if (running.console) tellPages(call, running.console)
  if (call.flag('once')) return code
  // Else only a process that ends well would leave it (`NODE_COMPILE_CACHE`).
  flushCompileCache()
  out.progress('running; Ctrl-C stops')
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
  return code
}
