import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Addresses that sign one in, as long as the process that wrote them runs: `<data>/run/sign-in/<name>`. Whoever can read them can
 * read the keys beside them as well; so they are told to the terminal, and to no log.
 */
export type SignInLinks = Readonly<Record<string, string>>

const folderOf = (data: string) => join(data, 'run', 'sign-in')

/** Whole or not at all, for the owner alone; answers how to take it away. */
export async function writeSignIn(
  data: string,
  name: string,
  links: SignInLinks,
): Promise<() => Promise<void>> {
  await mkdir(folderOf(data), { recursive: true, mode: 0o700 })
  await chmod(folderOf(data), 0o700)
  const path = join(folderOf(data), name)
  await writeFile(`${path}.${process.pid}`, JSON.stringify(links), { mode: 0o600 })
  await rename(`${path}.${process.pid}`, path)
  return () => rm(path, { force: true })
}

/** Links of a running application; none when it does not run here. */
export async function readSignIn(data: string, name: string): Promise<SignInLinks> {
  try {
    const links: unknown = JSON.parse(await readFile(join(folderOf(data), name), 'utf8'))
    if (typeof links !== 'object' || links === null) return {}
    return Object.fromEntries(
      Object.entries(links).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    )
  } catch {
    return {}
  }
}
