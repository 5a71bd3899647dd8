/**
 * Four administrative requests that kafkajs 2.2.4 does not know (client quotas, SCRAM users) and the metadata request, spoken
 * on a connection of our own. Nothing that carries messages goes this way.
 */
import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { fail } from '#core/failure.ts'

export interface WireTls {
  readonly ca: string
  readonly cert?: string
  readonly key?: string
}

export interface WireTarget {
  /** `host:port` of any broker. */
  readonly broker: string
  readonly tls?: WireTls
}

export interface WireRequest {
  readonly apiKey: number
  readonly apiVersion: number
  /** Flexible versions have tagged fields in both headers (KIP-482). */
  readonly flexible: boolean
  readonly body: Buffer
}

const TIMEOUT_MS = 10_000
const ANSWER_MAX = 8 * 1024 * 1024
const LENGTH_BYTES = 4
const CLIENT_ID = 'schakel-admin'

export function addressOf(broker: string): { readonly host: string; readonly port: number } {
  const at = broker.lastIndexOf(':')
  return { host: broker.slice(0, at), port: Number(broker.slice(at + 1)) }
}

function open({ broker, tls }: WireTarget): Socket {
  const { host, port } = addressOf(broker)
  return tls ? connectTls({ host, port, ...tls, minVersion: 'TLSv1.3' }) : connectTcp({ host, port })
}

function frame({ apiKey, apiVersion, flexible, body }: WireRequest): Buffer {
  const client = Buffer.from(CLIENT_ID)
  const head = Buffer.alloc(LENGTH_BYTES + 10)
  const tags = Buffer.alloc(flexible ? 1 : 0)
  head.writeInt32BE(10 + client.length + tags.length + body.length, 0)
  head.writeInt16BE(apiKey, 4)
  head.writeInt16BE(apiVersion, 6)
  head.writeInt32BE(1, 8)
  head.writeInt16BE(client.length, 12)
  return Buffer.concat([head, client, tags, body])
}

/** The answer's body, without its header. One request, one connection; any doubt throws `OPS_KAFKA`. */
export function ask(target: WireTarget, request: WireRequest): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = open(target)
    const chunks: Buffer[] = []
    const stop = (detail: string) => {
      socket.destroy()
      try {
        fail('OPS_KAFKA', undefined, `${target.broker}: ${detail}`)
      } catch (error) {
        reject(error)
      }
    }
    socket.setTimeout(TIMEOUT_MS, () => stop('no answer in time'))
    socket.on('error', (error: NodeJS.ErrnoException) => stop(error.code ?? error.name))
    socket.on('close', () => stop('closed without an answer'))
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      const all = Buffer.concat(chunks)
      if (all.length < LENGTH_BYTES) return
      const length = all.readInt32BE(0)
      if (length < LENGTH_BYTES || length > ANSWER_MAX) return stop('an answer of impossible length')
      if (all.length < LENGTH_BYTES + length) return
      socket.removeAllListeners('close')
      socket.destroy()
      resolve(all.subarray(2 * LENGTH_BYTES + (request.flexible ? 1 : 0), LENGTH_BYTES + length))
    })
    socket.write(frame(request))
  })
}

const METADATA = 3

/** Ids of the brokers that are up and unfenced, as the asked one knows them. */
export async function liveBrokers(target: WireTarget): Promise<readonly number[]> {
  const none = Buffer.alloc(LENGTH_BYTES)
  const answer = await ask(target, { apiKey: METADATA, apiVersion: 1, flexible: false, body: none })
  const ids: number[] = []
  let at = LENGTH_BYTES
  const skipText = () => {
    const length = answer.readInt16BE(at)
    at += 2 + Math.max(0, length)
  }
  for (let left = answer.readInt32BE(0); left > 0; left -= 1) {
    ids.push(answer.readInt32BE(at))
    at += LENGTH_BYTES
    skipText()
    at += LENGTH_BYTES
    skipText()
  }
  return ids.sort((a, b) => a - b)
}
