/** Deadlines of open hand-offs, soonest first (a binary heap; what ended before stays in it until it comes up). */
export class Deadlines {
  readonly #heap: { readonly deadline: number; readonly handoff: string }[] = []

  add(deadline: number, handoff: string): void {
    const heap = this.#heap
    heap.push({ deadline, handoff })
    for (let i = heap.length - 1; i > 0; ) {
      const parent = (i - 1) >> 1
      if (!this.#swapIfSooner(i, parent)) return
      i = parent
    }
  }

  /** The soonest, if it is not later than `at`; it leaves the heap. */
  takeDue(at: number): string | undefined {
    const heap = this.#heap
    const first = heap[0]
    if (!first || first.deadline > at) return undefined
    const last = heap.pop()
    if (last && heap.length > 0) {
      heap[0] = last
      this.#sink()
    }
    return first.handoff
  }

  #sink(): void {
    let i = 0
    for (;;) {
      const left = 2 * i + 1
      const right = left + 1
      const child = this.#sooner(right, left) ? right : left
      if (!this.#swapIfSooner(child, i)) return
      i = child
    }
  }

  #sooner(a: number, b: number): boolean {
    const [x, y] = [this.#heap[a], this.#heap[b]]
    return x !== undefined && y !== undefined && x.deadline < y.deadline
  }

  #swapIfSooner(child: number, parent: number): boolean {
    const [x, y] = [this.#heap[child], this.#heap[parent]]
    if (!x || !y || x.deadline >= y.deadline) return false
    this.#heap[parent] = x
    this.#heap[child] = y
    return true
  }
}
