import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'

/** Below the range from which Linux takes ports for outgoing connections: nobody takes one between this look and its use. */
const LOWEST = 20_000
const HIGHEST = 32_000
const ATTEMPTS = 1_000

async function isFree(port: number): Promise<boolean> {
  const probe = createServer()
  try {
    probe.listen(port, '127.0.0.1')
    await once(probe, 'listening')
    return true
  } catch {
    return false
  } finally {
    probe.close()
  }
}

/** Different loopback ports on which nobody listens now. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const found = new Set<number>()
  for (let attempt = 0; attempt < ATTEMPTS && found.size < count; attempt += 1) {
    const port = randomInt(LOWEST, HIGHEST)
    if (!found.has(port) && (await isFree(port))) found.add(port)
  }
  if (found.size < count) throw new RangeError(`no ${count} free ports`)
  return [...found]
}
