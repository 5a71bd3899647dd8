import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { fail } from '#core/failure.ts'
import { isLoopback } from '#web/allowed-host.ts'
import type { ConsolePorts } from './ports.ts'
import { buildServer } from './server.ts'

export interface RunningConsole {
  readonly url: string
  readonly port: number
  close(): Promise<void>
}

function isHttpAddress(text: string): boolean {
  const protocol = URL.parse(text)?.protocol
  return protocol === 'https:' || protocol === 'http:'
}

/** Listens on return; on loopback only, else `OPS_USAGE`. `close` ends streams, then every connection. */
export async function startConsole(ports: ConsolePorts): Promise<RunningConsole> {
  if (!isLoopback(ports.host)) fail('OPS_USAGE', '/host', 'the console listens on loopback only')
  const { gateway } = ports
  if (gateway !== undefined && !isHttpAddress(gateway)) fail('OPS_USAGE', '/gateway', 'not an http address')
  const closing = new AbortController()
  const server = buildServer(ports, closing.signal)
  await server.listen({ host: ports.host, port: ports.port })
  const { port } = server.server.address() as AddressInfo
  const host = ports.host.includes(':') ? `[${ports.host}]` : ports.host
  const close = async () => {
    closing.abort()
    await server.close()
  }
  return { url: `http://${host}:${port}`, port, close }
}

/** The console until the signal aborts. `listening` is told the address. */
export async function run(
  ports: ConsolePorts,
  signal: AbortSignal,
  listening: (running: RunningConsole) => void = () => {},
): Promise<void> {
  const running = await startConsole(ports)
  listening(running)
  if (!signal.aborted) await once(signal, 'abort')
  await running.close()
}
