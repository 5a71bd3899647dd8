import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const ADDRESS = /^https:\/\/(?:127\.0\.0\.1|localhost|\[::1\]):[0-9]{1,5}$/
const pathOf = (data: string) => join(data, 'run', 'gateway.url')

/** Leaves word in the data directory where its gateway listens; answers how to take it away. */
export async function writeGatewayAddress(data: string, url: string): Promise<() => Promise<void>> {
  await mkdir(join(data, 'run'), { recursive: true, mode: 0o700 })
  const path = pathOf(data)
  await writeFile(`${path}.${process.pid}`, url, { mode: 0o600 })
  await rename(`${path}.${process.pid}`, path)
  return async () => {
    if ((await readFile(path, 'utf8').catch(() => '')) === url) await rm(path, { force: true })
  }
}

/** Where `schakel up` of this data directory listens on this machine; undefined when none left word. */
export async function readGatewayAddress(data: string): Promise<string | undefined> {
  const text = await readFile(pathOf(data), 'utf8').catch(() => '')
  return ADDRESS.test(text) ? text : undefined
}
