import type { DatabaseSync } from 'node:sqlite'

const POLL_MS = 4

export interface Watch {
  /** Wakes everybody who waits in this process. */
  wake(): void
  /** Resolves after the next commit of anybody, in this process or another, after the time-out, or on abort. */
  changed(timeoutMs: number, signal: AbortSignal): Promise<void>
  close(): void
}

/** Other processes' commits are seen by polling `PRAGMA data_version` every 4 ms, only while somebody waits. */
export function watchDatabase(database: DatabaseSync): Watch {
  const version = database.prepare('PRAGMA data_version')
  const waiting = new Set<() => void>()
  let seen = version.get()?.['data_version']
  let timer: NodeJS.Timeout | undefined

  const wake = () => {
    const all = [...waiting]
    waiting.clear()
    if (timer) clearInterval(timer)
    timer = undefined
    for (const done of all) done()
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
    changed: (timeoutMs, signal) =>
      new Promise((resolve) => {
        if (signal.aborted || !database.isOpen) return resolve()
        const done = () => {
          clearTimeout(limit)
          signal.removeEventListener('abort', done)
          waiting.delete(done)
          resolve()
        }
        const limit = setTimeout(done, timeoutMs)
        signal.addEventListener('abort', done, { once: true })
        waiting.add(done)
        timer ??= setInterval(poll, POLL_MS)
      }),
    close: wake,
  }
}
