import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, open, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { fail } from '#core/failure.ts'

const LOG4J = resolve(dirname(fileURLToPath(import.meta.url)), 'log4j2.properties')
const SMALL_HEAP = ['-Xms128m', '-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']
const PID_WAIT_MS = 5_000
const POLL_MS = 20

/**
 * The JVM ends when the standard input of its shell closes, that is when whoever started it ends, however that happens. It is in
 * a session of its own, so that Ctrl-C stops the services first and the brokers when they are no longer needed.
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

function java(jars: string, heap: readonly string[], main: string, args: readonly string[]): string[] {
  const log4j = `-Dlog4j2.configurationFile=${LOG4J}`
  return ['java', ...heap, log4j, '-Dlog4j2.disable.jmx=true', '-cp', join(jars, '*'), main, ...args]
}

export interface BrokerProcess {
  readonly pid: number
  readonly exited: Promise<void>
  /** Whether it has ended. */
  ended(): boolean
}

/** Formats the storage of one node; a node that was formatted is left as it is. */
export async function formatNode(
  jars: string,
  folder: string,
  cluster: string,
  alone: boolean,
): Promise<void> {
  if (existsSync(join(folder, 'data', 'meta.properties'))) return
  const properties = join(folder, 'server.properties')
  const args = ['format', '-t', cluster, '-c', properties, '--ignore-formatted']
  const [command, ...rest] = java(jars, SMALL_HEAP, 'kafka.tools.StorageTool', [
    ...args,
    ...(alone ? ['--standalone'] : []),
  ])
  const log = await open(join(folder, 'format.log'), 'a', 0o600)
  try {
    const child = spawn(command ?? 'java', rest, { stdio: ['ignore', log.fd, log.fd] })
    const [code] = (await once(child, 'exit')) as [number | null]
    if (code !== 0) fail('OPS_KAFKA', undefined, `storage was not formatted: see ${folder}/format.log`)
  } finally {
    await log.close()
  }
}

async function pidOf(file: string, child: ChildProcess): Promise<number> {
  for (let waited = 0; waited < PID_WAIT_MS && child.exitCode === null; waited += POLL_MS) {
    const pid = Number(await readFile(file, 'utf8').catch(() => '0'))
    if (pid > 0) return pid
    await delay(POLL_MS)
  }
  return fail('OPS_KAFKA', undefined, 'the broker process did not start')
}

/** Ends what an earlier run left behind in this folder: only a process whose command line names its own properties file. */
export async function endLeftOver(folder: string): Promise<void> {
  const pid = Number(await readFile(join(folder, 'pid'), 'utf8').catch(() => '0'))
  if (!(pid > 0)) return
  const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
  if (!line.includes(join(folder, 'server.properties'))) return
  process.kill(pid, 'SIGKILL')
  while (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')) await delay(POLL_MS)
}

/** Starts the node whose `server.properties` lies in `folder`; its output goes to `broker.log` there. */
export async function startNode(jars: string, folder: string): Promise<BrokerProcess> {
  const pidFile = join(folder, 'pid')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await rename(pidFile, `${pidFile}.old`).catch(() => undefined)
  const command = java(jars, SMALL_HEAP, 'kafka.Kafka', [join(folder, 'server.properties')])
  const log = await open(join(folder, 'broker.log'), 'a', 0o600)
  const child = spawn('/bin/sh', ['-c', UNTIL_STDIN_CLOSES, 'sh', pidFile, ...command], {
    stdio: ['pipe', log.fd, log.fd],
    detached: true,
    cwd: folder,
  })
  await log.close()
  let over = false
  const exited = once(child, 'exit').then(() => {
    over = true
  })
  const pid = await pidOf(pidFile, child)
  return { pid, exited, ended: () => over }
}

export async function writePrivate(path: string, text: string): Promise<void> {
  await writeFile(path, text, { mode: 0o600 })
}
