import type { Failure } from '#core/failure.ts'
import { LIMITS } from '#core/limits.ts'
import type { PoisonMarks } from '#core/ports/poison.ts'

/**
 * Counts what an input did to this instance (design §3, Poison). A death in a range of several says nothing about any of them:
 * they go singly from then on. A death in a single one, and a thrown `BUG_`, count; lost races and `OPS_` never do.
 */
export class PoisonGuard {
  readonly #marks: PoisonMarks

  constructor(marks: PoisonMarks) {
    this.#marks = marks
    const left = marks.marked()
    if (!left) return
    if (left.first === left.last) marks.addAttempt(left.first)
    marks.setSinglyUpto(Math.max(left.last, marks.singlyUpto()))
    marks.clear()
  }

  /** How many inputs from number `n` on may be evaluated together. */
  together(n: number, wanted: number): number {
    return n <= this.#marks.singlyUpto() ? Math.min(1, wanted) : wanted
  }

  isPoison(n: number): boolean {
    return this.#marks.attempts(n) >= LIMITS.poisonAttempts
  }

  /** Runs the evaluation of inputs `first` to `last` under a mark that outlives this process. */
  async marked<T>(first: number, last: number, work: () => Promise<T>): Promise<T> {
    this.#marks.mark({ first, last })
    try {
      return await work()
    } finally {
      this.#marks.clear()
    }
  }

  /** True when the failure is held against the input. */
  failed(n: number, failure: Failure): boolean {
    if (failure.family === 'OPS') return false
    this.#marks.addAttempt(n)
    this.#marks.setSinglyUpto(Math.max(n, this.#marks.singlyUpto()))
    return true
  }

  answered(inputs: number): void {
    this.#marks.forget(inputs + 1)
  }
}
