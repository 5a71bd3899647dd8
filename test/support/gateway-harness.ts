import { randomBytes } from 'node:crypto'
import { request } from 'node:https'
import { type CaIdentity, createCa } from '#adapters/pki/create-ca.ts'
import { issueCrl } from '#adapters/pki/issue-crl.ts'
import { issueIdentity, type PartnerIdentity } from '#adapters/pki/issue-identity.ts'
import type { PkiPorts } from '#adapters/pki/ports.ts'
import { generateKeyPair } from '#adapters/pki/system-pki-ports.ts'
import type { Failure } from '#core/failure.ts'
import type { Inbound } from '#core/handoff/outcome.ts'
import { certificateCheck } from '#core/message/certificate-check.ts'
import type { GatewayPorts } from '#services/gateway/ports.ts'
import { type RunningGateway, startGateway } from '#services/gateway/run.ts'
import { MemoryView } from './memory-view.ts'
import { OINS, testEpochOf } from './test-epoch.ts'

export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
  readonly json: Record<string, unknown>
}

export interface CallOptions {
  readonly method?: string
  readonly as?: PartnerIdentity | undefined
  readonly headers?: Record<string, string>
  readonly body?: string | Uint8Array
  /** Send with chunked transfer coding, without a length. */
  readonly chunked?: boolean
}

export class GatewayHarness {
  now = Date.UTC(2026, 10, 24, 12)
  readonly view = new MemoryView()
  readonly inbound: { partition: number; inbound: Inbound }[] = []
  readonly failures: Failure[] = []
  readonly artefacts = new Map<string, Uint8Array>()
  readAt = this.now
  epoch = testEpochOf()
  logDown = false
  readonly pki: PkiPorts
  readonly ca: CaIdentity
  gateway!: RunningGateway

  constructor() {
    const clock = { now: () => this.now - 60_000 }
    this.pki = { clock, bytes: (count) => randomBytes(count), keyPair: generateKeyPair }
    this.ca = createCa(this.pki)
    this.artefacts.set('pki/ca.pem', Buffer.from(this.ca.certPem))
    this.revoke([])
  }

  identity(oin: string, ca = this.ca): PartnerIdentity {
    return issueIdentity(this.pki, ca, { oin, commonName: 'test', organisation: 'Test' })
  }

  revoke(serials: readonly string[], days = 30): void {
    const revoked = serials.map((serial) => ({ serial, at: this.now }))
    this.artefacts.set('pki/crl.pem', Buffer.from(issueCrl(this.pki, this.ca, { number: 1, days, revoked })))
    this.epoch = testEpochOf(this.epoch.number + 1)
  }

  async start(change: Partial<GatewayPorts> = {}): Promise<void> {
    const server = this.identity(OINS.exchange).tls
    this.gateway = await startGateway({
      host: '127.0.0.1',
      port: 0,
      tls: { key: server.keyPem, cert: server.certPem, ca: this.ca.certPem },
      log: {
        put: async (partition, entry) => {
          if (this.logDown) throw new Error('disk gone')
          this.inbound.push({ partition, inbound: JSON.parse(Buffer.from(entry.value).toString()) })
          return { position: this.inbound.length, at: this.now }
        },
        end: async () => this.inbound.length,
      },
      encodeInbound: (inbound) => ({
        headers: {},
        value: Buffer.from(
          JSON.stringify({ ...inbound, body: Buffer.from(inbound.body).toString('latin1') }),
        ),
      }),
      view: this.view,
      control: {
        current: () => ({ epoch: this.epoch, readAt: this.readAt }),
        refresh: async () => ({ epoch: this.epoch, readAt: this.readAt }),
        artefact: async (path) => this.artefacts.get(path),
      },
      certificates: certificateCheck,
      openTransit: async (_row, sealed) => Buffer.from(sealed).toString('latin1'),
      tiles: async (path) => ({
        status: 200,
        headers: { 'content-type': 'text/plain' },
        body: Buffer.from(path),
      }),
      clock: { now: () => this.now, sleep: (ms, signal) => sleep(ms, signal) },
      random: {
        bytes: (count) => randomBytes(count),
        ephemeral: () => {
          throw new Error('not used')
        },
      },
      report: (failure) => this.failures.push(failure),
      ...change,
    })
  }

  call(path: string, options: CallOptions = {}): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const { as, body } = options
      const whole: Record<string, string> =
        body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
      const length = options.chunked ? { 'transfer-encoding': 'chunked' } : whole
      const call = request(
        `${this.gateway.url}${path}`,
        {
          method: options.method ?? 'GET',
          ca: this.ca.certPem,
          ...(as ? { key: as.tls.keyPem, cert: as.tls.certPem } : {}),
          headers: { ...length, ...options.headers },
          agent: false,
        },
        (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk: Buffer) => chunks.push(chunk))
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString('utf8')
            const type = String(response.headers['content-type'] ?? '')
            const json = type.includes('json') ? JSON.parse(text) : {}
            resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json })
          })
        },
      )
      call.on('error', reject)
      call.end(body)
    })
  }
}

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal?.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
