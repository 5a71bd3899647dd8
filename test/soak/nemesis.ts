/** Does to a rig what its schedule says, and puts everything up again. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Rig } from './rig.ts'
import type { Fault, Scheduled } from './schedule.ts'

const PID_WAIT_MS = 20_000
/** Most kills are of a service that works; where starting takes longer than this, it is killed while it starts. */
const WORK_WAIT_MS = 60_000
const AT_WORK_MS = 1_000
/** One in so many hits whoever is there, also while it starts. */
const ANY_EVERY = 4
const POLL_MS = 50

export interface Done {
  kills: Record<string, number>
  pauses: number
  leaves: number
  network: number
  rivals: number
  joined: number
  downs: number
  fullDisks: number
  /** What could not be done: its target was not there in time. */
  missed: number
}

/** Two of one kind of store at a time would only stop everything: one fault of brokers, of PostgreSQL, of the registry at a time. */
function turns() {
  const last = new Map<string, Promise<unknown>>()
  return <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const next = (last.get(name) ?? Promise.resolve()).then(work, work)
    last.set(name, next)
    return next
  }
}

export class Nemesis {
  readonly done: Done = {
    kills: {},
    pauses: 0,
    leaves: 0,
    network: 0,
    rivals: 0,
    joined: 0,
    downs: 0,
    fullDisks: 0,
    missed: 0,
  }
  readonly #rig: Rig
  readonly #report: (text: string) => void
  readonly #turn = turns()
  #shots = 0

  constructor(rig: Rig, report: (text: string) => void) {
    this.#rig = rig
    this.#report = report
  }

  get kills(): number {
    return Object.values(this.done.kills).reduce((sum, count) => sum + count, 0)
  }

  /** Until the whole schedule is done and everything is up again, or `signal` aborts. */
  async run(schedule: readonly Scheduled[], signal: AbortSignal): Promise<void> {
    const started = performance.now()
    const begun: Promise<void>[] = []
    for (const { at, fault } of schedule) {
      const early = at - (performance.now() - started)
      if (early > 0) await delay(early, undefined, { signal }).catch(() => undefined)
      if (signal.aborted) break
      begun.push(
        this.#do(fault).catch((error: unknown) => {
          this.done.missed += 1
          this.#report(`nemesis: ${JSON.stringify(fault)}: ${error instanceof Error ? error.message : error}`)
        }),
      )
    }
    await Promise.all(begun)
  }

  async #do(fault: Fault): Promise<void> {
    switch (fault.kind) {
      case 'kill':
        return await this.#kill(fault.target)
      case 'pause':
        return await this.#pause(fault.target, fault.ms)
      case 'leave':
        process.kill(await this.#pid(fault.target), 'SIGTERM')
        this.done.leaves += 1
        return
      case 'late':
      case 'lost':
        return await this.#turn('network', () => this.#network(fault))
      case 'rival':
        return await this.#turn('rival', async () => {
          const end = await this.#rig.rival()
          this.done.rivals += 1
          await delay(fault.ms)
          await end('SIGKILL')
        })
      case 'join':
        return await this.#turn('join', async () => {
          const end = await this.#rig.another()
          this.done.joined += 1
          await delay(fault.ms)
          await end('SIGTERM')
        })
      case 'down':
        return await this.#turn('store', () => this.#down(fault))
      case 'full':
        return await this.#turn(fault.target, () => this.#full(fault))
    }
  }

  async #down({ target, ms }: Extract<Fault, { kind: 'down' }>): Promise<void> {
    const store = this.#rig.machine?.[target]
    if (!store) return
    await store.kill()
    this.#killed(target)
    this.done.downs += 1
    await delay(ms)
    await store.restart()
  }

  async #full({ target, ms }: Extract<Fault, { kind: 'full' }>): Promise<void> {
    const disk = this.#rig.disks.get(target)
    if (!disk) throw new Error(`${target} has no disk of its own`)
    await disk.fill()
    this.done.fullDisks += 1
    await delay(ms)
    await disk.free()
    const { machine } = this.#rig
    const [kind, index] = target.split('-')
    if (machine && kind === 'broker') await this.#turn('broker', () => machine.brokers.restart(Number(index)))
  }

  async #network({ kind, broker, ms }: Extract<Fault, { kind: 'late' | 'lost' }>): Promise<void> {
    const proxy = this.#rig.proxies[broker]
    if (!proxy) return
    this.done.network += 1
    proxy.hold()
    await delay(ms)
    if (kind === 'late') proxy.letGo()
    else proxy.cut()
  }

  async #kill(target: string): Promise<void> {
    const { machine } = this.#rig
    const [kind, index] = target.split('-')
    if (machine && kind === 'broker') {
      const broker = Number(index)
      return await this.#turn('broker', async () => {
        await machine.brokers.kill(broker)
        this.#killed(target)
        await machine.brokers.restart(broker)
      })
    }
    const store = machine && (target === 'postgres' || target === 'registry') ? machine[target] : undefined
    if (store) {
      return await this.#turn('store', async () => {
        await store.kill()
        this.#killed(target)
        await store.restart()
      })
    }
    await this.#turn(target, async () => {
      this.#shots += 1
      if (this.#shots % ANY_EVERY !== 0) await this.#works(target)
      process.kill(await this.#pid(target), 'SIGKILL')
      this.#killed(target)
    })
  }

  /** A process that is killed again before it did anything shows nothing, and on a slow machine all would be like that. */
  async #works(service: string): Promise<void> {
    for (let waited = 0; waited < WORK_WAIT_MS; waited += POLL_MS) {
      if (await this.#rig.works(service)) return void (await delay(AT_WORK_MS))
      await delay(POLL_MS)
    }
  }

  #killed(target: string): void {
    this.done.kills[target] = (this.done.kills[target] ?? 0) + 1
  }

  async #pause(target: string, ms: number): Promise<void> {
    const { machine } = this.#rig
    const [kind, index] = target.split('-')
    this.done.pauses += 1
    if (machine && kind === 'broker') {
      const broker = Number(index)
      return await this.#turn('broker', () =>
        paused(
          () => machine.brokers.pause(broker),
          () => machine.brokers.resume(broker),
          ms,
        ),
      )
    }
    const store = machine && (target === 'postgres' || target === 'registry') ? machine[target] : undefined
    if (store)
      return await this.#turn('store', () =>
        paused(
          () => store.pause(),
          () => store.resume(),
          ms,
        ),
      )
    const pid = await this.#pid(target)
    const send = (signal: NodeJS.Signals) => {
      try {
        process.kill(pid, signal)
      } catch {
        // Killed meanwhile, paused or not.
      }
    }
    await paused(
      () => send('SIGSTOP'),
      () => send('SIGCONT'),
      ms,
    )
  }

  /** Of a service that may be between two lives. */
  async #pid(service: string): Promise<number> {
    for (let waited = 0; waited < PID_WAIT_MS; waited += POLL_MS) {
      const pid = this.#rig.pid(service)
      if (pid !== undefined) return pid
      await delay(POLL_MS)
    }
    throw new Error(`${service} does not come up`)
  }
}

async function paused(stop: () => void, go: () => void, ms: number): Promise<void> {
  stop()
  await delay(ms)
  go()
}
