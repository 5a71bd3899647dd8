/** What clients saw, one line each, in the order they saw it: all that the judge may believe of them. */
import { createReadStream, createWriteStream } from 'node:fs'
import { createInterface } from 'node:readline'

/** Which message of an item, or what else was sent. */
export type Part = 'first' | 'again' | 'resealed' | 'reused' | 'second' | 'ack' | 'approval'

export type Seen =
  /** 202 or 200: from here on it may not be lost. */
  | {
      readonly kind: 'acknowledged'
      readonly index: number
      readonly part: Part
      readonly oin: string
      readonly id: string
      readonly partition: number
      readonly digest: string
    }
  /** Sent, and never acknowledged before the end: it may be there or not. */
  | { readonly kind: 'unanswered'; readonly index: number; readonly part: Part; readonly id: string }
  /** The gateway said for good that it does not take it. */
  | { readonly kind: 'refused'; readonly index: number; readonly part: Part; readonly code: string }
  /** A reader begins: from here on it is judged. */
  | { readonly kind: 'reading'; readonly reader: string; readonly endpoint: string }
  | {
      readonly kind: 'delivered'
      readonly reader: string
      readonly endpoint: string
      readonly handoff: string
      readonly cursor: string
      readonly digest: string
    }
  /** A hand-off that was opened: `fault` when it does not hold, `leak` when a value that nobody may be shown was in it. */
  | {
      readonly kind: 'opened'
      readonly handoff: string
      readonly message: string
      readonly fault: string | null
      readonly leak: boolean
    }
  | { readonly kind: 'erased'; readonly handoff: string }

export interface History {
  add(seen: Seen): void
  close(): Promise<void>
}

export function openHistory(path: string): History {
  const file = createWriteStream(path, { flags: 'a' })
  return {
    add: (seen) => void file.write(`${JSON.stringify(seen)}\n`),
    close: () => new Promise((resolve) => file.end(resolve)),
  }
}

export async function* readHistory(path: string): AsyncGenerator<Seen> {
  for await (const line of createInterface({ input: createReadStream(path) })) {
    // The last line may still be half written.
    if (line.endsWith('}')) yield JSON.parse(line) as Seen
  }
}
