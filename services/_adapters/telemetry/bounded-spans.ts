import type { ReadableSpan, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace'

export interface BoundedSpansOptions {
  readonly exporter: SpanExporter
  /** Spans that were lost: queue full, or their batch not taken. */
  readonly dropped: (count: number) => void
  readonly queueMax?: number
  readonly batchMax?: number
  readonly everyMs?: number
}

const QUEUE = 2_048
const BATCH = 256
const EVERY_MS = 1_000
const EXPORT_MS = 5_000
const TAKEN = 0

/**
 * Ended spans in a queue of fixed length, sent in batches, one at a time. Nothing waits for it and nothing is tried again:
 * what does not fit or is not taken is counted and gone. (The SDK's own processor drops without a number.)
 */
export class BoundedSpans implements SpanProcessor {
  readonly #options: BoundedSpansOptions
  readonly #timer: NodeJS.Timeout
  #queue: ReadableSpan[] = []
  #sending: Promise<void> | undefined
  #closed = false

  constructor(options: BoundedSpansOptions) {
    this.#options = options
    this.#timer = setInterval(() => this.#send(), options.everyMs ?? EVERY_MS)
    this.#timer.unref()
  }

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    if (this.#closed || this.#queue.length >= (this.#options.queueMax ?? QUEUE)) this.#options.dropped(1)
    else this.#queue.push(span)
  }

  #send(): Promise<void> {
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined
    })
    return this.#sending
  }

  async #sendAll(): Promise<void> {
    const most = this.#options.batchMax ?? BATCH
    while (this.#queue.length > 0) {
      const batch = this.#queue.slice(0, most)
      this.#queue = this.#queue.slice(most)
      if (!(await this.#export(batch))) this.#options.dropped(batch.length)
    }
  }

  #export(batch: ReadableSpan[]): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), EXPORT_MS)
      const done = (taken: boolean) => {
        clearTimeout(timer)
        resolve(taken)
      }
      try {
        this.#options.exporter.export(batch, (result) => done(result.code === TAKEN))
      } catch {
        done(false)
      }
    })
  }

  async forceFlush(): Promise<void> {
    await this.#send()
  }

  async shutdown(): Promise<void> {
    clearInterval(this.#timer)
    await this.#send()
    this.#closed = true
    await this.#options.exporter.shutdown()
  }
}
