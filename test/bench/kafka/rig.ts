/** The scaled-out profile that is measured: brokers, PostgreSQL, registry and every service a process of its own, in a temporary folder. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { initialise } from '#services/cli/init.ts'
import { type KafkaMachine, startKafkaMachine } from '#services/cli/running/kafka-machine.ts'
import { planProcesses } from '#services/cli/running/process-plan.ts'
import { type Supervised, supervise } from '#services/cli/running/supervise.ts'
import { waitReady } from '#services/cli/running/wait-ready.ts'
import { storePaths } from '#services/cli/store-paths.ts'
import { freePorts } from '../../../infra/kafka/free-ports.ts'
import { type BenchWorld, worldOn } from '../bench-world.ts'
import type { Progress } from '../figure.ts'
import { type Usage, usageOf } from './usage.ts'

const READY_MS = 180_000
const FOUND_MS = 120_000
const STEP_MS = 1_000
/** Sharing out, first reads and first connections are not what is measured. */
const SETTLE_MS = 3_000

export interface RigOptions {
  readonly brokers: 1 | 3
  readonly exchanges: 1 | 2
}

export interface KafkaRig {
  readonly options: RigOptions
  readonly world: BenchWorld
  readonly machine: KafkaMachine
  readonly services: Supervised
  readonly gateway: string
  /** Name and process id of everything that runs now, but not of this process. */
  processes(): readonly { readonly name: string; readonly pid: number }[]
  /** As it was when all had become ready. */
  readonly atStart: readonly Usage[]
  close(): Promise<void>
}

/** New topics have no leaders for a moment, and on a busy machine for several. */
async function found(data: string, progress: Progress): Promise<void> {
  for (const until = performance.now() + FOUND_MS; ; ) {
    try {
      await initialise(data, { strict: false, progress })
      return
    } catch (error) {
      if (performance.now() > until) throw error
      await delay(STEP_MS)
    }
  }
}

export async function openKafkaRig(options: RigOptions, progress: Progress): Promise<KafkaRig> {
  const data = await mkdtemp(join(tmpdir(), 'schakel-bench-kafka-'))
  const ending: (() => Promise<unknown>)[] = [() => rm(data, { recursive: true, force: true })]
  const endAll = async () => {
    for (const end of ending.reverse()) await end()
  }
  let ended: Promise<void> | undefined
  // Whoever asks second, after a signal, waits for the same end.
  const close = () => {
    ended ??= endAll()
    return ended
  }
  try {
    const machine = await startKafkaMachine(data, options.brokers, progress)
    ending.push(() => machine.stop())
    await found(data, progress)
    const [gatewayPort = 0, consolePort = 0] = await freePorts(2)
    const plan = planProcesses({
      data,
      exchanges: options.exchanges,
      gateways: 1,
      gatewayPort,
      consolePort,
    })
    // Nobody looks at the page.
    const specs = plan.specs.filter(({ name }) => name !== 'console')
    const services = await supervise(specs, `${data}/logs`, progress)
    ending.push(() => services.stop())
    const [gateway = ''] = plan.gateways
    await waitReady(plan.gateways, storePaths(data).pki, READY_MS)
    const world = await worldOn(data)
    ending.push(() => world.close())
    await delay(SETTLE_MS)
    // The founding leaves much to be written back; until it is, each key write waits hundreds of milliseconds for the disk.
    await promisify(execFile)('sync')
    const processes = () => [
      ...specs.map(({ name }) => ({ name, pid: services.pid(name) ?? 0 })),
      ...machine.brokers.pids().map((pid, index) => ({ name: `broker-${index + 1}`, pid })),
      { name: 'postgres', pid: machine.postgres.pid() },
      { name: 'registry', pid: machine.registry.pid() },
    ]
    const atStart = await usageOf(processes())
    return { options, world, machine, services, gateway, processes, atStart, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** One rig at a time, kept for as long as the next measurement wants the same. */
export function rigs(progress: Progress) {
  let present: KafkaRig | undefined
  const close = async () => {
    await present?.close()
    present = undefined
  }
  return {
    async with(options: RigOptions): Promise<KafkaRig> {
      const same =
        present?.options.brokers === options.brokers && present.options.exchanges === options.exchanges
      if (present && same) return present
      await close()
      progress(`starting ${options.brokers} broker(s), ${options.exchanges} exchange(s)`)
      present = await openKafkaRig(options, progress)
      return present
    },
    close,
  }
}
