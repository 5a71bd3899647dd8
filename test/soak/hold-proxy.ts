/**
 * Stands before a broker whose lines are encrypted: it cannot read them, but it can hold one direction back, let it go late, or never.
 * Requests that land while their answers are held and then cut are exactly the appends nobody can be sure of.
 */
import { createServer, connect as dial, type Socket } from 'node:net'

export interface HoldProxy {
  readonly port: number
  /** Where it leads to; settable once the port is known. */
  target(port: number): void
  /** From now on nothing gets from the broker to clients. */
  hold(): void
  /** What was held arrives, late. */
  letGo(): void
  /** What was held is lost, with every connection. */
  cut(): void
  close(): Promise<void>
}

interface Pair {
  readonly client: Socket
  readonly server: Socket
}

const HOST = '127.0.0.1'

export async function startHoldProxy(): Promise<HoldProxy> {
  const pairs = new Set<Pair>()
  let target = 0
  let held = false
  const take = (client: Socket) => {
    const server = dial({ host: HOST, port: target })
    const pair = { client, server }
    pairs.add(pair)
    for (const socket of [client, server]) {
      socket.setNoDelay(true)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        pairs.delete(pair)
        client.destroy()
        server.destroy()
      })
    }
    client.pipe(server)
    server.on('data', (bytes) => {
      if (!client.write(bytes)) server.pause()
    })
    client.on('drain', () => {
      if (!held) server.resume()
    })
    server.on('end', () => client.end())
    if (held) server.pause()
  }
  const server = createServer(take)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, HOST, resolve)
  })
  const address = server.address()
  if (!address || typeof address !== 'object') throw new Error('no port')
  return {
    port: address.port,
    target: (port) => {
      target = port
    },
    hold() {
      held = true
      for (const pair of pairs) pair.server.pause()
    },
    letGo() {
      held = false
      for (const pair of pairs) pair.server.resume()
    },
    cut() {
      held = false
      for (const pair of [...pairs]) {
        pair.client.destroy()
        pair.server.destroy()
      }
    },
    close() {
      for (const pair of [...pairs]) {
        pair.client.destroy()
        pair.server.destroy()
      }
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
