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
import type { PartnerTopics } from '#core/ports/partner-topics.ts'
import { run as runCourier } from '#services/courier/run.ts'
import { runShare } from '#services/exchange/run.ts'
import type { GatewayPorts } from '#services/gateway/ports.ts'
import { startGateway } from '#services/gateway/run.ts'
import { run as runLedger } from '#services/ledger/run.ts'
import { serveTiles } from '#services/ledger/serve-tiles.ts'
import type { Store } from '../open-store.ts'
import { transitOpener } from '../open-transit.ts'
import { serviceSigner } from '../service-signer.ts'
import { keepKeys, keepKeysOnce } from './keep-keys.ts'
import { openPartners } from './open-partner-topics.ts'
import { openShare } from './open-share.ts'
import { type ConsoleUp, runConsole } from './run-console.ts'
import type { ServiceHooks } from './service-hooks.ts'

export const SERVICES = ['exchange', 'ledger', 'courier', 'gateway', 'console', 'keeper'] as const
export type ServiceName = (typeof SERVICES)[number]

export interface StartOptions {
  readonly names: ReadonlySet<ServiceName>
  /** Where the gateway listens; default: loopback. */
  readonly host?: string
  readonly gatewayPort: number
  readonly consolePort: number
  /** Something an operator should read; never personal data. */
  readonly report: (service: ServiceName, text: string) => void
  /** Who looks on: metrics, spans and the log. */
  readonly hooks?: ServiceHooks
}

export interface Running {
  readonly gateway: string | undefined
  readonly console: ConsoleUp | undefined
  /** Rejects when a service stopped by itself: then everything stops. */
  readonly failed: Promise<never>
  stop(): Promise<void>
}

const HOST = '127.0.0.1'
const VIEWERS = ['gateway', 'courier', 'console'] as const

/** Whether one of these shows or delivers what the view holds. */
export const follows = (names: ReadonlySet<ServiceName>): boolean => VIEWERS.some((name) => names.has(name))

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
  const ledgerStopping = new AbortController()
  const { signal } = stopping
  const { names } = options
  const work: Promise<void>[] = []
  const { promise: failed, reject: fail } = Promise.withResolvers<never>()
  failed.catch(() => {})
  const spawn = (name: ServiceName, task: Promise<void>): Promise<void> => {
    const watched = task.catch((error: unknown) => {
      options.report(name, asFailure(error).message)
      fail(asFailure(error))
    })
    work.push(watched)
    return watched
  }
  const say = (name: ServiceName) => (failure: Failure, about: string) => {
    options.report(name, `${failure.code} ${about}`)
    options.hooks?.report(name)(failure, about)
  }
  // Who shows or delivers follows all outcomes; who judges or counts reads its own way.
  const viewer = VIEWERS.find((name) => names.has(name))
  if (viewer) spawn(viewer, store.view.run(signal))
  if (names.has('exchange')) {
    const share = await openShare(store, 'schakel.exchange')
    spawn('exchange', runShare(exchangePorts(store, options), share, signal))
  }
  const ledger = names.has('ledger')
    ? spawn('ledger', runLedger(ledgerPorts(store, options), ledgerStopping.signal))
    : undefined
  const copied = names.has('gateway') ? await openPartners(store, 'schakel.gateway') : undefined
  const written = names.has('courier') ? await openPartners(store, 'schakel.courier') : undefined
  if (names.has('courier')) {
    spawn('courier', runCourier(await courierPorts(store, options, written, say('courier')), signal))
  }
  if (keeps(store, names)) {
    await keepKeysOnce(store)
    spawn(
      'keeper',
      keepKeys(store, signal, (text) => options.report('keeper', text)),
    )
  }
  const gateway = names.has('gateway')
    ? await startGateway(await gatewayPorts(store, options, copied, say('gateway')))
    : undefined
  const page = names.has('console')
    ? await runConsole(store, options.consolePort, gateway?.url, say('console'))
    : undefined
  const stop = async () => {
    await page?.close()
    await gateway?.close()
    stopping.abort()
    // The ledger last: what the others still wrote is in its last cut.
    await Promise.all(work.filter((task) => task !== ledger))
    ledgerStopping.abort()
    await ledger
    await copied?.close()
    await written?.close()
  }
  return { gateway: gateway?.url, console: page, failed, stop }
}

/** Keys by the calendar: a service of its own where identities have rights of their own, else part of whoever judges. */
function keeps(store: Store, names: ReadonlySet<ServiceName>): boolean {
  return names.has('keeper') || (store.config.log === undefined && names.has('exchange'))
}

async function courierPorts(
  store: Store,
  { hooks }: StartOptions,
  topics: PartnerTopics | undefined,
  report: Parameters<typeof runCourier>[0]['report'],
): Promise<Parameters<typeof runCourier>[0]> {
  const { log, view, control, clock, random, codecs, keys } = store
  const tls = await tlsOf(store)
  const post = (url: string, headers: Readonly<Record<string, string>>, body: string, stop: AbortSignal) =>
    postJose(url, headers, body, {
      tls,
      timeoutMs: LIMITS.pushTimeoutMs,
      allowedHosts: new Set(),
      signal: stop,
    })
  return {
    log,
    encodeInbound: codecs.inbound.encode,
    view,
    control,
    signer: await serviceSigner(keys, 'courier'),
    openTransit: transitOpener(keys),
    post,
    ...hooks?.courier,
    ...(topics ? { topics, topicShare: await openShare(store, 'schakel.courier.topics') } : {}),
    clock,
    random,
    report,
  }
}

async function gatewayPorts(
  store: Store,
  { gatewayPort: port, host = HOST, hooks }: StartOptions,
  partnerTopics: PartnerTopics | undefined,
  report: GatewayPorts['report'],
): Promise<GatewayPorts> {
  const { log, view, control, clock, random, codecs, keys, paths } = store
  return {
    host,
    port,
    tls: await tlsOf(store),
    log,
    encodeInbound: codecs.inbound.encode,
    view,
    control,
    certificates: certificateCheck,
    openTransit: transitOpener(keys),
    tiles: serveTiles(paths.ledger),
    ...(partnerTopics
      ? { partnerTopics, partnerShare: await openShare(store, 'schakel.gateway.bridge') }
      : {}),
    ...(hooks ? { observe: hooks.gateway } : {}),
    clock,
    random,
    report,
  }
}

function exchangePorts(store: Store, options: StartOptions): Parameters<typeof runShare>[0] {
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
      options.hooks?.exchange(event)
      if (event.kind === 'share')
        return options.report('exchange', `works on partitions ${event.partitions.join(' ')}`)
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
      options.hooks?.ledger(event)
      if (event.kind === 'paused') options.report('ledger', `paused ${event.failure.code}`)
    },
  }
}
