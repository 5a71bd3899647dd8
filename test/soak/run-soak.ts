/** One soak from the first process to the verdict. */
import { fork } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { asFailure, fail } from '#core/failure.ts'
import { openStore, type Store } from '#services/cli/open-store.ts'
import { collectCheckpoints } from './collect-checkpoints.ts'
import { type Judgement, judge } from './judge.ts'
import { unobserved } from './judge-clients.ts'
import { type Done, Nemesis } from './nemesis.ts'
import type { SoakOptions } from './options.ts'
import { type Rig, startRig } from './rig.ts'
import { scheduleOf } from './schedule.ts'
import type { Counts } from './submit.ts'
import type { FromTraffic, TrafficOptions } from './traffic.ts'
import { LogWalk } from './walk-log.ts'
import { whileMoving } from './while-moving.ts'

export interface SoakReport {
  readonly profile: SoakOptions['profile']
  readonly seed: number
  readonly seconds: number
  /** From the end of the traffic until everything was answered, released and in the ledger. */
  readonly settledSeconds: number
  readonly counts: Counts
  readonly kills: number
  readonly done: Done
  readonly restarts: Readonly<Record<string, number>>
  readonly judgement: Judgement
}

const TRAFFIC = fileURLToPath(new URL('./traffic.ts', import.meta.url))
const FLAGS = ['--disable-warning=ExperimentalWarning', '--max-old-space-size=4096']
const STEP_MS = 1_000
/** The last readers see the last hand-offs within it. */
const QUIET_MS = 4_000

interface Traffic {
  counts(): Counts | undefined
  readonly sent: Promise<void>
  readonly ended: Promise<void>
  tell(what: 'stop' | 'end'): void
}

async function startTraffic(options: TrafficOptions): Promise<Traffic> {
  const child = fork(TRAFFIC, [JSON.stringify(options)], { execArgv: FLAGS, stdio: ['ignore', 2, 2, 'ipc'] })
  let counts: Counts | undefined
  const ready = Promise.withResolvers<void>()
  const sent = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<void>()
  for (const one of [ready, sent, ended]) one.promise.catch(() => undefined)
  const fail = (error: Error) => {
    for (const one of [ready, sent, ended]) one.reject(error)
  }
  child.on('message', (message: FromTraffic) => {
    if (message.kind === 'failed') return fail(new Error(message.error))
    if (message.kind === 'ready') return ready.resolve()
    counts = message.counts
    if (message.kind === 'sent') sent.resolve()
  })
  child.once('exit', (code) =>
    code === 0 ? ended.resolve() : fail(new Error(`the traffic ended with ${code}`)),
  )
  await ready.promise
  return {
    counts: () => counts,
    sent: sent.promise,
    ended: ended.promise,
    tell: (what) => void (child.connected && child.send(what)),
  }
}

/** Reads along; what a broken broker throws is tried again. */
async function follow(store: Store, walk: LogWalk, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await walk.advance(store.log, store.codecs).catch(() => undefined)
    await delay(STEP_MS / 2, undefined, { signal }).catch(() => undefined)
  }
}

function progressLine(started: number, walk: LogWalk, traffic: Traffic, nemesis: Nemesis): string {
  const counts = traffic.counts()
  const seconds = Math.round((performance.now() - started) / 1000)
  return [
    `${String(seconds).padStart(4)} s`,
    `begun ${counts?.begun ?? 0}`,
    `acked ${counts?.acknowledged ?? 0}`,
    `again ${counts?.again ?? 0}`,
    `answered ${walk.sum((one) => one.answers.length)}`,
    `released ${walk.sum((one) => one.releases.length)}`,
    `delivered ${counts?.delivered ?? 0}`,
    `kills ${nemesis.kills}`,
    `voids ${walk.sum((one) => one.voids.count)}`,
  ].join('  ')
}

const inputs = (walk: LogWalk) => walk.sum((one) => one.inbound.length)

