import type { IncomingMessage } from 'node:http'
import { Agent, request } from 'node:https'
import { checkServerIdentity, type PeerCertificate } from 'node:tls'
import { asFailure, type FailureCode } from '#core/failure.ts'
import { FAILURES } from '#core/failure-table.ts'
import type { Oin } from '#core/ids.ts'
import { readCertificate } from '#core/message/certificate.ts'
import type { Identity } from './read-identity.ts'
import { SchakelError } from './sdk-error.ts'

const ANSWER_BYTES_MAX = 64 * 1024 * 1024
const TIMEOUT_MS = 20_000
/** Beyond the gateway's heartbeat of 15 s. */
const STREAM_SILENCE_MS = 45_000
const RETRYABLE = new Set([429, 500, 502, 503, 504])

export interface Call {
  readonly method?: 'GET' | 'POST'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** The longest that the answer may take, ms. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

export interface Answer {
  readonly status: number
  readonly text: string
}

interface ProblemBody {
  readonly code?: unknown
  readonly pointer?: unknown
}

function isCode(code: unknown): code is FailureCode {
  return typeof code === 'string' && Object.hasOwn(FAILURES, code)
}

function parseProblem(text: string): ProblemBody {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}

/** problem+json (RFC 9457) as an error; an answer that is not the gateway's own counts by its status alone. */
function problemError(status: number, text: string, retryAfter: string | undefined): SchakelError {
  const { code, pointer } = parseProblem(text)
  const seconds = Number(retryAfter)
  return new SchakelError(isCode(code) ? code : 'OPS_UNREACHABLE', {
    status,
    pointer: typeof pointer === 'string' ? pointer : null,
    retryable: RETRYABLE.has(status),
    retryAfter: retryAfter !== undefined && Number.isFinite(seconds) ? seconds * 1000 : null,
  })
}

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > ANSWER_BYTES_MAX) throw new SchakelError('MSG_SIZE', { detail: 'answer too large' })
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** The gateway's HTTP API over mTLS 1.3; the other end must be the exchange itself, not just somebody of the same CA. */
export class GatewayClient {
  readonly #base: URL
  readonly #agent: Agent
  readonly #language: string

  constructor(gateway: string, identity: Identity, exchange: Oin, language: string) {
    this.#base = new URL(gateway)
    if (this.#base.protocol !== 'https:')
      throw new SchakelError('OPS_USAGE', { detail: 'gateway must be https' })
    this.#language = language
    this.#agent = new Agent({
      keepAlive: true,
      ca: identity.ca.pem,
      cert: identity.tls.certPem,
      key: identity.tls.keyPem,
      minVersion: 'TLSv1.3',
      rejectUnauthorized: true,
      checkServerIdentity: (host, peer) =>
        checkServerIdentity(host, peer) ?? notTheExchange(peer, identity, exchange),
    })
  }

  /** 2xx answers; everything else throws SchakelError. */
  async call(call: Call): Promise<Answer> {
    const timeout = AbortSignal.timeout(call.timeoutMs ?? TIMEOUT_MS)
    const signal = call.signal ? AbortSignal.any([call.signal, timeout]) : timeout
    try {
      const response = await this.#open(call, signal)
      const text = await readText(response)
      return { status: response.statusCode ?? 0, text }
    } catch (error) {
      throw networkError(error)
    }
  }

  async json<T>(call: Call): Promise<T> {
    const { text } = await this.call({ ...call, headers: { accept: 'application/json', ...call.headers } })
    try {
      return JSON.parse(text) as T
    } catch (error) {
      throw new SchakelError('OPS_UNREACHABLE', {
        detail: 'answer is not JSON',
        retryable: true,
        cause: error,
      })
    }
  }

  /** An open answer whose bytes come as they come; ends on abort, when it does not begin in time, or after `STREAM_SILENCE_MS` without a byte. */
  async *stream(call: Call & { readonly signal: AbortSignal }): AsyncGenerator<Uint8Array> {
    try {
      const response = await this.#openInTime(call)
      response.setTimeout(STREAM_SILENCE_MS, () => response.destroy(new Error('silence')))
      yield* response as AsyncIterable<Buffer>
    } catch (error) {
      if (!call.signal.aborted) throw networkError(error)
    }
  }

  close(): void {
    this.#agent.destroy()
  }

  /** A gateway that takes the connection and never answers must not be waited for: another one may be there. */
  async #openInTime(call: Call & { readonly signal: AbortSignal }): Promise<IncomingMessage> {
    const late = new AbortController()
    const timer = setTimeout(() => late.abort(), call.timeoutMs ?? TIMEOUT_MS)
    try {
      return await this.#open(call, AbortSignal.any([call.signal, late.signal]))
    } finally {
      clearTimeout(timer)
    }
  }

  #open(call: Call, signal: AbortSignal): Promise<IncomingMessage> {
    const body = call.body === undefined ? undefined : Buffer.from(call.body, 'utf8')
    const headers = {
      'accept-language': this.#language,
      ...(body ? { 'content-length': String(body.length) } : {}),
      ...call.headers,
    }
    return new Promise((resolve, reject) => {
      const method = call.method ?? 'GET'
      const outgoing = request(
        new URL(call.path, this.#base),
        { method, headers, agent: this.#agent, signal },
        (response) => {
          const status = response.statusCode ?? 0
          if (status >= 200 && status < 300) return resolve(response)
          const after = response.headers['retry-after']
          readText(response).then((text) => reject(problemError(status, text, after)), reject)
        },
      )
      outgoing.on('error', reject)
      outgoing.end(body)
    })
  }
}

/** Every tls certificate of the CA could stand in for the gateway: only the exchange's own OIN may. */
function notTheExchange(peer: PeerCertificate, identity: Identity, exchange: Oin): Error | undefined {
  try {
    const certificate = readCertificate(peer.raw, identity.ca)
    if (certificate.use === 'tls' && certificate.oin === exchange) return undefined
    return new SchakelError('PEER_CERTIFICATE', { detail: 'the other end is not the exchange' })
  } catch (error) {
    return new SchakelError('PEER_CERTIFICATE', {
      detail: 'server certificate outside the profile',
      cause: error,
    })
  }
}

/** TLS refusals are for the partner desk; everything else on the line may be tried again. */
function networkError(error: unknown): SchakelError {
  if (error instanceof SchakelError) return error
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? ''
  if (/^(ERR_TLS_CERT|ERR_SSL|CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED)/.test(code))
    return new SchakelError('PEER_CERTIFICATE', { detail: code, cause: error })
  const detail = code || asFailure(error).message
  return new SchakelError('OPS_UNREACHABLE', { retryable: true, detail, cause: error })
}
