import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Where one process of a data directory answers for itself: `<data>/run/<name>.json`, there while it runs. */
export interface RunFile {
  readonly name: string
  readonly pid: number
  /** Base URL of its management port. */
  readonly management: string
}

const NAME = /^[a-z0-9][a-z0-9-]{0,60}\.json$/
const URL_FORM = /^http:\/\/(?:127\.0\.0\.1|\[::1\]):[0-9]{1,5}$/
const folderOf = (data: string) => join(data, 'run')

/** Whole or not at all; answers how to take it away. */
export async function writeRunFile(data: string, file: RunFile): Promise<() => Promise<void>> {
  await mkdir(folderOf(data), { recursive: true, mode: 0o700 })
  const path = join(folderOf(data), `${file.name}.json`)
  await writeFile(`${path}.${file.pid}`, JSON.stringify(file), { mode: 0o600 })
  await rename(`${path}.${file.pid}`, path)
  return () => rm(path, { force: true })
}

function parse(text: string): RunFile | undefined {
  try {
    const { name, pid, management } = JSON.parse(text) as Partial<RunFile>
    if (typeof name !== 'string' || typeof pid !== 'number' || typeof management !== 'string')
      return undefined
    return URL_FORM.test(management) ? { name, pid, management } : undefined
  } catch {
    return undefined
  }
}

/** What processes left, those that were killed included; a file that does not parse is passed by. */
export async function readRunFiles(data: string): Promise<readonly RunFile[]> {
  const names = await readdir(folderOf(data)).catch(() => [])
  const found: RunFile[] = []
  for (const name of names.filter((one) => NAME.test(one)).sort()) {
    const file = parse(await readFile(join(folderOf(data), name), 'utf8').catch(() => ''))
    if (file) found.push(file)
  }
  return found
}
