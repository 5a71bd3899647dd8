/**
 * An in-memory log that behaves as Kafka does: every append lands, and only its base offset tells the writer whether something came
 * between. Tests may let an answer get lost, let a block land late or never, and put void records in.
 */
import { LIMITS } from '#core/limits.ts'
import type { AppendResult, EventLog, LogEntry, LogRecord, Topic } from '#core/ports/event-log.ts'

/** What happens to the next append: its answer is lost though it landed; it lands when `landLate` says; it never lands. */
export type AppendFate = 'normal' | 'lost-answer' | 'late' | 'never'

interface Block {
  readonly topic: Topic
  readonly partition: number
  readonly entries: readonly LogEntry[]
}

export class SimLog implements EventLog {
  readonly #records = new Map<string, LogRecord[]>()
  readonly #waiting = new Set<() => void>()
  readonly #now: () => number
  #limbo: Block[] = []
  fate: AppendFate = 'normal'
  /** Rises with every record: who waits for changes compares it. */
  version = 0

  constructor(now: () => number) {
    this.#now = now
  }

  all(topic: Topic, partition: number): LogRecord[] {
    const key = `${topic}/${partition}`
    const found = this.#records.get(key)
    if (found) return found
    const fresh: LogRecord[] = []
    this.#records.set(key, fresh)
    return fresh
  }

  /** Writes as a zombie or a client bug would: at the end, without asking. */
  inject(topic: Topic, partition: number, entries: readonly LogEntry[]): number {
    const records = this.all(topic, partition)
    const first = records.length
    const at = Math.max(this.#now(), records.at(-1)?.at ?? 0)
    entries.forEach((entry, index) => {
      records.push({ ...entry, position: first + index, at })
    })
    this.version += 1
    for (const wake of [...this.#waiting]) wake()
    return first
  }

  get limbo(): number {
    return this.#limbo.length
  }

  landLate(index = 0): void {
    const [block] = this.#limbo.splice(index, 1)
    if (block) this.inject(block.topic, block.partition, block.entries)
  }

  async read(topic: Topic, partition: number, from: number, most: number = LIMITS.readRecordsMax) {
    const page: LogRecord[] = []
    let bytes = 0
    for (const record of this.all(topic, partition).slice(
      from,
      from + Math.min(most, LIMITS.readRecordsMax),
    )) {
      bytes += record.value.length
      if (page.length > 0 && bytes > LIMITS.readBytesMax) break
      page.push(record)
    }
    return page
  }

  async append(
    topic: Topic,
    partition: number,
    head: number,
    entries: readonly LogEntry[],
  ): Promise<AppendResult> {
    const { fate } = this
    this.fate = 'normal'
    if (fate === 'never') return { kind: 'unknown' }
    if (fate === 'late') {
      this.#limbo.push({ topic, partition, entries })
      return { kind: 'unknown' }
    }
    const first = this.inject(topic, partition, entries)
    if (fate === 'lost-answer') return { kind: 'unknown' }
    if (first !== head) return { kind: 'conflict' }
    return { kind: 'appended', first, at: this.all(topic, partition)[first]?.at ?? 0 }
  }

  async put(partition: number, entry: LogEntry) {
    const position = this.inject('inbound', partition, [entry])
    return { position, at: this.all('inbound', partition)[position]?.at ?? 0 }
  }

  async end(topic: Topic, partition: number): Promise<number> {
    return this.all(topic, partition).length
  }

  changed(_topics: readonly Topic[], timeoutMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve()
      const done = () => {
        clearTimeout(limit)
        signal.removeEventListener('abort', done)
        this.#waiting.delete(done)
        resolve()
      }
      const limit = setTimeout(done, timeoutMs)
      signal.addEventListener('abort', done, { once: true })
      this.#waiting.add(done)
    })
  }

  async close(): Promise<void> {
    for (const wake of [...this.#waiting]) wake()
  }
}
