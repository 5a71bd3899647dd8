/**
 * Several exchanges on one partition of one simulated log. Every wait of every exchange is a task here; a seeded driver decides which
 * goes on, what it is answered, whether it is the last thing its process ever did, and how far the clock moves meanwhile.
 */

import { type ControlFollower, followControl } from '#adapters/control/follow.ts'
import { openSqliteFold } from '#adapters/fold/sqlite.ts'
import type { Epoch } from '#core/decision/epoch.ts'
import { Failure, type FailureCode } from '#core/failure.ts'
import type { Evaluator } from '#core/handoff/evaluator.ts'
import type { ControlRecord } from '#core/handoff/outcome.ts'
import { controlChain, readChain } from '#core/log/chain.ts'
import type { RecordCodecs } from '#core/log/codec.ts'
import { initialiseLog } from '#core/log/initialise-log.ts'
import type { Clock } from '#core/ports/clock.ts'
import type { EventLog, Topic } from '#core/ports/event-log.ts'
import type { Fold } from '#core/ports/fold.ts'
import type { KeyStore } from '#core/ports/key-store.ts'
import type { Random } from '#core/ports/random.ts'
import type { ExchangeEvent, ExchangePorts } from '#services/exchange/ports.ts'
import { runPartition } from '#services/exchange/run.ts'
import { MemoryKeys } from './memory-keys.ts'
import { MemoryPoison } from './memory-poison.ts'
import { type AppendFate, SimLog } from './sim-log.ts'

export const PARTITION = 3

/** mulberry32: small, seeded, good enough to choose by. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

export interface Task {
  readonly actor: Actor
  readonly name: string
  /** Runnable when this holds; the world's clock moves on when nothing else can. */
  readonly ready: () => boolean
  readonly wakeAt: number | undefined
  readonly run: () => Promise<void>
  readonly fails: ((code: FailureCode) => void) | undefined
  readonly code: FailureCode
}

/** What a task's fate may be: as it should; failed before it did anything; failed after; the process died before or after it. */
export type Fate = 'fine' | 'fail-before' | 'fail-after' | 'crash-before' | 'crash-after'

export interface Actor {
  readonly id: number
  readonly skew: number
  readonly fold: Fold
  readonly poison: MemoryPoison
  incarnation: number
  alive: boolean
  stop: AbortController
  deaths: number
}

export class SimWorld {
  now = 1_800_000_000_000
  readonly log: SimLog
  readonly keys = new MemoryKeys()
  readonly chance: () => number
  readonly events: ExchangeEvent[] = []
  readonly fatal: unknown[] = []
  readonly codecs: RecordCodecs
  readonly random: Random
  readonly actors: Actor[] = []
  tasks: Task[] = []
  steps = 0
  /** Called for each port call, in order; tells its fate. */
  fateOf: (task: Task) => Fate = () => 'fine'
  appendFate: () => AppendFate = () => 'normal'
  evaluator: (actor: Actor) => Evaluator

  constructor(seed: number, codecs: RecordCodecs, evaluator: (world: SimWorld, actor: Actor) => Evaluator) {
    this.chance = seeded(seed)
    this.codecs = codecs
    this.log = new SimLog(() => this.now)
    this.random = {
      bytes: (count) => Uint8Array.from({ length: count }, () => Math.floor(this.chance() * 256)),
      ephemeral: () => {
        throw new Error('no key pairs here')
      },
    }
    this.evaluator = (actor) => evaluator(this, actor)
  }

  async found(epochs = 1): Promise<void> {
    const clock: Clock = { now: () => this.now, sleep: async () => undefined }
    await initialiseLog(this.log, this.codecs, this.random, clock)
    for (let n = 0; n < epochs; n += 1) await this.applyControl()
  }

  /** The next epoch, as `control apply` writes it. */
  async applyControl(): Promise<void> {
    const { head } = await readChain(this.log, controlChain(this.codecs), 0, undefined)
    if (!head) throw new Error('no control')
    const record: ControlRecord = {
      seq: head.seq + 1,
      prev: head.hash,
      at: Math.max(head.at, this.now),
      epoch: head.epoch + 1,
      genesis: null,
      entries: [],
      note: '',
    }
    this.log.inject('control', 0, [this.codecs.control.encode(record)])
  }

  addActor(skew: number): Actor {
    const actor: Actor = {
      id: this.actors.length,
      skew,
      fold: openSqliteFold(':memory:'),
      poison: new MemoryPoison(),
      incarnation: 0,
      alive: false,
      stop: new AbortController(),
      deaths: 0,
    }
    this.actors.push(actor)
    return actor
  }

  start(actor: Actor): void {
    actor.incarnation += 1
    actor.alive = true
    actor.stop = new AbortController()
    const ports = this.#portsOf(actor)
    runPartition(ports, PARTITION, actor.stop.signal).catch((error) => this.fatal.push(error))
  }

  /** As kill -9: whatever it was waiting for never comes, its open transaction is gone, its marks and its commits stay. */
  crash(actor: Actor): void {
    actor.alive = false
    actor.deaths += 1
    this.tasks = this.tasks.filter((task) => task.actor !== actor)
    actor.fold.rollback()
  }

  /** A wait that nothing ever ends: what a dying evaluation meets. */
  die(actor: Actor): Promise<never> {
    this.crash(actor)
    return new Promise(() => undefined)
  }

