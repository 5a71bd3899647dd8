/** Inputs of one partition that are being evaluated just now, by their number: first and last. */
export interface PoisonRange {
  readonly first: number
  readonly last: number
}

/**
 * What one instance remembers, outside the fold's transaction, about inputs that kill or crash it (design §3, Poison).
 * Survives the death of the process at once; need not survive the loss of power.
 */
export interface PoisonMarks {
  /** The range that was marked and never cleared: this instance died in it. */
  marked(): PoisonRange | undefined
  mark(range: PoisonRange): void
  clear(): void
  /** Up to this input number, inputs go singly. */
  singlyUpto(): number
  setSinglyUpto(n: number): void
  attempts(n: number): number
  addAttempt(n: number): void
  /** Forgets everything below `n`: those inputs are answered. */
  forget(n: number): void
}

export interface Poison {
  of(partition: number): PoisonMarks
  close(): void
}
