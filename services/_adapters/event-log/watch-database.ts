import type { DatabaseSync } from 'node:sqlite'

const POLL_MS = 4

export interface Watch {
  /** Wakes who waits in this process for one of these places. */
  wake(places: ReadonlySet<string>): void
  /** Resolves after the next commit to `places` here, or any in another process, after the time-out, or on abort. */
  changed(places: readonly string[], timeoutMs: number, signal: AbortSignal): Promise<void>
  close(): void
}

/** Other processes' commits are seen by polling `PRAGMA data_version` every 4 ms, only while somebody waits. */
export function watchDatabase(database: DatabaseSync): Watch {
  const version = database.prepare('PRAGMA data_version')
  const waiting = new Map<() => void, readonly string[]>()
  let seen = version.get()?.['data_version']
  let timer: NodeJS.Timeout | undefined

  const wake = (places?: ReadonlySet<string>) => {
    for (const [done, wanted] of [...waiting])
      if (!places || wanted.some((place) => places.has(place))) done()
  }
  const poll = () => {
    if (!database.isOpen) return wake()
    const now = version.get()?.['data_version']
    if (now === seen) return
    seen = now
    wake()
  }
  return {
    wake,
    changed: (places, timeoutMs, signal) =>
      new Promise((resolve) => {
        if (signal.aborted || !database.isOpen) return resolve()
        const done = () => {
          clearTimeout(limit)
          signal.removeEventListener('abort', done)
          waiting.delete(done)
          if (waiting.size === 0) {
            clearInterval(timer)
            timer = undefined
          }
          resolve()
        }
        const limit = setTimeout(done, timeoutMs)
        signal.addEventListener('abort', done, { once: true })
        waiting.set(done, places)
        timer ??= setInterval(poll, POLL_MS)
      }),
    close: () => wake(),
  }
}
