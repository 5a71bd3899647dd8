/** What is shot at: one Schakel of many processes, on Kafka and PostgreSQL or on SQLite. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { initialise } from '#services/cli/init.ts'
import { projectRoot } from '#services/cli/project-root.ts'
import { type KafkaMachine, startKafkaMachine } from '#services/cli/running/kafka-machine.ts'
import { planProcesses } from '#services/cli/running/process-plan.ts'
import { readRunFiles } from '#services/cli/running/run-file.ts'
import { type Supervised, supervise } from '#services/cli/running/supervise.ts'
import { waitReady } from '#services/cli/running/wait-ready.ts'
import { readStoreConfig, writeStoreConfig } from '#services/cli/store-config.ts'
import { storePaths } from '#services/cli/store-paths.ts'
import { freePorts } from '../../infra/kafka/free-ports.ts'
import { type HoldProxy, startHoldProxy } from './hold-proxy.ts'
import type { SoakOptions } from './options.ts'
import { SMALL_DISKS, type SmallDiskOf } from './schedule.ts'
import { mountSmallDisk, type SmallDisk } from './small-disk.ts'

const READY_MS = 180_000
const FOUND_MS = 120_000
const BROKERS = 3
/** A broker's index files are long, and empty. */
const DISKS: Readonly<Record<SmallDiskOf, { readonly folder: string; readonly megabytes: number }>> = {
  'exchange-a': { folder: 'instances/a', megabytes: 64 },
  'broker-0': { folder: 'kafka/brokers/broker-1', megabytes: 256 },
}

export type EndExchange = (signal: 'SIGKILL' | 'SIGTERM') => Promise<void>

export interface Rig {
  readonly gateways: readonly string[]
  /** Processes of ours: `exchange-a`, `gateway-b`, `courier`, `ledger`. */
  readonly services: readonly string[]
  pid(service: string): number | undefined
  /** Its stores are open and it says so. */
  works(service: string): Promise<boolean>
  restarts(): Readonly<Record<string, number>>
  /** Absent on SQLite. */
  readonly machine: KafkaMachine | undefined
  readonly proxies: readonly HoldProxy[]
  /** One more exchange, which believes that all partitions are its own; answers how to end it. */
  rival(): Promise<EndExchange>
  /** One more exchange, which shares with the others. */
  another(): Promise<EndExchange>
  readonly disks: ReadonlyMap<SmallDiskOf, SmallDisk>
  stop(): Promise<void>
}

/** Clients are led through the proxies: brokers advertise those. */
async function startMachine(data: string, told: (text: string) => void, proxies: readonly HoldProxy[]) {
  const machine = await startKafkaMachine(data, BROKERS, told, {
    advertise: (id, ports) => {
      proxies[id - 1]?.target(ports.internal)
      return proxies[id - 1]?.port ?? ports.internal
    },
  })
  if (proxies.length === 0) return machine
  const config = await readStoreConfig(data)
  const brokers = proxies.map((proxy) => `127.0.0.1:${proxy.port}`)
  if (config.log) await writeStoreConfig(data, { ...config, log: { ...config.log, brokers } })
  return machine
}

/** New topics have no leaders for a moment, and on a busy machine for several. */
async function found(data: string, told: (text: string) => void): Promise<void> {
  for (const until = performance.now() + FOUND_MS; ; ) {
    try {
      await initialise(data, { strict: false, progress: told })
      return
    } catch (error) {
      if (performance.now() > until) throw error
      await delay(1_000)
    }
  }
}

async function startExchange(data: string, instance: string, share: 'whole' | ''): Promise<EndExchange> {
  const script = projectRoot('services', 'cli', 'main.ts')
  const args = [
    '--disable-warning=ExperimentalWarning',
    script,
    'up',
    'exchange',
    '--data',
    data,
    '--instance',
    instance,
  ]
  const child: ChildProcess = spawn(process.execPath, args, {
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { ...process.env, SCHAKEL_STOP_WITH_STDIN: '1', SCHAKEL_SHARE: share },
  })
  const gone = once(child, 'exit')
  return async (signal) => {
    child.kill(signal)
    await gone
  }
}

/** Ports of gateways follow each other in a plan; here each takes a free one. Nobody looks at the console. */
async function planned(data: string, { exchanges, gateways: count }: SoakOptions) {
  const ports = await freePorts(count + 1)
  const gatewayPort = ports[0] ?? 0
  const consolePort = ports.at(-1) ?? 0
  const plan = planProcesses({ data, exchanges, gateways: count, gatewayPort, consolePort })
  const own = plan.specs.filter(({ name }) => name.startsWith('gateway'))
  const specs = plan.specs
    .filter(({ name }) => name !== 'console')
    .map((spec) => {
      const index = own.indexOf(spec)
      const port = String(gatewayPort + index)
      const args = spec.args.map((arg, at) =>
        index >= 0 && arg === port && spec.args[at - 1] === '--port' ? String(ports[index]) : arg,
      )
      return { ...spec, args }
    })
  return { gateways: plan.gateways.map((_, index) => `https://127.0.0.1:${ports[index]}`), specs }
}

export async function startRig(
  data: string,
  options: SoakOptions,
  told: (text: string) => void,
): Promise<Rig> {
  const proxies: HoldProxy[] = []
  const disks = new Map<SmallDiskOf, SmallDisk>()
  const ending: (() => Promise<unknown>)[] = []
  const stop = async () => {
    for (const end of ending.reverse()) await end()
  }
  try {
    if (options.disks) {
      for (const name of SMALL_DISKS) {
        const disk = await mountSmallDisk(join(data, DISKS[name].folder), DISKS[name].megabytes)
        disks.set(name, disk)
        ending.push(() => disk.remove())
      }
    }
    let machine: KafkaMachine | undefined
    if (options.profile === 'kafka') {
      for (let broker = 0; options.network && broker < BROKERS; broker += 1)
        proxies.push(await startHoldProxy())
      ending.push(() => Promise.all(proxies.map((proxy) => proxy.close())))
      const started = await startMachine(data, told, proxies)
      machine = started
      ending.push(() => started.stop())
    }
    await found(data, told)
    const { gateways, specs } = await planned(data, options)
    const services: Supervised = await supervise(specs, `${data}/logs`, () => undefined)
    ending.push(() => services.stop())
    await waitReady(gateways, storePaths(data).pki, READY_MS)
    return {
      gateways,
      services: specs.map(({ name }) => name).filter((name) => name !== 'keeper'),
      pid: (name) => services.pid(name),
      works: async (name) => {
        const pid = services.pid(name)
        return pid !== undefined && (await readRunFiles(data)).some((file) => file.pid === pid)
      },
      restarts: () => services.restarts(),
      machine,
      proxies,
      rival: () => startExchange(data, 'rival', 'whole'),
      another: () => startExchange(data, 'another', ''),
      disks,
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}