/** True when everything that is in the log is answered, released and published. */
async function settle(store: Store, walk: LogWalk, notes: readonly string[]): Promise<boolean> {
  return await whileMoving(async () => {
    await walk.advance(store.log, store.codecs)
    const progress = walk.sum((one) => one.seq + one.inbound.length) + notes.length
    if (!walk.settled()) return { over: false, progress }
    const before = notes.length
    await delay(QUIET_MS)
    await walk.advance(store.log, store.codecs)
    return { over: walk.settled() && notes.length === before, progress }
  })
}

/** True when every reader has seen everything that it may, and nothing more came of it. */
async function observed(store: Store, walk: LogWalk, running: Running, seed: number): Promise<boolean> {
  for (;;) {
    const before = inputs(walk)
    if (!(await settle(store, walk, running.notes))) return false
    const all = await whileMoving(async () => {
      const missing = await unobserved(walk, running.history, seed)
      return { over: missing === 0, progress: running.traffic.counts()?.delivered ?? 0 }
    })
    if (!all) return false
    if (inputs(walk) === before) return true
  }
}

export async function runSoak(options: SoakOptions, told: (text: string) => void): Promise<SoakReport> {
  const data = options.data ?? join(await mkdtemp(join(tmpdir(), 'schakel-soak-')), 'data')
  const history = join(data, 'soak-history.jsonl')
  const rig = await startRig(data, options, told)
  try {
    const store = await openStore(data)
    try {
      const { gateways } = rig
      const { seed, messages, rate, openEvery } = options
      const traffic = await startTraffic({ data, history, gateways, seed, messages, rate, openEvery })
      return await shoot(options, { data, history, rig, store, traffic, notes: [] }, told)
    } finally {
      await store.close()
    }
  } finally {
    await rig.stop()
    if (options.data === undefined) await rm(join(data, '..'), { recursive: true, force: true })
  }
}

interface Running {
  readonly data: string
  readonly history: string
  readonly rig: Rig
  readonly store: Store
  readonly traffic: Traffic
  /** Checkpoints collected on the way. */
  readonly notes: string[]
}

async function shoot(
  options: SoakOptions,
  running: Running,
  told: (text: string) => void,
): Promise<SoakReport> {
  const { data, history, rig, store, traffic, notes } = running
  const walk = new LogWalk()
  const over = new AbortController()
  const collecting = new AbortController()
  const nemesis = new Nemesis(rig, told)
  const started = performance.now()
  const following = follow(store, walk, over.signal)
  const collected = collectCheckpoints(join(store.paths.ledger, 'checkpoint'), notes, collecting.signal)
  const timer = setInterval(() => told(progressLine(started, walk, traffic, nemesis)), STEP_MS)
  try {
    const shooting = nemesis.run(options.script ?? scheduleOf(options, rig.services), over.signal)
    const time = delay(options.minutes * 60_000, undefined, { signal: over.signal }).catch(() => undefined)
    await Promise.race([Promise.all([time, shooting]), traffic.sent.then(() => shooting)])
    traffic.tell('stop')
    await traffic.sent
    const seconds = (performance.now() - started) / 1000
    over.abort()
    await following
    told('all sent; waiting for the last answers')
    const settled = await observed(store, walk, running, options.seed)
    const settledSeconds = (performance.now() - started) / 1000 - seconds
    traffic.tell('end')
    await traffic.ended
    // Acknowledgements of the last deliveries.
    const wholly = (await settle(store, walk, notes)) && settled
    clearInterval(timer)
    collecting.abort()
    await collected
    const judgement = await judge(data, walk, history, options.seed, notes, told)
    if (!wholly) judgement.anomalies.add('not settled', 'nothing moved any more')
    const counts = traffic.counts() ?? fail('BUG_INVARIANT')
    const { profile, seed } = options
    const { kills, done } = nemesis
    return {
      profile,
      seed,
      seconds,
      settledSeconds,
      counts,
      kills,
      done,
      restarts: rig.restarts(),
      judgement,
    }
  } catch (error) {
    told(`the soak itself failed: ${asFailure(error).stack}`)
    throw error
  } finally {
    clearInterval(timer)
    over.abort()
    collecting.abort()
    traffic.tell('end')
  }
}
