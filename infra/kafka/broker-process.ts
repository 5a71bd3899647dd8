import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { open, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fail } from '#core/failure.ts'
import { endLeftOver, type Launched, launch } from '../launched/child.ts'

const LOG4J = resolve(dirname(fileURLToPath(import.meta.url)), 'log4j2.properties')
const SMALL_HEAP = ['-Xms128m', '-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']

function java(jars: string, heap: readonly string[], main: string, args: readonly string[]): string[] {
  const log4j = `-Dlog4j2.configurationFile=${LOG4J}`
  return ['java', ...heap, log4j, '-Dlog4j2.disable.jmx=true', '-cp', join(jars, '*'), main, ...args]
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

/** Ends what an earlier run left behind in this folder: only a process whose command line names its own properties file. */
export function endLeftOverNode(folder: string): Promise<void> {
  return endLeftOver(join(folder, 'broker.pid'), join(folder, 'server.properties'))
}

/** Starts the node whose `server.properties` lies in `folder`; its output goes to `broker.log` there. */
export function startNode(jars: string, folder: string): Promise<Launched> {
  const command = java(jars, SMALL_HEAP, 'kafka.Kafka', [join(folder, 'server.properties')])
  return launch({ folder, name: 'broker', command, code: 'OPS_KAFKA' })
}

export async function writePrivate(path: string, text: string): Promise<void> {
  await writeFile(path, text, { mode: 0o600 })
}
