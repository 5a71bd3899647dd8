import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type FailureCode, fail } from '#core/failure.ts'

const PID_WAIT_MS = 10_000
const POLL_MS = 20

/**
 * The program ends when the standard input of its shell closes, that is when whoever started it ends, however that happens. It is
 * in a session of its own, so that Ctrl-C stops the services first.
 */
const UNTIL_STDIN_CLOSES = `exec 3<&0
pidfile=$1; shift
"$@" </dev/null 3<&- &
child=$!
echo "$child" >"$pidfile.new" && mv "$pidfile.new" "$pidfile"
( read -r _ <&3; kill -9 "$child" 2>/dev/null ) &
watcher=$!
wait "$child"; code=$?
kill "$watcher" 2>/dev/null
exit "$code"`

export interface Launch {
  /** Holds `<name>.pid` and `<name>.log`. */
  readonly folder: string
  readonly name: string
  readonly command: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Code of what is thrown when it does not start. */
  readonly code: FailureCode
}

export interface Launched {
  readonly pid: number
  readonly exited: Promise<void>
  ended(): boolean
  signal(name: NodeJS.Signals): void
}

const pidIn = async (path: string): Promise<number> => Number(await readFile(path, 'utf8').catch(() => '0'))

async function commandLine(pid: number): Promise<string> {
  return readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
}

/** Ends what an earlier run left behind: only a process whose command line names `mark`. */
export async function endLeftOver(pidFile: string, mark: string): Promise<void> {
  const pid = await pidIn(pidFile)
  if (!(pid > 0) || !(await commandLine(pid)).includes(mark)) return
  process.kill(pid, 'SIGKILL')
  while (await commandLine(pid)) await delay(POLL_MS)
}

async function waitForPid(file: string, child: ChildProcess, launch: Launch): Promise<number> {
  for (let waited = 0; waited < PID_WAIT_MS && child.exitCode === null; waited += POLL_MS) {
    const pid = await pidIn(file)
    if (pid > 0) return pid
    await delay(POLL_MS)
  }
  return fail(launch.code, undefined, `${launch.name} did not start: see ${launch.folder}/${launch.name}.log`)
}

/** Starts a program that does not outlive this process. Its output goes to `<folder>/<name>.log` (mode 0600). */
export async function launch(what: Launch): Promise<Launched> {
  await mkdir(what.folder, { recursive: true, mode: 0o700 })
  const pidFile = join(what.folder, `${what.name}.pid`)
  await rm(pidFile, { force: true })
  const log = await open(join(what.folder, `${what.name}.log`), 'a', 0o600)
  const child = spawn('/bin/sh', ['-c', UNTIL_STDIN_CLOSES, 'sh', pidFile, ...what.command], {
    stdio: ['pipe', log.fd, log.fd],
    detached: true,
    cwd: what.folder,
    env: { ...process.env, ...what.env },
  })
  await log.close()
  let over = false
  const exited = once(child, 'exit').then(() => {
    over = true
  })
  const pid = await waitForPid(pidFile, child, what)
  return {
    pid,
    exited,
    ended: () => over,
    signal(name) {
      if (over) return
      try {
        process.kill(pid, name)
      } catch {
        // It ended between two looks.
      }
    },
  }
}

/** `polite`, and SIGKILL for what is still there after `patienceMs`. */
export async function endLaunched(
  running: Launched | undefined,
  polite: NodeJS.Signals,
  patienceMs: number,
): Promise<void> {
  if (!running || running.ended()) return
  running.signal('SIGCONT')
  running.signal(polite)
  await Promise.race([running.exited, delay(patienceMs, undefined, { ref: false })])
  running.signal('SIGKILL')
  await running.exited
}
