import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fail } from '#core/failure.ts'

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/**
 * One process per service of a data directory: a second one would only redo the first one's work, and is nearly always a
 * mistake. A claim of a process that is gone is taken over. Answers the function that gives the claims up.
 */
export async function claimData(data: string, services: Iterable<string>): Promise<() => Promise<void>> {
  await mkdir(data, { recursive: true, mode: 0o700 })
  const claimed: string[] = []
  const release = async () => {
    for (const path of claimed) await rm(path, { force: true })
  }
  try {
    for (const service of services) {
      const path = join(data, `${service}.pid`)
      await claim(path, service)
      claimed.push(path)
    }
  } catch (error) {
    await release()
    throw error
  }
  return release
}

async function claim(path: string, service: string): Promise<void> {
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      await writeFile(path, `${process.pid}\n`, { flag: 'wx', mode: 0o600 })
      return
    } catch {
      const pid = Number((await readFile(path, 'utf8').catch(() => '')).trim())
      if (pid !== process.pid && Number.isInteger(pid) && pid > 0 && alive(pid)) {
        fail('OPS_DATA', undefined, `${service} runs in process ${pid}; stop it, or choose another --data`)
      }
      await rm(path, { force: true })
    }
  }
  fail('OPS_DATA', undefined, `cannot claim ${path}`)
}
