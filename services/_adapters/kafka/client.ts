/**
 * The one file that imports kafkajs (2.2.4, unmaintained). What kafka.md §4 found wrong with it is contained here, or avoided: of
 * the library only the connections, the requests and the admin client are used, no producer and no consumer (decision 0012).
 */
import { createRequire } from 'node:module'
import { isIP, connect as openTcp, type Socket } from 'node:net'
import { connect as openTls } from 'node:tls'
import { fail } from '#core/failure.ts'
import { LIMITS } from '#core/limits.ts'
import type { KafkaCluster } from './cluster.ts'
import type { ClusterAdmin } from './cluster-admin.ts'
import type { Cluster } from './kafkajs-cluster.ts'
import { withoutAborted } from './without-aborted.ts'

export interface KafkaConnection {
  /** `host:port` each. */
  readonly brokers: readonly string[]
  readonly clientId: string
  /** PEM. Absent: plain text, for tests. */
  readonly tls?: { readonly ca: string; readonly cert?: string; readonly key?: string }
  /** SCRAM-SHA-512. */
  readonly sasl?: { readonly username: string; readonly password: string }
  /** How long an answer may take before it counts as lost; default `LIMITS.kafkaRequestMs`. */
  readonly requestTimeoutMs?: number
}

const VERSION = '2.2.4'

type Kafkajs = typeof import('kafkajs')

interface QueueInside {
  readonly pending: readonly unknown[]
  readonly throttledUntil: number
}

const require = createRequire(import.meta.url)

/** kafkajs with its defects (a) and (e) mended. Its producer and consumer are for tests that show what they do. */
export const kafkajs: Kafkajs = loadMended()

function loadMended(): Kafkajs {
  const { version } = require('kafkajs/package.json') as { version: string }
  if (version !== VERSION)
    fail('BUG_INVARIANT', undefined, `kafkajs is ${version}, mended is ${VERSION} alone`)
  mendAbortFilter()
  mendRequestQueue()
  return require('kafkajs') as Kafkajs
}

/** (a) Before kafkajs itself is loaded, so that its consumer gets ours. */
function mendAbortFilter(): void {
  const path = require.resolve('kafkajs/src/consumer/filterAbortedMessages')
  require(path)
  const loaded = require.cache[path]
  if (loaded) loaded.exports = withoutAborted
  else fail('BUG_INVARIANT', undefined, 'no module cache to mend kafkajs in')
}

/** (e) A timer only when there is something to look at later; the original always sets one, with a negative time. */
function mendRequestQueue(): void {
  const queue = require('kafkajs/src/network/requestQueue') as {
    prototype: { scheduleCheckPendingRequests(this: QueueInside): void }
  }
  const original = queue.prototype.scheduleCheckPendingRequests
  queue.prototype.scheduleCheckPendingRequests = function scheduleIfNeeded() {
    if (this.pending.length > 0 || this.throttledUntil > Date.now()) original.call(this)
  }
}

/** kafkajs' log lines carry addresses and client ids, never content, but also stack traces: failures tell what matters. */
function newKafka(connection: KafkaConnection, retries: number, sockets?: Set<Socket>) {
  const { brokers, clientId, tls, sasl, requestTimeoutMs = LIMITS.kafkaRequestMs } = connection
  return new kafkajs.Kafka({
    clientId,
    brokers: [...brokers],
    logLevel: kafkajs.logLevel.NOTHING,
    requestTimeout: requestTimeoutMs,
    connectionTimeout: Math.min(requestTimeoutMs, LIMITS.kafkaConnectMs),
    authenticationTimeout: requestTimeoutMs,
    retry: { retries, initialRetryTime: 50 },
    socketFactory: socketFactory(sockets),
    ...(tls ? { ssl: { ...tls, minVersion: 'TLSv1.3' } } : {}),
    ...(sasl ? { sasl: { mechanism: 'scram-sha-512', ...sasl } } : {}),
  })
}

const KEEP_ALIVE_MS = 10_000

/** As kafkajs' own, without Nagle's delay; the sockets are known, so that a lane can be cut off at once. */
function socketFactory(sockets?: Set<Socket>) {
  return (order: { host: string; port: number; ssl?: object; onConnect: () => void }): Socket => {
    const { host, port, ssl, onConnect } = order
    const name = isIP(host) ? {} : { servername: host }
    const socket = ssl
      ? openTls({ host, port, ...name, ...ssl }, onConnect)
      : openTcp({ host, port }, onConnect)
    socket.setNoDelay(true)
    socket.setKeepAlive(true, KEEP_ALIVE_MS)
    sockets?.add(socket)
    socket.once('close', () => sockets?.delete(socket))
    return socket
  }
}

/** A connected admin client; whoever asked closes it with `disconnect`. Throws `OPS_KAFKA` when no broker answers. */
export async function connectAdmin(
  connection: KafkaConnection,
): Promise<ClusterAdmin & { disconnect(): Promise<void> }> {
  const admin = newKafka({ requestTimeoutMs: LIMITS.kafkaAdminMs, ...connection }, 2).admin()
  await admin.connect().catch((error: Error) => fail('OPS_KAFKA', undefined, `no connection: ${error.name}`))
  return admin
}

export interface OpenConnection {
  readonly cluster: KafkaCluster
  /** Ends every socket at once, whatever is in flight. */
  cut(): void
}

/** So that not everybody asks the first broker named, which may be the one that is down. */
let turn = 0

/**
 * Connections to a cluster and its requests as they are, none of them ever sent twice. The brokers named are tried in turn, each
 * once; throws `OPS_KAFKA` when none of them answers.
 */
export async function openConnection(connection: KafkaConnection): Promise<OpenConnection> {
  const { brokers } = connection
  let last: unknown
  turn += 1
  for (let attempt = 0; attempt < brokers.length; attempt += 1) {
    const at = (turn + attempt) % brokers.length
    const rotated = [...brokers.slice(at), ...brokers.slice(0, at)]
    const sockets = new Set<Socket>()
    const cluster = createCluster(newKafka({ ...connection, brokers: rotated }, 0, sockets))
    const cut = () => {
      // With an error: kafkajs does not listen to `close`, and would wait for answers on a dead connection.
      for (const socket of sockets) socket.destroy(new Error('cut'))
    }
    try {
      await cluster.connect()
      return { cluster, cut }
    } catch (error) {
      cut()
      last = error
    }
  }
  return fail(
    'OPS_KAFKA',
    undefined,
    `no connection: ${last instanceof Error ? last.name : 'no broker named'}`,
  )
}

/** The same as `openConnection`, for requests of single records; `disconnect` waits for what is in flight. */
export async function openCluster(connection: KafkaConnection): Promise<Cluster> {
  const { cluster } = await openConnection(connection)
  return cluster as unknown as Cluster
}

/** kafkajs keeps it behind a symbol; the version is pinned, so it stays there. */
function createCluster(kafka: object): KafkaCluster {
  const symbol = Object.getOwnPropertySymbols(kafka).find((each) =>
    each.description?.endsWith(':createCluster'),
  )
  const create = symbol && (kafka as Record<symbol, unknown>)[symbol]
  if (typeof create !== 'function') return fail('BUG_INVARIANT', undefined, 'kafkajs without createCluster')
  return create({ metadataMaxAge: LIMITS.kafkaMetadataMs, allowAutoTopicCreation: false }) as KafkaCluster
}
