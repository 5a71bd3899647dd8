/**
 * Stands between clients and Kafka brokers (plain text), and knows where one message of the protocol ends and the next begins: so a test
 * can let a request land and lose its answer, hold a request back and let it land late, cut or delay. Addresses in metadata and
 * coordinator answers are replaced, so that clients stay behind it.
 */
import { createServer, connect as dial, type Server, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

export interface Frame {
  readonly direction: 'request' | 'response'
  /** Index in the list of brokers. */
  readonly broker: number
  readonly connection: number
  readonly apiKey: number
  readonly apiVersion: number
  readonly correlationId: number
  readonly bytes: Buffer
}

/** `drop`: swallowed, the rest goes on. `cut`: both ends lose the connection. `after`: what follows on it in this direction waits too. */
export type Fate = 'pass' | 'drop' | 'cut' | { readonly after: Promise<unknown> }

export const API = {
  produce: 0,
  fetch: 1,
  metadata: 3,
  findCoordinator: 10,
  joinGroup: 11,
  heartbeat: 12,
} as const

export const delayed = (ms: number): Fate => ({ after: delay(ms) })

export interface TcpProxy {
  /** To connect to, in the order of the brokers behind. */
  readonly brokers: readonly string[]
  /** Decides on each message from now on; none: everything passes. */
  rule(rule: ((frame: Frame) => Fate) | undefined): void
  /** All connections, or those to one broker. New ones are taken. */
  cut(broker?: number): void
  /** While refused, connections are cut at once, also new ones. */
  refuse(refused: boolean): void
  close(): Promise<void>
}

const LENGTH_BYTES = 4

interface Shared {
  readonly ports: ReadonlyMap<number, number>
  rule: (frame: Frame) => Fate
  refused: boolean
  readonly pairs: Set<{ readonly broker: number; cut(): void }>
  connections: number
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      if (address && typeof address === 'object') resolve(address.port)
      else reject(new Error('no port'))
    })
  })
}

/** Splits a stream into messages: four bytes of length, then as many. */
function splitter(each: (frame: Buffer) => void) {
  let rest: Buffer = Buffer.alloc(0)
  return (chunk: Buffer) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    while (rest.length >= LENGTH_BYTES) {
      const size = LENGTH_BYTES + rest.readInt32BE(0)
      if (rest.length < size) return
      each(rest.subarray(0, size))
      rest = rest.subarray(size)
    }
  }
}

function join(shared: Shared, broker: number, client: Socket, target: { host: string; port: number }): void {
  if (shared.refused) return void client.destroy()
  shared.connections += 1
  const connection = shared.connections
  const server = dial(target)
  for (const socket of [client, server]) socket.setNoDelay(true)
  const pair = {
    broker,
    cut() {
      client.destroy()
      server.destroy()
      shared.pairs.delete(pair)
    },
  }
  shared.pairs.add(pair)
  const asked = new Map<number, { apiKey: number; apiVersion: number }>()
  const toServer = pipe(shared, pair.cut, server)
  const toClient = pipe(shared, pair.cut, client)
  client.on(
    'data',
    splitter((bytes) => {
      const [apiKey, apiVersion] = [bytes.readInt16BE(4), bytes.readInt16BE(6)]
      const correlationId = bytes.readInt32BE(8)
      asked.set(correlationId, { apiKey, apiVersion })
      toServer.take({ direction: 'request', broker, connection, apiKey, apiVersion, correlationId, bytes })
    }),
  )
  server.on(
    'data',
    splitter((bytes) => {
      const correlationId = bytes.readInt32BE(LENGTH_BYTES)
      const { apiKey, apiVersion } = asked.get(correlationId) ?? { apiKey: -1, apiVersion: -1 }
      asked.delete(correlationId)
      readdress(bytes, apiKey, apiVersion, shared.ports)
      toClient.take({ direction: 'response', broker, connection, apiKey, apiVersion, correlationId, bytes })
    }),
  )
  for (const socket of [client, server]) socket.on('error', () => undefined)
  // What is held back still arrives, even if whoever sent it has gone.
  client.on('close', () => void toServer.idle().then(() => server.end()))
  server.on('close', () => void toClient.idle().then(() => client.destroy()))
}

/** One direction, in order. */
function pipe(shared: Shared, cut: () => void, to: Socket) {
  let queue: Promise<unknown> = Promise.resolve()
  let held = 0
  const send = (bytes: Buffer) => {
    if (to.writable) to.write(bytes)
  }
  return {
    take(frame: Frame) {
      const fate = shared.rule(frame)
      if (fate === 'cut') return cut()
      if (fate === 'drop') return
      const bytes = Buffer.from(frame.bytes)
      if (fate === 'pass' && held === 0) return send(bytes)
      held += 1
      queue = queue
        .then(() => (fate === 'pass' ? undefined : fate.after))
        .then(() => {
          held -= 1
          send(bytes)
        })
    },
    idle: () => queue.catch(() => undefined),
  }
}

/** Puts the proxy's ports where an answer names those of the brokers; versions before KIP-482 only, as kafkajs speaks them. */
function readdress(
  bytes: Buffer,
  apiKey: number,
  apiVersion: number,
  ports: ReadonlyMap<number, number>,
): void {
  let at = 2 * LENGTH_BYTES
  const skipText = () => {
    at += 2 + Math.max(0, bytes.readInt16BE(at))
  }
  const replace = () => {
    bytes.writeInt32BE(ports.get(bytes.readInt32BE(at)) ?? bytes.readInt32BE(at), at)
    at += 4
  }
  if (apiKey === API.metadata && apiVersion <= 8) {
    if (apiVersion >= 3) at += 4
    let left = bytes.readInt32BE(at)
    at += 4
    for (; left > 0; left -= 1) {
      at += 4
      skipText()
      replace()
      if (apiVersion >= 1) skipText()
    }
  }
  if (apiKey === API.findCoordinator && apiVersion <= 2) {
    if (apiVersion >= 1) at += 4
    if (bytes.readInt16BE(at) !== 0) return
    at += 2
    if (apiVersion >= 1) skipText()
    at += 4
    skipText()
    replace()
  }
}

/** One listener for each broker, all on loopback. */
export async function startTcpProxy(brokers: readonly string[]): Promise<TcpProxy> {
  const ports = new Map<number, number>()
  const shared: Shared = { ports, rule: () => 'pass', refused: false, pairs: new Set(), connections: 0 }
  const servers: Server[] = []
  const addresses: string[] = []
  for (const [index, address] of brokers.entries()) {
    const at = address.lastIndexOf(':')
    const target = { host: address.slice(0, at), port: Number(address.slice(at + 1)) }
    const server = createServer((client) => join(shared, index, client, target))
    const port = await listen(server)
    ports.set(target.port, port)
    addresses.push(`127.0.0.1:${port}`)
    servers.push(server)
  }
  const cut = (broker?: number) => {
    for (const pair of [...shared.pairs]) if (broker === undefined || pair.broker === broker) pair.cut()
  }
  return {
    brokers: addresses,
    rule: (rule) => {
      shared.rule = rule ?? (() => 'pass')
    },
    cut,
    refuse(refused) {
      shared.refused = refused
      if (refused) cut()
    },
    async close() {
      cut()
      await Promise.all(servers.map((server) => new Promise((done) => server.close(done))))
    },
  }
}
