import { setTimeout as delay } from 'node:timers/promises'
import { asFailure } from '#core/failure.ts'
import type { Call, ExitCode } from './command.ts'
import { initialise } from './init.ts'
import { openStore, type Store } from './open-store.ts'
import { claimData } from './running/claim-data.ts'
import { keepKeys, keepKeysOnce } from './running/keep-keys.ts'
import { playStories } from './running/play-stories.ts'
import { type Running, SERVICES, type ServiceName, startServices } from './running/start-services.ts'
import { storePaths } from './store-paths.ts'

const GATEWAY_PORT = 7400
const CONSOLE_PORT = 7480
const SETTLE_MS = 10_000

function namesOf(call: Call): ReadonlySet<ServiceName> {
  const asked = call.positionals
  if (asked.length === 0) return new Set(SERVICES)
  return new Set(SERVICES.filter((name) => asked.includes(name)))
}

/** The port asked for, else the usual one, else (`--once`, or it is taken) any free one. */
async function portOf(call: Call, option: string, usual: number): Promise<number> {
  const asked = call.option(option)
  if (asked !== undefined) return Number(asked)
  const { createServer } = await import('node:net')
  const free = await new Promise<boolean>((resolve) => {
    const probe = createServer().once('error', () => resolve(false))
    probe.listen(usual, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
  if (!free) call.out.progress(`port ${usual} is taken: using a free one`)
  return free ? usual : 0
}

/**
 * Starts the services of a data directory (making it first), plays the story asked for, and stays up until a signal; with
 * --once it ends when the story's ledger facts are in a published checkpoint.
 */
export async function runUp(call: Call): Promise<ExitCode> {
  const progress = (text: string) => call.out.progress(text)
  const release = await claimData(call.data)
  try {
    const fresh = await initialise(call.data, { strict: call.flag('strict'), progress })
    const store = await openStore(call.data, storePaths(call.data).view)
    try {
      return await serve(call, store, fresh)
    } finally {
      await store.close()
    }
  } finally {
    await release()
  }
}

async function serve(call: Call, store: Store, fresh: boolean): Promise<ExitCode> {
  const out = call.out
  await store.view.catchUp()
  if (!fresh) greet(call, store)
  const running = await startServices(store, {
    names: namesOf(call),
    gatewayPort: await portOf(call, 'port', GATEWAY_PORT),
    consolePort: await portOf(call, 'console-port', CONSOLE_PORT),
    report: (service, text) => out.progress(`${service}: ${text}`),
  })
  const stopping = new AbortController()
  try {
    await keepKeysOnce(store)
    const keeping = keepKeys(store, stopping.signal, (text) => out.progress(`keys: ${text}`))
    const code = await Promise.race([work(call, store, running), running.failed])
    stopping.abort()
    await keeping
    return code
  } catch (error) {
    out.progress(`stopped: ${asFailure(error).message}`)
    return 2
  } finally {
    stopping.abort()
    await running.stop()
  }
}

function greet(call: Call, store: Store): void {
  const counts = Object.entries(store.view.counts()).map(([state, count]) => `${count} ${state}`)
  call.out.progress(`found ${call.data}: ${counts.join(', ') || 'no hand-offs yet'}; going on`)
}

async function work(call: Call, store: Store, running: Running): Promise<ExitCode> {
  const { out, signal } = call
  const names = (call.option('story') ?? '').split(',').filter((name) => name !== '')
  let code: ExitCode = 0
  if (names.length > 0 && running.gateway) {
    code = (await playStories(call, store, names, running.gateway)) ? 0 : 1
    await ledgerCaughtUp(store)
  }
  if (running.gateway) out.line(`gateway  ${running.gateway}/v1/openapi.json (mTLS)`)
  if (running.console) out.line(`page     ${running.console}/`)
  if (call.flag('once')) return code
  out.progress('running; Ctrl-C stops')
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
  return code
}

/** Until every leaf so far is in a published checkpoint, or ten seconds have gone. */
async function ledgerCaughtUp(store: Store): Promise<void> {
  const { publishedUpto } = await import('./running/published-upto.ts')
  for (let waited = 0; waited < SETTLE_MS; waited += 50) {
    await store.view.catchUp()
    const head = store.view.head()
    const upto = await publishedUpto(store)
    if (upto && head.every((seq, partition) => (upto[partition] ?? 0) >= seq)) return
    await delay(50)
  }
}
