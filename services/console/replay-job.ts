import type { Failure, FailureCode } from '#core/failure.ts'
import { asFailure } from '#core/failure.ts'
import type { Replay } from './ports.ts'
import type { ReplayAnswer, ReplayAsk } from './replay-ask.ts'

export type JobState =
  | { readonly kind: 'none' }
  | { readonly kind: 'running'; readonly ask: ReplayAsk; readonly by: string; readonly total: number }
  | { readonly kind: 'done'; readonly ask: ReplayAsk; readonly by: string; readonly answer: ReplayAnswer }
  | { readonly kind: 'failed'; readonly ask: ReplayAsk; readonly by: string; readonly code: FailureCode }
  | { readonly kind: 'stopped'; readonly ask: ReplayAsk; readonly by: string }

/** One replay at a time: it reads the whole log, and two would only take each other's time. */
export class ReplayJob {
  #state: JobState = { kind: 'none' }
  #stopping: AbortController | undefined
  readonly #replay: Replay
  readonly #report: (failure: Failure) => void

  constructor(replay: Replay, report: (failure: Failure) => void) {
    this.#replay = replay
    this.#report = report
  }

  get state(): JobState {
    return this.#state
  }

  /** false: one is running already. */
  start(ask: ReplayAsk, by: string, closing: AbortSignal): boolean {
    if (this.#state.kind === 'running') return false
    const stopping = new AbortController()
    this.#stopping = stopping
    this.#state = { kind: 'running', ask, by, total: 0 }
    const progress = (total: number) => {
      if (this.#stopping === stopping) this.#state = { kind: 'running', ask, by, total }
    }
    this.#replay(ask, progress, AbortSignal.any([stopping.signal, closing]))
      .then((answer): JobState => ({ kind: 'done', ask, by, answer }))
      .catch((error: unknown): JobState => {
        if (stopping.signal.aborted || closing.aborted) return { kind: 'stopped', ask, by }
        const failure = asFailure(error)
        if (failure.code !== 'OPS_CONTROL') this.#report(failure)
        return { kind: 'failed', ask, by, code: failure.code }
      })
      .then((state) => {
        if (this.#stopping === stopping) this.#state = state
      })
    return true
  }

  stop(): void {
    this.#stopping?.abort()
  }
}
