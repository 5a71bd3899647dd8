import { LIMITS } from '#core/limits.ts'
import type { LogRecord } from '#core/ports/event-log.ts'
import { sizeOf } from './log-record.ts'

/**
 * The last records of one partition, as this process wrote or fetched them, so that its other readers need not fetch them again. It never
 * answers "nothing more": only the broker knows the end.
 */
export class LogTail {
  /** Without a gap from `#start` to `#next`. */
  #records: LogRecord[] = []
  #start = 0
  #next = 0
  #bytes = 0
  /** High watermark as last seen; undefined before the first look. */
  end: number | undefined

  /** Records from `from` on; none where they are not kept. */
  from(from: number): readonly LogRecord[] {
    if (from < this.#start || from >= this.#next) return []
    const first = this.#records.findIndex(({ position }) => position >= from)
    return first < 0 ? [] : this.#records.slice(first)
  }

  /** What lies from `start` on, without a gap. Pages of readers far behind are not kept. */
  keep(start: number, records: readonly LogRecord[]): void {
    const last = records.at(-1)
    if (!last || last.position < this.#next) return
    if (start > this.#next || start < this.#start || this.#records.length === 0) {
      this.#records = []
      this.#bytes = 0
      this.#start = start
      this.#next = start
    }
    for (const record of records) {
      if (record.position < this.#next) continue
      this.#records.push(record)
      this.#bytes += sizeOf(record)
    }
    this.#next = last.position + 1
    if (this.#bytes > LIMITS.kafkaCacheBytesMax) this.#shrink()
  }

  /** The log is not the one it was, or shorter. */
  forget(): void {
    this.#records = []
    this.#bytes = 0
    this.#start = 0
    this.#next = 0
    this.end = undefined
  }

  #shrink(): void {
    let gone = 0
    while (this.#bytes > LIMITS.kafkaCacheBytesMax / 2) {
      const record = this.#records[gone]
      if (!record) break
      this.#bytes -= sizeOf(record)
      gone += 1
    }
    this.#records.splice(0, gone)
    this.#start = this.#records[0]?.position ?? this.#next
  }
}
