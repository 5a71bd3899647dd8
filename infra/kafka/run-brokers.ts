import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { liveBrokers, type WireTarget, type WireTls } from '#adapters/kafka/wire.ts'
import { asFailure, fail } from '#core/failure.ts'
import { endLaunched, type Launched } from '../launched/child.ts'
import { endLeftOverNode, formatNode, startNode, writePrivate } from './broker-process.ts'
import { fetchJars } from './fetch-jars.ts'
import { freePorts } from './free-ports.ts'
import { metadataFolder, type NodePorts, type SecuredFiles, serverProperties } from './server-properties.ts'

/** One that ended is not waited for; one that is slow is. */
const READY_MS = 180_000
const STOP_MS = 15_000
const POLL_MS = 100
const PORTS_PER_NODE = 5

export interface BrokerSecurity extends SecuredFiles {
  /** As whom to ask whether the cluster is up: the admin. */
  readonly admin: WireTls
}

export interface BrokerOptions {
  /** Data, logs, pid files and ports; a folder of an earlier run is taken up again. */
  readonly folder: string
  readonly count: 1 | 3
  /** Absent: one plain-text listener on loopback, for tests that are about something else. */
  readonly security?: BrokerSecurity
  /** Further broker properties. */
  readonly extra?: Readonly<Record<string, string>>
  /** Port that clients and other brokers are told for the services' listener of node `id`, where something stands in between. */
  readonly advertise?: (id: number, ports: NodePorts) => number
}

/** Brokers are numbered 0, 1, 2 here; their node ids are one higher. */
export interface RunningBrokers {
  /** For services: listener INTERNAL when secured, else CLIENT. */
  readonly brokers: readonly string[]
  /** Secured only, else empty. */
  readonly partnerBrokers: readonly string[]
  readonly scramBrokers: readonly string[]
  readonly folder: string
  /** Of the JVMs as they are now; 0: not running. */
  pids(): readonly number[]
  /** SIGKILL; resolves when it is gone. */
  kill(broker: number): Promise<void>
  /** SIGSTOP and SIGCONT. */
  pause(broker: number): void
  resume(broker: number): void
  /** Starts one that was killed, on its old data and ports; resolves when all that run know each other. */
  restart(broker: number): Promise<void>
  /** Resolves when every broker that runs is registered and unfenced. */
  ready(): Promise<void>
  /** SIGTERM, and SIGKILL for what is still there. */
  stop(): Promise<void>
}

interface Plan {
  readonly cluster: string
  readonly ports: readonly NodePorts[]
}

/** 16 bytes in base64url; one that begins with `-` would be read as an option, and Kafka makes none either. */
export function clusterId(bytes = randomBytes): string {
  for (;;) {
    const id = bytes(16).toString('base64url')
    if (!id.startsWith('-')) return id
  }
}

/** Ports and cluster id of a folder: made once, kept, so that clients find a restarted cluster where it was. */
async function planOf(folder: string, count: number): Promise<Plan> {
  const path = join(folder, 'cluster.json')
  const kept = await readFile(path, 'utf8').catch(() => undefined)
  if (kept !== undefined) {
    const plan = JSON.parse(kept) as Plan
    if (plan.ports.length !== count)
      fail('OPS_KAFKA', undefined, `${folder} holds a cluster of ${plan.ports.length} brokers`)
    return plan
  }
  const free = await freePorts(count * PORTS_PER_NODE)
  const ports = Array.from({ length: count }, (_, node) => {
    const own = free.slice(node * PORTS_PER_NODE)
    const [internal = 0, controller = 0, partner = 0, scram = 0, replication] = own
    return { internal, controller, partner, scram, replication }
  })
  const plan = { cluster: clusterId(), ports }
  await writeFile(path, JSON.stringify(plan), { mode: 0o600 })
  return plan
}

