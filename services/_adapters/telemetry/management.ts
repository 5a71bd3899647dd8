import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fail } from '#core/failure.ts'
import type { Health } from './health.ts'
import type { Metrics } from './metrics.ts'

export interface ManagementPorts {
  /** 0 = any free one. */
  readonly port: number
  /** Default `127.0.0.1`. Never an address that partners reach: nobody is asked who he is here. */
  readonly host?: string
  readonly metrics: Metrics
  readonly health: Health
}

export interface Management {
  readonly url: string
  close(): Promise<void>
}

const JSON_TYPE = 'application/json; charset=utf-8'

function answer(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  })
  response.end(body)
}

async function serve(ports: ManagementPorts, request: IncomingMessage, response: ServerResponse) {
  request.resume()
  if (request.method !== 'GET') return answer(response, 405, JSON_TYPE, '{"status":"GET only"}')
  switch (request.url) {
    case '/health/live':
      return answer(response, 200, JSON_TYPE, '{"status":"ok"}')
    case '/health/ready': {
      const { ready, body } = await ports.health.report()
      return answer(response, ready ? 200 : 503, JSON_TYPE, JSON.stringify(body))
    }
    case '/metrics':
      return answer(response, 200, ports.metrics.contentType, await ports.metrics.text())
    default:
      return answer(response, 404, JSON_TYPE, '{"status":"not found"}')
  }
}

/** `/metrics`, `/health/live`, `/health/ready` on a port of their own; listens on return. `OPS_CONFIG` when the port is taken. */
export async function startManagement(ports: ManagementPorts): Promise<Management> {
  const host = ports.host ?? '127.0.0.1'
  const server = createServer({ maxHeaderSize: 8 * 1024, requestTimeout: 10_000 }, (request, response) => {
    serve(ports, request, response).catch(() => {
      if (!response.headersSent) answer(response, 500, JSON_TYPE, '{"status":"BUG_UNEXPECTED"}')
      else response.destroy()
    })
  })
  server.maxConnections = 64
  server.listen(ports.port, host)
  await once(server, 'listening').catch(() => fail('OPS_CONFIG', '/management', 'the port is taken'))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://${host}:${port}`,
    async close() {
      server.close()
      server.closeAllConnections()
      ports.metrics.close()
    },
  }
}
