import { once } from 'node:events'
import { createServer } from 'node:net'

const HOST = '127.0.0.1'

/** The port asked for, else the usual one, else (it is taken) 0: any free one. `told` hears of the last. */
export async function freePort(
  asked: string | undefined,
  usual: number,
  told: (text: string) => void,
): Promise<number> {
  if (asked !== undefined) return Number(asked)
  const probe = createServer()
  try {
    probe.listen(usual, HOST)
    await once(probe, 'listening')
    return usual
  } catch {
    told(`port ${usual} is taken: using a free one`)
    return 0
  } finally {
    probe.close()
  }
}