async function waitReady(targets: readonly WireTarget[], wanted: number, dead: () => boolean): Promise<void> {
  const until = Date.now() + READY_MS
  let last = 'no answer'
  while (Date.now() < until) {
    if (dead()) fail('OPS_KAFKA', undefined, 'a broker ended while it started: see broker.log')
    const counts = await Promise.all(
      targets.map((target) =>
        liveBrokers(target).then(
          (ids) => ids.length,
          (error: unknown) => {
            last = asFailure(error).message
            return 0
          },
        ),
      ),
    )
    if (counts.every((count) => count >= wanted)) return
    await delay(POLL_MS)
  }
  fail('OPS_KAFKA', undefined, `the brokers were not ready in ${READY_MS / 1000} s: ${last}`)
}

function control(
  options: BrokerOptions,
  plan: Plan,
  jars: string,
  nodes: (Launched | undefined)[],
): RunningBrokers {
  const { folder, security } = options
  const addresses = (of: (ports: NodePorts) => number) => plan.ports.map((p) => `127.0.0.1:${of(p)}`)
  const brokers = addresses((ports) => ports.internal)
  const running = () => nodes.flatMap((node, index) => (node && !node.ended() ? [index] : []))
  const signal = (broker: number, name: NodeJS.Signals) => {
    const node = nodes[broker]
    if (!node || node.ended()) fail('OPS_KAFKA', undefined, `broker ${broker} does not run`)
    else process.kill(node.pid, name)
  }
  const ready = () => {
    const up = running()
    const targets = up.map((index) => ({
      broker: brokers[index] ?? '',
      ...(security ? { tls: security.admin } : {}),
    }))
    return waitReady(targets, up.length, () => up.some((index) => nodes[index]?.ended() !== false))
  }
  return {
    brokers,
    partnerBrokers: security ? addresses((ports) => ports.partner) : [],
    scramBrokers: security ? addresses((ports) => ports.scram) : [],
    folder,
    pids: () => nodes.map((node) => (node && !node.ended() ? node.pid : 0)),
    kill: async (broker) => {
      signal(broker, 'SIGKILL')
      await nodes[broker]?.exited
    },
    pause: (broker) => signal(broker, 'SIGSTOP'),
    resume: (broker) => signal(broker, 'SIGCONT'),
    restart: async (broker) => {
      if (nodes[broker] && !nodes[broker].ended()) await endLaunched(nodes[broker], 'SIGTERM', STOP_MS)
      nodes[broker] = await startNode(jars, metadataFolder(folder, broker + 1))
      await ready()
    },
    ready,
    stop: async () => {
      await Promise.all(nodes.map((node) => endLaunched(node, 'SIGTERM', STOP_MS)))
    },
  }
}

/**
 * One or three brokers of this machine, from Maven jars, on free loopback ports; resolves when each answers and knows all. They
 * end with this process at the latest. Throws `OPS_KAFKA` with the reason, and leaves nothing running.
 */
export async function runBrokers(options: BrokerOptions): Promise<RunningBrokers> {
  const { folder, count, security, extra, advertise } = options
  const jars = await fetchJars()
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const plan = await planOf(folder, count)
  const folders = plan.ports.map((_, index) => metadataFolder(folder, index + 1))
  for (const [index, own] of folders.entries()) {
    await mkdir(own, { recursive: true, mode: 0o700 })
    await endLeftOverNode(own)
    const ports = plan.ports[index]
    const parts = { id: index + 1, ports: plan.ports, logDir: join(own, 'data') }
    const text = serverProperties({
      ...parts,
      ...(security ? { secured: security } : {}),
      ...(extra ? { extra } : {}),
      ...(advertise && ports ? { advertised: advertise(index + 1, ports) } : {}),
    })
    await writePrivate(join(own, 'server.properties'), text)
  }
  await Promise.all(folders.map((own) => formatNode(jars, own, plan.cluster, count === 1)))
  const nodes: (Launched | undefined)[] = await Promise.all(folders.map((own) => startNode(jars, own)))
  const running = control(options, plan, jars, nodes)
  try {
    await running.ready()
  } catch (error) {
    await running.stop()
    throw error
  }
  return running
}
