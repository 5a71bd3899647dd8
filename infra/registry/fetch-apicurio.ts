import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { fail } from '#core/failure.ts'

/** 3.0.9 is the last that runs on Java 17. */
export const APICURIO_VERSION = '3.0.9'
const SHA256 = '2b28181501a20cbf6efcd77f9b7153908fc01f3d3a7c32024c0bd9e1b04c8a43'
const CACHE = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..', '.cache', 'apicurio')
const run = promisify(execFile)

const works = (command: string): Promise<boolean> =>
  run(command, ['-version']).then(
    () => true,
    () => false,
  )

/** Why the registry cannot be started here; undefined when it can. */
export async function whyNoApicurio(): Promise<string | undefined> {
  if (process.platform === 'win32') return 'the launcher needs a POSIX shell'
  if (!(await works('java'))) return 'java is not on the path (Java 17 or later)'
  if (existsSync(join(CACHE, APICURIO_VERSION))) return undefined
  return (await works('mvn')) ? undefined : 'mvn is not on the path, and Apicurio is not in .cache'
}

/**
 * The folder with Apicurio Registry, fetched once by Maven, with the bytes that were reviewed. Several processes may ask at once:
 * each fetches into a folder of its own, and the first to finish is kept. Throws `OPS_REGISTRY` with the reason.
 */
export async function fetchApicurio(): Promise<string> {
  const folder = join(CACHE, APICURIO_VERSION)
  if (existsSync(folder)) return folder
  const reason = await whyNoApicurio()
  if (reason !== undefined) fail('OPS_REGISTRY', undefined, reason)
  const fresh = join(CACHE, `${APICURIO_VERSION}.${process.pid}`)
  const archive = join(fresh, `apicurio-registry-app-${APICURIO_VERSION}-all.tar.gz`)
  await mkdir(join(fresh, 'app'), { recursive: true })
  try {
    const artifact = `-Dartifact=io.apicurio:apicurio-registry-app:${APICURIO_VERSION}:tar.gz:all`
    await run('mvn', ['-q', '-B', '-C', 'dependency:copy', artifact, `-DoutputDirectory=${fresh}`]).catch(
      (error: { readonly stdout?: string }) =>
        fail(
          'OPS_REGISTRY',
          undefined,
          `mvn could not fetch Apicurio: ${(error.stdout ?? '').slice(0, 500)}`,
        ),
    )
    const digest = createHash('sha256')
      .update(await readFile(archive))
      .digest('hex')
    if (digest !== SHA256)
      fail('OPS_REGISTRY', undefined, 'the archive of Apicurio is not the one that was reviewed')
    await run('tar', ['-xzf', archive, '-C', join(fresh, 'app')])
    await rename(join(fresh, 'app'), folder).catch((error: NodeJS.ErrnoException) => {
      if (!existsSync(folder)) throw error
    })
    return folder
  } finally {
    await rm(fresh, { recursive: true, force: true })
  }
}
