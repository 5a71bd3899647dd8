import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { asFailure } from '#core/failure.ts'
import { bridgePartnerTopics } from './bridge-partner-topics.ts'
import type { GatewayPorts } from './ports.ts'
import { buildServer } from './server.ts'

export interface RunningGateway {
  readonly url: string
  readonly port: number
  close(): Promise<void>
}

const CONTROL_EVERY_MS = 1_000

/** Keeps control read: who is let in is never older than the last reading, and an old one lets nobody in. */
async function followControl(ports: GatewayPorts, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await ports.clock.sleep(CONTROL_EVERY_MS, signal)
    try {
      if (!signal.aborted) await ports.control.refresh()
    } catch (error) {
      ports.report(asFailure(error), 'control')
    }
  }
}

/** Copies for partners with topics of their own, if this gateway has any; a bridge that stopped by itself is a bug and is said. */
async function bridge(ports: GatewayPorts, signal: AbortSignal): Promise<void> {
  const { partnerTopics: topics, partnerShare: share } = ports
  if (!topics) return
  while (!signal.aborted) {
    try {
      await bridgePartnerTopics({ ...ports, topics, ...(share ? { share } : {}) }, signal)
    } catch (error) {
      ports.report(asFailure(error), 'partner topics')
      await ports.clock.sleep(CONTROL_EVERY_MS, signal)
    }
  }
}

/** Listens on return. `close` ends streams and waits, then every connection. */
export async function startGateway(ports: GatewayPorts): Promise<RunningGateway> {
  const stopping = new AbortController()
  await ports.control.refresh()
  const server = buildServer(ports, stopping.signal)
  await server.listen({ host: ports.host, port: ports.port })
  const { port } = server.server.address() as AddressInfo
  const following = followControl(ports, stopping.signal)
  const bridging = bridge(ports, stopping.signal)
  const close = async () => {
    stopping.abort()
    await server.close()
    await following
    await bridging
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
