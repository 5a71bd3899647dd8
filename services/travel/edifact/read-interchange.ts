import { EDIFACT_LIMITS } from './limits.ts'
import { readSegments } from './read-segments.ts'
import { type Position, refuse } from './refusal.ts'
import { type Repair, type RepairList, repairList } from './repair-list.ts'
import { component, type Segment } from './segment.ts'

export interface Message {
  /** `PAXLST`, `PNRGOV` … */
  readonly type: string
  /** `D:05B`, `11:1` … */
  readonly version: string
  readonly reference: string
  /** UNH element 3: with airlines the flight, or what binds messages of one push together. */
  readonly access: string
  /** UNH element 4: `{ number: '01', mark: 'C' }` of a push in several messages. */
  readonly transfer: { readonly number: string; readonly mark: string }
  /** Between UNH and UNT. */
  readonly segments: readonly Segment[]
  readonly opened: Position
  readonly closed: Position
  /** False when UNT counts another number of segments than came; the reader of the message decides. */
  readonly countAgrees: boolean
}

export interface Interchange {
  readonly sender: string
  readonly recipient: string
  /** As sent: `yymmdd:hhmm`, local to the sender. */
  readonly prepared: string
  readonly reference: string
  readonly messages: readonly Message[]
  readonly repairs: readonly Repair[]
}

const numeric = (text: string): number => (/^\d{1,9}$/.test(text) ? Number(text) : -1)

/** Segments in order, with what to say when another one stands there or none. */
class Walk {
  readonly #segments: readonly Segment[]
  #next = 0

  constructor(segments: readonly Segment[]) {
    this.#segments = segments
  }

  peek(): string {
    return this.#segments[this.#next]?.tag ?? ''
  }

  end(): Position {
    return this.#segments.at(-1)?.at ?? { segment: 0, tag: '', offset: 0 }
  }

  take(tag?: string): Segment {
    const segment = this.#segments[this.#next]
    if (segment === undefined) return refuse('EDI_TRUNCATED', this.end())
    if (tag !== undefined && segment.tag !== tag) refuse('EDI_ORDER', segment.at)
    this.#next += 1
    return segment
  }
}

function sameReference(header: string, trailer: Segment): boolean {
  // A reference that only lost leading zeros is the same one.
  const bare = (text: string): string => text.replace(/^0+(?=.)/, '')
  return bare(component(trailer, 1)) === bare(header)
}

/**
 * UNE and UNZ: a wrong count is refused. A wrong reference alone is noted: every message inside is whole by its own
 * reference and counts, and none is missing.
 */
function checkTrailer(trailer: Segment, reference: string, count: number, repairs: RepairList): void {
  if (numeric(component(trailer, 0)) !== count) refuse('EDI_COUNT', trailer.at)
  if (!sameReference(reference, trailer)) repairs.note('trailer-reference', trailer.at)
}

function readMessage(walk: Walk): Message {
  const head = walk.take('UNH')
  const segments: Segment[] = []
  while (walk.peek() !== 'UNT') {
    const segment = walk.take()
    if (/^UN[ABEGHZ]$/.test(segment.tag)) refuse('EDI_ORDER', segment.at)
    segments.push(segment)
  }
  const tail = walk.take('UNT')
  const reference = component(head, 0)
  if (!sameReference(reference, tail)) refuse('EDI_REFERENCE', tail.at)
  return {
    type: component(head, 1, 0),
    version: `${component(head, 1, 1)}:${component(head, 1, 2)}`,
    reference,
    access: component(head, 2),
    transfer: { number: component(head, 3, 0), mark: component(head, 3, 1) },
    segments,
    opened: head.at,
    closed: tail.at,
    countAgrees: numeric(component(tail, 0)) === segments.length + 2,
  }
}

function readMessages(walk: Walk, close: 'UNE' | 'UNZ', into: Message[]): number {
  const before = into.length
  while (walk.peek() !== close) {
    if (into.length >= EDIFACT_LIMITS.messages) refuse('EDI_SIZE', walk.take().at)
    into.push(readMessage(walk))
  }
  return into.length - before
}

/**
 * Reads an interchange and its envelope: UNB (UNG … UNE)* UNZ, or messages without groups. References of
 * messages agree, and so do the counts of messages and groups. Throws `EdifactRefusal`.
 */
export function readInterchange(bytes: Uint8Array, repairs: RepairList = repairList()): Interchange {
  const walk = new Walk(readSegments(bytes, repairs).segments)
  const head = walk.take('UNB')
  const messages: Message[] = []
  let groups = 0
  while (walk.peek() === 'UNG') {
    const opened = walk.take('UNG')
    const count = readMessages(walk, 'UNE', messages)
    checkTrailer(walk.take('UNE'), component(opened, 4), count, repairs)
    groups += 1
  }
  if (groups === 0) readMessages(walk, 'UNZ', messages)
  const tail = walk.take('UNZ')
  const reference = component(head, 4)
  checkTrailer(tail, reference, groups || messages.length, repairs)
  if (messages.length === 0) refuse('EDI_ORDER', tail.at)
  return {
    sender: component(head, 1),
    recipient: component(head, 2),
    prepared: `${component(head, 3, 0)}:${component(head, 3, 1)}`,
    reference,
    messages,
    repairs: repairs.all(),
  }
}
