import { type CleanBytes, cleanBytes } from './clean-bytes.ts'
import { type Charset, charsetOf, decodeText } from './decode-text.ts'
import { EDIFACT_LIMITS } from './limits.ts'
import { type Position, refuse } from './refusal.ts'
import { type Repair, type RepairList, repairList } from './repair-list.ts'
import type { Element, Segment } from './segment.ts'
import type { ServiceCharacters } from './service-characters.ts'

export interface Segments {
  readonly service: ServiceCharacters
  /** From UNB to UNZ, both included when they are there. */
  readonly segments: readonly Segment[]
  readonly repairs: readonly Repair[]
}

interface Raw {
  readonly tag: string
  readonly elements: readonly Element[]
  readonly next: number
  readonly terminated: boolean
}

/** Parts one segment at the service characters; values are still one character per byte. */
function partSegment(clean: CleanBytes, start: number, at: Position): Raw {
  const { text, service } = clean
  const elements: string[][][] = []
  let element: string[][] = [[]]
  let value = ''
  let run = start
  const closeValue = (end: number): void => {
    element.at(-1)?.push(value + text.slice(run, end))
    value = ''
    run = end + 1
    if ((element.at(-1)?.length ?? 0) > EDIFACT_LIMITS.components) refuse('EDI_SIZE', at)
  }
  const closeElement = (): void => {
    elements.push(element)
    element = [[]]
    if (elements.length > EDIFACT_LIMITS.elements) refuse('EDI_SIZE', at)
  }
  let index = start
  let terminated = false
  for (; index < text.length && !terminated; index += 1) {
    if (index - start > EDIFACT_LIMITS.segmentLength) refuse('EDI_SIZE', at)
    const code = text.charCodeAt(index)
    if (code === service.release) {
      value += text.slice(run, index)
      run = index + 1
      index += 1
    } else if (code === service.component) closeValue(index)
    else if (code === service.repetition) {
      closeValue(index)
      element.push([])
      if (element.length > EDIFACT_LIMITS.components) refuse('EDI_SIZE', at)
    } else if (code === service.element || code === service.terminator) {
      closeValue(index)
      closeElement()
      terminated = code === service.terminator
    }
  }
  if (!terminated) {
    closeValue(text.length)
    closeElement()
  }
  const [head, ...rest] = elements
  return { tag: head?.[0]?.[0] ?? '', elements: rest, next: index, terminated }
}

function brokenInside(clean: CleanBytes, from: number, to: number): boolean {
  return (clean.offsets[to - 1] ?? 0) - (clean.offsets[from] ?? 0) !== to - 1 - from
}

function decoded(raw: Raw, charset: Charset, at: Position, repairs: RepairList): Segment {
  const elements = raw.elements.map((element) =>
    element.map((parts) => parts.map((value) => decodeText(value, charset, at, repairs))),
  )
  return { tag: raw.tag, elements, at }
}

function afterLast(clean: CleanBytes, next: number, at: Position, repairs: RepairList): void {
  const rest = clean.text.slice(next)
  const offset = clean.offsets[next] ?? at.offset
  if (/UNB.(?:UNO[A-Z]|IATA)/.test(rest))
    refuse('EDI_SECOND_INTERCHANGE', { segment: at.segment + 1, tag: '', offset })
  if (rest.trim() !== '') repairs.note('noise-after', { ...at, offset })
}

/**
 * Reads one interchange as it came, from UNB to UNZ. Says nothing about order, counts or content of segments.
 * Throws `EdifactRefusal`.
 */
export function readSegments(bytes: Uint8Array, repairs: RepairList = repairList()): Segments {
  const clean = cleanBytes(bytes, repairs)
  const segments: Segment[] = []
  let charset: Charset = 'latin-1'
  let position = clean.start
  while (position < clean.text.length) {
    while (clean.text.charCodeAt(position) === 0x20) position += 1
    if (position >= clean.text.length) break
    const where = { segment: segments.length + 1, tag: '', offset: clean.offsets[position] ?? 0 }
    if (segments.length >= EDIFACT_LIMITS.segments) refuse('EDI_SIZE', where)
    const raw = partSegment(clean, position, where)
    if (!/^[A-Z]{3}$/.test(raw.tag)) refuse('EDI_TAG', where)
    const at = { ...where, tag: raw.tag }
    if (!raw.terminated) {
      if (raw.tag !== 'UNZ') refuse('EDI_TRUNCATED', at)
      repairs.note('last-terminator', at)
    }
    if (brokenInside(clean, position, raw.next)) repairs.note('line-break-in-segment', at)
    if (segments.length === 0) charset = charsetOf(raw.elements[0]?.[0]?.[0] ?? '', at)
    segments.push(decoded(raw, charset, at, repairs))
    position = raw.next
    if (raw.tag === 'UNZ') {
      afterLast(clean, position, at, repairs)
      break
    }
  }
  return { service: clean.service, segments, repairs: repairs.all() }
}
