/** Starts services of one data directory in this process; each gets its ports and nothing else. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openSqliteFold } from '#adapters/fold/sqlite.ts'
import { postJose } from '#adapters/http/post-jose.ts'
import { openSqlitePoison } from '#adapters/poison/sqlite.ts'
import { openTileFolder } from '#adapters/tiles/folder.ts'
import { asFailure, type Failure } from '#core/failure.ts'
import { createEvaluator } from '#core/handoff/evaluate.ts'
import { LIMITS } from '#core/limits.ts'
import { certificateCheck } from '#core/message/certificate-check.ts'
import { run as runCourier } from '#services/courier/run.ts'
import { run as runExchange } from '#services/exchange/run.ts'
import type { GatewayPorts } from '#services/gateway/ports.ts'
import { startGateway } from '#services/gateway/run.ts'
import { run as runLedger } from '#services/ledger/run.ts'
import { serveTiles } from '#services/ledger/serve-tiles.ts'
import type { Store } from '../open-store.ts'
import { transitOpener } from '../open-transit.ts'
import { serviceSigner } from '../service-signer.ts'
import { runConsole } from './run-console.ts'

export const SERVICES = ['exchange', 'ledger', 'courier', 'gateway', 'console'] as const
export type ServiceName = (typeof SERVICES)[number]

export interface StartOptions {
  readonly names: ReadonlySet<ServiceName>
  readonly gatewayPort: number
  readonly consolePort: number
  /** Something an operator should read; never personal data. */
  readonly report: (service: ServiceName, text: string) => void
}

export interface Running {
  readonly gateway: string | undefined
  readonly console: string | undefined
  /** Rejects when a service stopped by itself: then everything stops. */
  readonly failed: Promise<never>
  stop(): Promise<void>
}

const HOST = '127.0.0.1'

async function tlsOf(store: Store): Promise<GatewayPorts['tls']> {
  const read = (name: string) => readFile(join(store.paths.pki, name), 'utf8')
  const [key, cert, ca] = await Promise.all([
    read('gateway.key.pem'),
    read('gateway.cert.pem'),
    read('ca.pem'),
  ])
  return { key, cert, ca }
}

export async function startServices(store: Store, options: StartOptions): Promise<Running> {
  const stopping = new AbortController()
  const { signal } = stopping
  const work: Promise<void>[] = []
  const { promise: failed, reject: fail } = Promise.withResolvers<never>()
  failed.catch(() => {})
  const spawn = (name: ServiceName, task: Promise<void>) => {
    work.push(
      task.catch((error: unknown) => {
        options.report(name, asFailure(error).message)
        fail(asFailure(error))
      }),
    )
  }
  const say = (name: ServiceName) => (failure: Failure, about: string) =>
    options.report(name, `${failure.code} ${about}`)
  if (options.names.has('exchange')) spawn('exchange', runExchange(exchangePorts(store, options), signal))
  spawn('gateway', store.view.run(signal))
  if (options.names.has('ledger')) spawn('ledger', runLedger(ledgerPorts(store, options), signal))
  const openTransit = transitOpener(store.keys)
  const { log, view, control, clock, random, codecs } = store
  const encodeInbound = codecs.inbound.encode
  const tls = await tlsOf(store)
  if (options.names.has('courier')) {
    const post = (url: string, headers: Readonly<Record<string, string>>, body: string, stop: AbortSignal) =>
      postJose(url, headers, body, {
        tls,
        timeoutMs: LIMITS.pushTimeoutMs,
        allowedHosts: new Set(),
        signal: stop,
      })
    const signer = await serviceSigner(store.keys, 'courier')
    const ports = {
      log,
      encodeInbound,
      view,
      control,
      signer,
      openTransit,
      post,
      clock,
      random,
      report: say('courier'),
    }
    spawn('courier', runCourier(ports, signal))
  }
  const gateway = options.names.has('gateway')
    ? await startGateway({
        host: HOST,
        port: options.gatewayPort,
        tls,
        log,
        encodeInbound,
        view,
        control,
        certificates: certificateCheck,
        openTransit,
        tiles: serveTiles(store.paths.ledger),
        clock,
        random,
        report: say('gateway'),
      })
    : undefined
  const page = options.names.has('console')
    ? await runConsole(store, options.consolePort, gateway?.url, say('console'))
    : undefined
  const stop = async () => {
    await page?.close()
    await gateway?.close()
    stopping.abort()
    await Promise.all(work)
  }
  return { gateway: gateway?.url, console: page?.url, failed, stop }
}

function exchangePorts(store: Store, options: StartOptions): Parameters<typeof runExchange>[0] {
  const { log, codecs, keys, control, clock, random, paths } = store
  return {
    log,
    codecs,
    keys,
    control,
    clock,
    random,
    evaluator: createEvaluator(),
    fold: (partition) => openSqliteFold(paths.fold(partition)),
    poison: openSqlitePoison(paths.poison),
    report: (event) => {
      const detail = event.kind === 'bug' ? event.error.message : 'code' in event ? event.code : ''
      options.report('exchange', `${event.kind} partition ${event.partition} ${detail}`)
    },
  }
}

function ledgerPorts(store: Store, options: StartOptions): Parameters<typeof runLedger>[0] {
  const { log, codecs, keys, clock, paths } = store
  return {
    log,
    codecs,
    keys,
    tiles: openTileFolder(paths.ledger),
    clock,
    report: (event) => {
      if (event.kind === 'paused') options.report('ledger', `paused ${event.failure.code}`)
    },
  }
}
