/** Replay on several cores: partitions are chains of their own, so each worker takes one after the other. */
import { performance } from 'node:perf_hooks'
import { Worker } from 'node:worker_threads'
import { Failure, type FailureCode } from '#core/failure.ts'
import { LIMITS } from '#core/limits.ts'
import type { ReplayReport } from '../replay.ts'
import type { ReplayFilter } from './filter.ts'
import { REPLAY_LISTED } from './tally.ts'

/** Everything a worker needs, as it can be sent: it opens its own log, keys and control. */
export interface WorkerJob {
  readonly data: string
  readonly engine: 'compiled' | 'cedar'
  readonly filter: Omit<ReplayFilter, 'partition'>
  /** Proposed rules, path → bytes. */
  readonly rules: readonly (readonly [string, Uint8Array])[] | null
}

export type ToWorker = { readonly kind: 'partition'; readonly partition: number } | { readonly kind: 'end' }

export type WorkerAnswer =
  | { readonly kind: 'progress'; readonly partition: number; readonly total: number }
  | { readonly kind: 'done'; readonly partition: number; readonly report: ReplayReport }
  | {
      readonly kind: 'failed'
      readonly partition: number
      readonly code: FailureCode
      readonly pointer: string | undefined
      readonly message: string
    }

export interface WorkersOptions {
  readonly workers: number
  readonly progress?: (total: number) => void
  readonly signal?: AbortSignal
}

/** The same report as `replay` gives, in the order of partitions. The first failure of a worker ends them all and is thrown. */
export async function replayInWorkers(job: WorkerJob, options: WorkersOptions): Promise<ReplayReport> {
  const started = performance.now()
  const queue = Array.from({ length: LIMITS.partitions }, (_, partition) => partition)
  const reports = new Map<number, ReplayReport>()
  const totals = new Map<number, number>()
  const { promise: failed, reject } = Promise.withResolvers<never>()
  failed.catch(() => {})
  const heard = (answer: WorkerAnswer): 'free' | 'busy' => {
    switch (answer.kind) {
      case 'progress':
        totals.set(answer.partition, answer.total)
        options.progress?.([...totals.values()].reduce((a, b) => a + b, 0))
        return 'busy'
      case 'failed':
        reject(new Failure(answer.code, answer.pointer, answer.message))
        return 'free'
      case 'done':
        totals.set(answer.partition, answer.report.total)
        reports.set(answer.partition, answer.report)
        return 'free'
    }
  }
  const aborted = () => reject(options.signal?.reason)
  options.signal?.addEventListener('abort', aborted, { once: true })
  if (options.signal?.aborted) aborted()
  const workers = Array.from({ length: Math.min(options.workers, queue.length) }, () => startWorker(job))
  try {
    const all = Promise.all(workers.map((worker) => drive(worker, queue, heard)))
    await Promise.race([all, failed])
  } finally {
    options.signal?.removeEventListener('abort', aborted)
    await Promise.all(workers.map((worker) => worker.terminate()))
  }
  return united(reports, Math.round(performance.now() - started) / 1000)
}

function startWorker(job: WorkerJob): Worker {
  return new Worker(new URL('./replay-worker.ts', import.meta.url), { workerData: job })
}

/** Gives the worker partitions until none is left, and lets it close what it opened. */
async function drive(
  worker: Worker,
  queue: number[],
  heard: (answer: WorkerAnswer) => 'free' | 'busy',
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const next = () => {
    const partition = queue.shift()
    const message: ToWorker = partition === undefined ? { kind: 'end' } : { kind: 'partition', partition }
    worker.postMessage(message)
  }
  worker.on('message', (answer: WorkerAnswer) => {
    if (heard(answer) === 'free') next()
  })
  worker.once('error', reject)
  worker.once('exit', () => resolve())
  next()
  await promise
}

function united(reports: ReadonlyMap<number, ReplayReport>, seconds: number): ReplayReport {
  const all = [...reports].toSorted(([a], [b]) => a - b).map(([, report]) => report)
  const sum = (name: 'total' | 'rederived' | 'reasoned' | 'attested' | 'differs') =>
    all.reduce((count, report) => count + report[name], 0)
  return {
    total: sum('total'),
    rederived: sum('rederived'),
    reasoned: sum('reasoned'),
    attested: sum('attested'),
    differs: sum('differs'),
    seconds,
    differing: all.flatMap(({ differing }) => differing).slice(0, REPLAY_LISTED),
    flips: all.flatMap(({ flips }) => flips).slice(0, REPLAY_LISTED),
  }
}
