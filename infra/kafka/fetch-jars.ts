import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { fail } from '#core/failure.ts'

const HERE = dirname(fileURLToPath(import.meta.url))
const CACHE = resolve(HERE, '..', '..', '.cache', 'kafka')
const POLL_MS = 250
const WAIT_MS = 300_000
const run = promisify(execFile)

/** The version that `pom.xml` names. */
export async function kafkaVersion(): Promise<string> {
  const pom = await readFile(join(HERE, 'pom.xml'), 'utf8')
  const found = /<artifactId>kafka_2\.13<\/artifactId>\s*<version>([\d.]+)<\/version>/.exec(pom)?.[1]
  return found ?? fail('OPS_KAFKA', undefined, 'infra/kafka/pom.xml names no kafka version')
}

async function works(command: string, argument: string): Promise<boolean> {
  return run(command, [argument]).then(
    () => true,
    () => false,
  )
}

/** Why brokers cannot be started from Maven jars here; undefined when they can. */
export async function whyNoJars(): Promise<string | undefined> {
  if (process.platform === 'win32') return 'brokers from Maven jars need a POSIX shell'
  if (!(await works('java', '-version'))) return 'java is not on the path (Java 17 or later)'
  if (existsSync(join(CACHE, await kafkaVersion()))) return undefined
  return (await works('mvn', '-version'))
    ? undefined
    : 'mvn is not on the path, and the jars are not in .cache'
}

/** The bytes that came are the bytes that were reviewed: every jar of the list, and no other. */
async function requireListed(folder: string): Promise<void> {
  const list = (await readFile(join(HERE, 'jars.sha256'), 'utf8')).trim().split('\n')
  const wanted = new Map(list.map((line) => [line.slice(66), line.slice(0, 64)]))
  const present = await readdir(folder)
  const wrong: string[] = present.filter((name) => !wanted.has(name))
  for (const [name, digest] of wanted) {
    const bytes = await readFile(join(folder, name)).catch(() => undefined)
    const found = bytes && createHash('sha256').update(bytes).digest('hex')
    if (found !== digest) wrong.push(name)
  }
  if (wrong.length > 0)
    fail('OPS_KAFKA', undefined, `not as infra/kafka/jars.sha256 says: ${wrong.join(', ')}`)
}

async function isAlive(lock: string): Promise<boolean> {
  const pid = Number(await readFile(join(lock, 'pid'), 'utf8').catch(() => '0'))
  if (pid === 0) return true
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

async function takeLock(lock: string, done: () => boolean): Promise<boolean> {
  for (let waited = 0; waited < WAIT_MS; waited += POLL_MS) {
    if (done()) return false
    const taken = await mkdir(lock).then(
      () => true,
      () => false,
    )
    if (taken) {
      await writeFile(join(lock, 'pid'), String(process.pid))
      return true
    }
    if (!(await isAlive(lock))) await rm(lock, { recursive: true, force: true })
    await delay(POLL_MS)
  }
  return fail('OPS_KAFKA', undefined, `another process holds ${lock}`)
}

/**
 * The folder with Kafka's jars, fetched once by Maven into `.cache/kafka/<version>`; several processes may ask at once. The
 * folder appears whole or not at all, with exactly the bytes of `jars.sha256`. Throws `OPS_KAFKA` with the reason.
 */
export async function fetchJars(): Promise<string> {
  const folder = join(CACHE, await kafkaVersion())
  const done = () => existsSync(folder)
  if (done()) return folder
  const reason = await whyNoJars()
  if (reason !== undefined) fail('OPS_KAFKA', undefined, reason)
  await mkdir(CACHE, { recursive: true })
  const lock = `${folder}.lock`
  if (!(await takeLock(lock, done))) return folder
  const fresh = `${folder}.${process.pid}`
  try {
    if (done()) return folder
    const out = `-DoutputDirectory=${fresh}`
    const goal = ['-q', '-B', '-C', '-f', join(HERE, 'pom.xml'), 'dependency:copy-dependencies']
    await run('mvn', [...goal, '-DincludeScope=runtime', out]).catch((error: { stdout?: string }) =>
      fail('OPS_KAFKA', undefined, `mvn could not fetch Kafka: ${(error.stdout ?? '').slice(0, 500)}`),
    )
    await requireListed(fresh)
    await rename(fresh, folder)
    return folder
  } finally {
    await rm(fresh, { recursive: true, force: true })
    await rm(lock, { recursive: true, force: true })
  }
}
