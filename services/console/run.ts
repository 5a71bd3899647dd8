import { once } from 'node:events'
import { fail } from '#core/failure.ts'
import { listen } from '#web/site.ts'
import type { ConsolePorts } from './ports.ts'
import { buildSite } from './server.ts'

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
  const { gateway } = ports
  if (gateway !== undefined && !isHttpAddress(gateway)) fail('OPS_USAGE', '/gateway', 'not an http address')
  const closing = new AbortController()
  const listening = await listen(buildSite(ports, closing.signal), ports.host, ports.port)
  const close = async () => {
    closing.abort()
    await listening.close()
  }
  return { url: listening.url, port: listening.port, close }
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
