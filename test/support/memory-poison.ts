import type { Poison, PoisonMarks, PoisonRange } from '#core/ports/poison.ts'

/** Outlives the exchange object it was given to, as a file outlives a process. */
export class MemoryPoison implements Poison {
  readonly #parts = new Map<number, PoisonMarks>()

  of(partition: number): PoisonMarks {
    const found = this.#parts.get(partition) ?? marks()
    this.#parts.set(partition, found)
    return found
  }

  close(): void {}
}

function marks(): PoisonMarks {
  let range: PoisonRange | undefined
  let singly = 0
  const attempts = new Map<number, number>()
  return {
    marked: () => range,
    mark: (next) => {
      range = next
    },
    clear: () => {
      range = undefined
    },
    singlyUpto: () => singly,
    setSinglyUpto: (n) => {
      singly = n
    },
    attempts: (n) => attempts.get(n) ?? 0,
    addAttempt: (n) => void attempts.set(n, (attempts.get(n) ?? 0) + 1),
    forget: (n) => {
      for (const known of [...attempts.keys()]) if (known < n) attempts.delete(known)
    },
  }
}
