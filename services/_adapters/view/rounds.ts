import { LIMITS } from '#core/limits.ts'

interface Round {
  running: Promise<void> | undefined
  next: Promise<void> | undefined
}

export interface Rounds {
  /** A round of one partition that begins after this call: one under way may have passed by what its caller waits for. */
  one(partition: number): Promise<void>
  all(): Promise<void>
}

/** At most one reading of each partition at a time, and one that waits for it, whoever asks. */
export function readingRounds(read: (partition: number) => Promise<void>): Rounds {
  const rounds = new Map<number, Round>()
  const start = (partition: number, round: Round): Promise<void> => {
    round.next = undefined
    round.running = read(partition).finally(() => {
      round.running = undefined
    })
    return round.running
  }
  const one = (partition: number): Promise<void> => {
    const round = rounds.get(partition) ?? { running: undefined, next: undefined }
    rounds.set(partition, round)
    if (!round.running) return start(partition, round)
    const again = () => start(partition, round)
    round.next ??= round.running.then(again, again)
    return round.next
  }
  return {
    one,
    async all() {
      for (let partition = 0; partition < LIMITS.partitions; partition += 1) await one(partition)
    },
  }
}
