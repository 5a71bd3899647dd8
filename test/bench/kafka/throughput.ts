/** How many messages a second are taken in, decided and answered while a fixed number is under way. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { type Measured, type Progress, rounded } from '../figure.ts'
import type { FromSender } from './sender.ts'
import { busyCores, cpuShares, machineTime, type Usage, usageOf } from './usage.ts'

export interface Load {
  readonly messages: number
  readonly inFlight: number
}

const SENDER = fileURLToPath(new URL('./sender.ts', import.meta.url))
/** The beginning and the end, when fewer are under way, are left out. */
const EDGE = 0.1

/** Between the tenth and the ninetieth of a hundred answers. */
export function steadyRate(answeredMs: readonly number[]): number {
  const sorted = [...answeredMs].sort((a, b) => a - b)
  const [first, last] = [Math.floor(sorted.length * EDGE), Math.ceil(sorted.length * (1 - EDGE)) - 1]
  const [from, until] = [sorted[first], sorted[last]]
  if (from === undefined || until === undefined || until <= from)
    throw new Error('too few answers for a rate')
  return ((last - first) * 1000) / (until - from)
}

export interface Sent {
  /** When each was answered, ms since the first was sent. */
  readonly answeredMs: readonly number[]
  readonly refusedForRate: number
}

/** A process of its own signs and seals all messages first; `begun` is called when it begins to send. */
export async function sendAll(
  data: string,
  gateway: string,
  { messages, inFlight }: Load,
  begun: (pid: number) => Promise<void>,
): Promise<Sent> {
  const child = fork(SENDER, [data, gateway, String(messages), String(inFlight)], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 2, 2, 'ipc'],
  })
  const gone = once(child, 'exit')
  const next = async (): Promise<FromSender> => {
    const [said] = (await Promise.race([once(child, 'message'), gone])) as [unknown]
    if (typeof said !== 'object' || said === null) throw new Error('the sender ended')
    return said as FromSender
  }
  try {
    if ((await next()).kind !== 'ready') throw new Error('the sender spoke out of turn')
    await begun(child.pid ?? 0)
    child.send('go')
    const done = await next()
    if (done.kind !== 'done') throw new Error('the sender spoke out of turn')
    return done
  } finally {
    if (child.connected) child.disconnect()
    await gone
  }
}

interface Target {
  readonly data: string
  readonly gateway: string
  processes(): readonly { readonly name: string; readonly pid: number }[]
}

export async function measureThroughput(
  name: string,
  target: Target,
  load: Load,
  progress: Progress,
): Promise<Measured> {
  let sender = 0
  let before: readonly Usage[] = []
  let machine = await machineTime()
  let started = 0
  const all = () => [...target.processes(), { name: 'sender', pid: sender }]
  progress(`signing ${load.messages} messages`)
  const { answeredMs, refusedForRate } = await sendAll(target.data, target.gateway, load, async (pid) => {
    progress('sending')
    sender = pid
    before = await usageOf(all())
    machine = await machineTime()
    started = performance.now()
  })
  const seconds = (performance.now() - started) / 1000
  // The sender is gone by now: what it used is not known.
  const shares = cpuShares(before, await usageOf(target.processes()), seconds)
  const busy = busyCores(machine, await machineTime(), seconds)
  return {
    name,
    value: rounded(steadyRate(answeredMs)),
    unit: 'messages',
    per: 's',
    of: `tips and alerts, ${load.inFlight} in flight, each answered with its outcome`,
    note: `${load.messages} in ${rounded(seconds)} s; of one core: ${shares}; all of the machine: ${busy} cores busy; ${refusedForRate} × 429`,
  }
}