  #task<T>(
    actor: Actor,
    name: string,
    code: FailureCode,
    effect: () => Promise<T>,
    ready: () => boolean = () => true,
    wakeAt?: number,
  ): Promise<T> {
    const { incarnation } = actor
    return new Promise<T>((resolve, reject) => {
      // An incarnation that is dead asks for nothing any more.
      if (!actor.alive || actor.incarnation !== incarnation) return
      this.tasks.push({
        actor,
        name,
        ready,
        wakeAt,
        code,
        run: () => effect().then(resolve, reject),
        fails: (failure) => reject(new Failure(failure)),
      })
    })
  }

  /** Runs one task that is ready; false when none is. */
  async step(): Promise<boolean> {
    const ready = this.tasks.filter((task) => task.ready())
    const task = ready[Math.floor(this.chance() * ready.length)]
    if (!task) return false
    this.tasks = this.tasks.filter((other) => other !== task)
    this.steps += 1
    await this.#settle(task, this.fateOf(task))
    await new Promise(setImmediate)
    return true
  }

  async #settle(task: Task, fate: Fate): Promise<void> {
    switch (fate) {
      case 'fine':
        return await task.run()
      case 'fail-before':
        return task.fails?.(task.code)
      case 'fail-after': {
        // The effect happens; the caller hears of a failure.
        const lost = { ...task }
        await this.#effectOnly(lost)
        return task.fails?.(task.code)
      }
      case 'crash-before':
        return this.crash(task.actor)
      case 'crash-after':
        await this.#effectOnly(task)
        return this.crash(task.actor)
    }
  }

  readonly #effects = new WeakMap<() => Promise<void>, () => Promise<unknown>>()

  async #effectOnly(task: Task): Promise<void> {
    await this.#effects
      .get(task.run)?.()
      .catch(() => undefined)
  }

  /** The soonest moment at which a waiting task becomes ready. */
  nextWake(): number | undefined {
    const times = this.tasks.flatMap((task) => (task.wakeAt === undefined ? [] : [task.wakeAt]))
    return times.length > 0 ? Math.min(...times) : undefined
  }

  #wait(
    actor: Actor,
    name: string,
    ms: number,
    signal: AbortSignal | undefined,
    early: () => boolean,
  ): Promise<void> {
    const wakeAt = this.now + ms
    let aborted = signal?.aborted ?? false
    signal?.addEventListener('abort', () => {
      aborted = true
    })
    const ready = () => aborted || this.now >= wakeAt || early()
    return this.#task(actor, name, 'BUG_UNEXPECTED', async () => undefined, ready, wakeAt)
  }

  #gate(actor: Actor) {
    return <T>(name: string, code: FailureCode, effect: () => Promise<T>): Promise<T> => {
      const before = this.tasks.length
      const promise = this.#task(actor, name, code, effect)
      const task = this.tasks[before]
      if (task) this.#effects.set(task.run, effect)
      return promise
    }
  }

  #logOf(actor: Actor): EventLog {
    const gate = this.#gate(actor)
    const { log } = this
    const code = 'OPS_LOG_UNAVAILABLE'
    return {
      read: (topic, partition, from, most) =>
        gate(`read ${topic}`, code, () => log.read(topic, partition, from, most)),
      end: (topic, partition) => gate(`end ${topic}`, code, () => log.end(topic, partition)),
      append: (topic, partition, head, entries) =>
        gate(`append ${topic}`, code, () => {
          log.fate = this.appendFate()
          return log.append(topic, partition, head, entries)
        }),
      put: (partition, entry) => gate('put', code, () => log.put(partition, entry)),
      changed: (_topics: readonly Topic[], timeoutMs, signal) => {
        const { version } = log
        return this.#wait(actor, 'changed', timeoutMs, signal, () => log.version !== version)
      },
      close: async () => undefined,
    }
  }

  #keysOf(actor: Actor): KeyStore {
    const gate = this.#gate(actor)
    const { keys } = this
    const code = 'OPS_KEY_STORE'
    return {
      put: (rows) => gate('keys.put', code, () => keys.put(rows)),
      get: (id) => gate('keys.get', code, () => keys.get(id)),
      list: (kind) => gate('keys.list', code, () => keys.list(kind)),
      destroy: (ids) => gate('keys.destroy', code, () => keys.destroy(ids)),
      settle: (partition, seq, keep) => gate('keys.settle', code, () => keys.settle(partition, seq, keep)),
      close: async () => undefined,
    }
  }

  #portsOf(actor: Actor): ExchangePorts {
    const log = this.#logOf(actor)
    const clock: Clock = {
      now: () => this.now + actor.skew,
      sleep: (ms, signal) => this.#wait(actor, 'sleep', ms, signal, () => false),
    }
    const control: ControlFollower = followControl({
      log,
      codecs: this.codecs,
      artefacts: { put: async () => '', get: async () => undefined },
      clock,
      load: (number) => ({ number }) as Epoch,
    })
    return {
      log,
      codecs: this.codecs,
      keys: this.#keysOf(actor),
      control,
      clock,
      random: this.random,
      evaluator: this.evaluator(actor),
      fold: () => ({ ...actor.fold, close: () => undefined }),
      poison: actor.poison,
      report: (event) => this.events.push(event),
    }
  }
}
