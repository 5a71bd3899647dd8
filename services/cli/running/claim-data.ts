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
 * One `up` per data directory: two would only redo each other's work, and the second is nearly always a mistake. A claim of a
 * process that is gone is taken over. Answers the function that gives the claim up.
 */
export async function claimData(data: string): Promise<() => Promise<void>> {
  await mkdir(data, { recursive: true, mode: 0o700 })
  const path = join(data, 'up.pid')
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      await writeFile(path, `${process.pid}\n`, { flag: 'wx', mode: 0o600 })
      return () => rm(path, { force: true })
    } catch {
      const pid = Number((await readFile(path, 'utf8').catch(() => '')).trim())
      if (pid !== process.pid && Number.isInteger(pid) && pid > 0 && alive(pid)) {
        fail('OPS_DATA', undefined, `${data} is in use by process ${pid}; stop it, or choose another --data`)
      }
      await rm(path, { force: true })
    }
  }
  return fail('OPS_DATA', undefined, `cannot claim ${path}`)
}
