/** Services as processes of their own on one machine: started, watched, started again, stopped in order. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { projectRoot } from '../project-root.ts'

const AGAIN_FIRST_MS = 250
const AGAIN_MAX_MS = 10_000
/** A process that lived this long starts anew without waiting. */
const STEADY_MS = 30_000
const STOP_MS = 15_000

export interface ProcessSpec {
  /** `exchange-a`; also the name of its log file. */
  readonly name: string
  /** Arguments of `schakel`. */
  readonly args: readonly string[]
}

export interface Supervised {
  /** Process id now, undefined while it is between two lives. */
  pid(name: string): number | undefined
  /** How often each was started again. */
  restarts(): Readonly<Record<string, number>>
  stop(): Promise<void>
}

interface Held {
  child: ChildProcess | undefined
  restarts: number
}

async function startOne(spec: ProcessSpec, logs: string): Promise<ChildProcess> {
  const file = await open(join(logs, `${spec.name}.log`), 'a', 0o600)
  try {
    const script = projectRoot('services', 'cli', 'main.ts')
    return spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script, ...spec.args], {
      stdio: ['pipe', file.fd, file.fd],
      // An open standard input ends with this process, however it ends: nobody is left behind.
      // What Node made of our sources once, every later start takes up: half of the time that a start takes.
      env: {
        NODE_COMPILE_CACHE: projectRoot('.cache', 'compiled'),
        ...process.env,
        SCHAKEL_STOP_WITH_STDIN: '1',
      },
    })
  } finally {
    await file.close()
  }
}

async function keepUp(
  spec: ProcessSpec,
  held: Held,
  logs: string,
  signal: AbortSignal,
  report: (text: string) => void,
): Promise<void> {
  let wait = AGAIN_FIRST_MS
  while (!signal.aborted) {
    const started = performance.now()
    const child = await startOne(spec, logs)
    held.child = child
    const [code, by] = await once(child, 'exit')
    held.child = undefined
    if (signal.aborted) return
    // Who was killed has done nothing wrong.
    if (by !== null || performance.now() - started > STEADY_MS) wait = AGAIN_FIRST_MS
    report(`${spec.name} ended (${by ?? code}); again in ${wait} ms, see logs/${spec.name}.log`)
    held.restarts += 1
    await delay(wait, undefined, { signal }).catch(() => {})
    wait = Math.min(2 * wait, AGAIN_MAX_MS)
  }
}

async function endChild(child: ChildProcess | undefined): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  const limit = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
  await gone
  clearTimeout(limit)
}

/**
 * Starts every process and keeps it up: one that ends is started again, after a pause that doubles to 10 s where it ended by itself. What they say goes to
 * `<logs>/<name>.log`. `stop`: SIGTERM to all, SIGKILL after 15 s, last started first.
 */
export async function supervise(
  specs: readonly ProcessSpec[],
  logs: string,
  report: (text: string) => void,
): Promise<Supervised> {
  await mkdir(logs, { recursive: true, mode: 0o700 })
  const stopping = new AbortController()
  const held = new Map(specs.map((spec) => [spec.name, { child: undefined, restarts: 0 } as Held]))
  const lives = specs.map((spec) => {
    const one = held.get(spec.name) ?? { child: undefined, restarts: 0 }
    return keepUp(spec, one, logs, stopping.signal, report)
  })
  return {
    pid: (name) => held.get(name)?.child?.pid,
    restarts: () => Object.fromEntries([...held].map(([name, one]) => [name, one.restarts])),
    async stop() {
      stopping.abort()
      await Promise.all([...held.values()].reverse().map((one) => endChild(one.child)))
      await Promise.all(lives)
    },
  }
}
