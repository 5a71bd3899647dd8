import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { GatewayPorts } from './ports.ts'
import { buildServer } from './server.ts'

export interface RunningGateway {
  readonly url: string
  readonly port: number
  close(): Promise<void>
}

/** Listens on return. `close` ends streams and waits, then every connection. */
export async function startGateway(ports: GatewayPorts): Promise<RunningGateway> {
  const stopping = new AbortController()
  const server = buildServer(ports, stopping.signal)
  await server.listen({ host: ports.host, port: ports.port })
  const { port } = server.server.address() as AddressInfo
  const close = async () => {
    stopping.abort()
    await server.close()
  }
  return { url: `https://${ports.host}:${port}`, port, close }
}

/** The gateway until the signal aborts. `listening` is told the address. */
export async function run(
  ports: GatewayPorts,
  signal: AbortSignal,
  listening: (gateway: RunningGateway) => void = () => {},
): Promise<void> {
  const gateway = await startGateway(ports)
  listening(gateway)
  if (!signal.aborted) await once(signal, 'abort')
  await gateway.close()
}
