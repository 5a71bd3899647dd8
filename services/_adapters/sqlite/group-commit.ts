import type { DatabaseSync } from 'node:sqlite'

interface Job {
  readonly work: () => unknown
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

export interface GroupCommit {
  /**
   * Runs `work` in the next write transaction, together with everything else asked for in this turn of the event loop:
   * one flush to disk for all. Resolves after the commit; `work` must not throw for reasons of its own job only.
   */
  write<T>(work: () => T): Promise<T>
}

export function groupCommit(database: DatabaseSync, committed?: () => void): GroupCommit {
  let jobs: Job[] = []
  const flush = () => {
    const batch = jobs
    jobs = []
    const results: unknown[] = []
    try {
      database.exec('BEGIN IMMEDIATE')
      for (const job of batch) results.push(job.work())
      database.exec('COMMIT')
    } catch (error) {
      if (database.isOpen && database.isTransaction) database.exec('ROLLBACK')
      for (const job of batch) job.reject(error)
      return
    }
    batch.forEach((job, index) => {
      job.resolve(results[index])
    })
    committed?.()
  }
  return {
    write: <T>(work: () => T) =>
      new Promise<T>((resolve, reject) => {
        if (jobs.length === 0) setImmediate(flush)
        jobs.push({ work, resolve: resolve as (value: unknown) => void, reject })
      }),
  }
}
