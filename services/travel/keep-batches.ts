import { type BatchRegime, batchDue } from './batch-terms.ts'

/** One person's row of a batch, under a name that says nothing. */
export interface BatchRow<T> {
  readonly row: string
  readonly noShow: boolean
  readonly value: T
}

export interface Batch<T> {
  readonly id: string
  readonly regime: BatchRegime
  /** ms since 1970. */
  readonly received: number
  readonly departed: number
  readonly rows: readonly BatchRow<T>[]
}

/** Where batches lie. Each call is whole or not at all; a deleted row can be read by nobody again. */
export interface BatchStore<T> {
  put(batch: Batch<T>): Promise<void>
  all(): Promise<readonly Batch<T>[]>
  get(id: string): Promise<Batch<T> | undefined>
  /** Keeps `rows` of the batch; without any the batch is gone. */
  keepOnly(id: string, rows: readonly string[]): Promise<void>
}

/** A fact of purging: how many, under which regime, when due and when done. Names nobody. */
export interface Purged {
  readonly batch: string
  readonly regime: BatchRegime
  readonly rows: number
  readonly due: number
  readonly at: number
}

export interface KeptBatches<T> {
  /** Stores a batch; one whose term has already passed is refused (`'too-late'`). */
  accept(batch: Batch<T>): Promise<'kept' | 'too-late'>
  /** Rows that may still be read now, whether or not `purge` has run. */
  read(id: string): Promise<readonly BatchRow<T>[]>
  /** Deletes all that is due. To be called at start and at `nextDue`. */
  purge(): Promise<readonly Purged[]>
  /** ms since 1970; undefined when nothing is kept. */
  nextDue(): Promise<number | undefined>
}

/** Keeps batches no longer than their regime allows, by the clock given. */
export function keepBatches<T>(store: BatchStore<T>, now: () => number): KeptBatches<T> {
  const dueOf = (batch: Batch<T>, row: BatchRow<T>): number => batchDue(batch.regime, batch, row.noShow)
  const alive = (batch: Batch<T>, at: number): readonly BatchRow<T>[] =>
    batch.rows.filter((row) => at < dueOf(batch, row))

  return {
    async accept(batch) {
      const rows = alive(batch, now())
      if (rows.length === 0) return 'too-late'
      await store.put({ ...batch, rows })
      return 'kept'
    },
    async read(id) {
      const batch = await store.get(id)
      return batch ? alive(batch, now()) : []
    },
    async purge() {
      const at = now()
      const done: Purged[] = []
      for (const batch of await store.all()) {
        const kept = alive(batch, at)
        const gone = batch.rows.filter((row) => !kept.includes(row))
        if (gone.length === 0) continue
        await store.keepOnly(
          batch.id,
          kept.map((row) => row.row),
        )
        const due = Math.min(...gone.map((row) => dueOf(batch, row)))
        done.push({ batch: batch.id, regime: batch.regime, rows: gone.length, due, at })
      }
      return done
    },
    async nextDue() {
      const dues = (await store.all()).flatMap((batch) => batch.rows.map((row) => dueOf(batch, row)))
      return dues.length === 0 ? undefined : dues.reduce((low, due) => Math.min(low, due))
    },
  }
}

/** Batches in memory: gone with the process, as a purge would do anyway. */
export function memoryBatches<T>(): BatchStore<T> {
  const batches = new Map<string, Batch<T>>()
  return {
    async put(batch) {
      batches.set(batch.id, batch)
    },
    all: async () => [...batches.values()],
    get: async (id) => batches.get(id),
    async keepOnly(id, rows) {
      const batch = batches.get(id)
      const kept = batch?.rows.filter((row) => rows.includes(row.row)) ?? []
      if (batch && kept.length > 0) batches.set(id, { ...batch, rows: kept })
      else batches.delete(id)
    },
  }
}
