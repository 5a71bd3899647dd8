import type { Message } from './edifact/read-interchange.ts'
import type { Position } from './edifact/refusal.ts'
import { component, type Segment } from './edifact/segment.ts'
import {
  KEPT_CODES,
  KEPT_SEGMENTS,
  SENSITIVE_CODES,
  SENSITIVE_WORDS,
  type SensitiveCategory,
} from './strip-table.ts'

/** What was removed and why: never what it said, which would keep it after all. */
export type Removed = Position &
  ({ readonly why: 'sensitive'; readonly category: SensitiveCategory } | { readonly why: 'not-listed' })

export interface Stripped {
  /** The message without what was removed. Its counts are those of what the carrier sent. */
  readonly message: Message
  readonly removed: readonly Removed[]
}

type Why =
  | { readonly why: 'sensitive'; readonly category: SensitiveCategory }
  | { readonly why: 'not-listed' }

const FREE_TEXT = new Set(['IFT', 'LTS', 'SAC'])

function words(segment: Segment): readonly string[] {
  const text = segment.elements.flat(2).join(' ').toUpperCase()
  return text.split(/[^A-Z]+/).filter((word) => word.length > 2)
}

/** SSR codes as history lines quote them: `SSR WCHRSQHK1`. */
function quotedCodes(segment: Segment): readonly string[] {
  const text = segment.elements.flat(2).join(' ').toUpperCase()
  return [...text.matchAll(/\b(?:SSR|SR|OSI)[ /-]*([A-Z]{4})/g)].map((match) => match[1] ?? '')
}

function inText(segment: Segment): Why | undefined {
  const all = words(segment)
  for (const word of [...quotedCodes(segment), ...all]) {
    const category = SENSITIVE_CODES.get(word) ?? SENSITIVE_WORDS.get(word)
    if (category) return { why: 'sensitive', category }
  }
  return undefined
}

/** Why a segment may not be kept; undefined when it may. */
export function whyRemoved(segment: Segment): Why | undefined {
  if (!KEPT_SEGMENTS.has(segment.tag)) return { why: 'not-listed' }
  if (FREE_TEXT.has(segment.tag)) return inText(segment)
  if (segment.tag !== 'SSR') return undefined
  const code = component(segment, 0, 0).toUpperCase()
  const category = SENSITIVE_CODES.get(code)
  if (category) return { why: 'sensitive', category }
  if (!KEPT_CODES.has(code)) return { why: 'not-listed' }
  // Travel documents hold names, and a name may be any word.
  return code.startsWith('DOC') ? undefined : inText(segment)
}

/**
 * Removes at once what is sensitive (PNR-wet 19) or not listed (PNR-wet 20(1)(b)). To be called before a message is
 * stored, shown or read on; nothing of what was removed is in what it returns.
 */
export function stripReservations(message: Message): Stripped {
  const removed: Removed[] = []
  const segments: Segment[] = []
  for (const segment of message.segments) {
    const why = whyRemoved(segment)
    if (why) removed.push({ ...segment.at, ...why })
    else segments.push(segment)
  }
  return { message: { ...message, segments }, removed }
}
