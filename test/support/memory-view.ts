import type { DecisionRecord } from '#core/decision/decision-record.ts'
import { type HandoffId, oinOf } from '#core/ids.ts'
import type { DutyRow, HandoffRow } from '#core/ports/fold.ts'
import type { MessageStatus, SenderChange, View, ViewCursor } from '#core/ports/view.ts'

/** A View that a test writes by hand; `touch` wakes whoever waits. */
export class MemoryView implements View {
  unread = 0
  /** ms since it last followed. */
  stale = 0
  readonly rows = new Map<HandoffId, HandoffRow>()
  readonly statuses: MessageStatus[] = []
  readonly news: (readonly [oin: string, change: SenderChange])[] = []
  readonly answers = new Map<string, MessageStatus>()
  readonly records = new Map<HandoffId, readonly DecisionRecord[]>()
  readonly duties = new Map<string, readonly DutyRow[]>()
  readonly bytes = new Map<HandoffId, Uint8Array>()
  #head = Array.from({ length: 16 }, () => 0)
  readonly #waiting = new Set<() => void>()

  put(row: HandoffRow, sealed?: Uint8Array, decisions: readonly DecisionRecord[] = []): void {
    this.rows.set(row.handoff, row)
    if (sealed) this.bytes.set(row.handoff, sealed)
    this.records.set(row.handoff, decisions)
    this.touch(row.partition, Math.max(row.seq, row.releasedSeq ?? 0))
  }

  /** `position`: of the input in its partition of inbound, for who waits at the POST. */
  answer(status: MessageStatus, position = -1): void {
    this.answers.set(`${status.partition}/${position}`, status)
    this.statuses.push(status)
    this.touch(status.partition, status.seq)
  }

  touch(partition: number, seq: number): void {
    this.#head = this.#head.map((old, index) => (index === partition ? Math.max(old, seq) : old))
    for (const wake of this.#waiting) wake()
  }

  get waiting(): number {
    return this.#waiting.size
  }

  age() {
    return this.stale
  }

  async behind() {
    return this.unread
  }

  handoff(id: HandoffId) {
    return this.rows.get(id)
  }

  message(submitter: string, outerId: string) {
    return this.statuses.find((status) => status.submitter === submitter && status.outerId === outerId)
  }

  /** Tests answer by id; the position is that of the status in the list. */
  answerTo(partition: number, position: number) {
    return this.answers.get(`${partition}/${position}`)
  }

  inbox(oin: string, after: ViewCursor, limit: number) {
    const released = (row: HandoffRow) => row.releasedSeq ?? 0
    return [...this.rows.values()]
      .filter((row) => oinOf(row.to) === oin && released(row) > (after[row.partition] ?? 0))
      .toSorted((a, b) => a.partition - b.partition || released(a) - released(b))
      .slice(0, limit)
  }

  changes(oin: string, after: ViewCursor, limit: number) {
    return this.news
      .filter(([whose, change]) => whose === oin && change.seq > (after[change.partition] ?? 0))
      .map(([, change]) => change)
      .toSorted((a, b) => a.partition - b.partition || a.seq - b.seq)
      .slice(0, limit)
  }

  /** What is told to one sender. */
  tell(oin: string, change: SenderChange): void {
    this.news.push([oin, change])
    this.touch(change.partition, change.seq)
  }

  unreleased(limit: number) {
    return [...this.rows.values()].filter((row) => row.state === 'sealed' && !row.released).slice(0, limit)
  }

  recent(limit: number) {
    return [...this.rows.values()].toReversed().slice(0, limit)
  }

  counts() {
    return {}
  }

  dutiesOf(id: string) {
    return this.duties.get(id) ?? []
  }

  async decisions(id: HandoffId) {
    return this.records.get(id) ?? []
  }

  async sealed(id: HandoffId) {
    return this.bytes.get(id)
  }

  head(): ViewCursor {
    return this.#head
  }

  changed(after: ViewCursor, timeoutMs: number, signal: AbortSignal): Promise<ViewCursor> {
    if (signal.aborted || this.#head.some((seq, index) => seq > (after[index] ?? 0)))
      return Promise.resolve(this.#head)
    return new Promise((resolve) => {
      const wake = () => {
        this.#waiting.delete(wake)
        clearTimeout(timer)
        signal.removeEventListener('abort', wake)
        resolve(this.#head)
      }
      const timer = setTimeout(wake, timeoutMs)
      this.#waiting.add(wake)
      signal.addEventListener('abort', wake, { once: true })
    })
  }
}
