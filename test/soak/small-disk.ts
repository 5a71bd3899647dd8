/** A disk that can be full: a file system in memory over one folder of the data directory. Needs the right to mount. */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const CHUNK = Buffer.alloc(64 * 1024)
const BALLAST = 'ballast'

export interface SmallDisk {
  /** Not one byte is left when it resolves. */
  fill(): Promise<void>
  free(): Promise<void>
  remove(): Promise<void>
}

export async function mountSmallDisk(folder: string, megabytes: number): Promise<SmallDisk> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0700`, 'tmpfs', folder])
  const ballast = join(folder, BALLAST)
  return {
    async fill() {
      const file = await open(ballast, 'w')
      try {
        for (const size of [CHUNK.length, 512, 1]) {
          const full = async () => (await file.write(CHUNK, 0, size)).bytesWritten === 0
          while (!(await full().catch(() => true)));
        }
      } finally {
        await file.close()
      }
    },
    free: () => rm(ballast, { force: true }),
    remove: async () => void (await run('umount', ['-l', folder])),
  }
}

/** Undefined when small disks can be made here, else why not. */
export async function whyNoSmallDisks(): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'schakel-disk-'))
  try {
    const disk = await mountSmallDisk(folder, 1)
    await disk.remove()
    return undefined
  } catch (error) {
    return `no file system can be mounted: ${error instanceof Error ? error.message.split('\n')[0] : error}`
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
