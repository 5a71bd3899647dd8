/** Which message is the n-th of a seed, and what must come of it: sender and judge both ask here, so that nothing has to be told. */

import { story } from '../support/story-messages.ts'
import type { Draft } from '../support/verified-message.ts'
import { seeded } from './seeded.ts'

export type Kind =
  | 'tip'
  | 'feedback'
  | 'alert'
  | 'pair'
  | 'partly'
  | 'denied'
  | 'held'
  | 'repeat'
  | 'resealed'
  | 'reused'
  | 'broken'
  | 'misrouted'
  | 'superseded'

const KINDS: readonly (readonly [Kind, number])[] = [
  ['tip', 26],
  ['feedback', 26],
  ['alert', 10],
  ['pair', 5],
  ['partly', 4],
  ['denied', 4],
  ['held', 1.5],
  ['repeat', 8],
  ['resealed', 4],
  ['reused', 4],
  ['broken', 3],
  ['misrouted', 2],
  ['superseded', 2.5],
]

export interface Item {
  readonly index: number
  readonly kind: Kind
  readonly id: string
  /** Of the second message of `superseded`. */
  readonly secondId: string
  readonly subject: string
  /** Stands in every value that nobody may be shown. */
  readonly mark: string
}

/** `sealed`, `refused`, `held`: states in which new hand-offs begin, by recipient in order. */
export interface Expected {
  readonly answer: 'decided' | 'refused'
  readonly code: string | null
  readonly states: readonly string[]
}

export const MARK = 'GEHEIM'

export function itemOf(seed: number, index: number): Item {
  const random = seeded(seed, index + 1)
  const kind = random.pick(KINDS)
  return {
    index,
    kind,
    id: random.uuid(),
    secondId: random.uuid(),
    subject: random.hex(16),
    mark: `${MARK}-${random.hex(8)}`,
  }
}

const later = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString()

/** Story messages speak of a fixed day; this is today. */
function today({ evidence: _, ...draft }: Draft): Draft {
  const days = { validUntil: 2, windowFrom: 0, windowUntil: 2, assessedAt: -5, actionAt: 0 }
  const data = { ...draft.data }
  for (const [name, ahead] of Object.entries(days)) if (data[name] !== undefined) data[name] = later(ahead)
  return { ...draft, data }
}

function feedbackTo(...recipients: readonly string[]): Draft {
  const draft = today(story.feedback())
  const [first] = draft.to
  return first ? { ...draft, to: recipients.map((to) => ({ ...first, to })) } : draft
}

function marked(draft: Draft, values: Readonly<Record<string, unknown>>): Draft {
  return { ...draft, data: { ...draft.data, ...values } }
}

/** What the sender of an item writes; values with the mark are those that nobody may be shown. */
export function draftOf({ kind, mark }: Item): Draft {
  switch (kind) {
    case 'tip':
    case 'repeat':
    case 'broken':
      return today(story.tip())
    case 'alert':
    case 'resealed':
      return marked(today(story.alert()), { caseSummary: mark, source: mark, riskReport: mark })
    case 'feedback':
    case 'reused':
    case 'misrouted':
    case 'superseded':
      return feedbackTo('ecpat/meldpunt')
    case 'pair':
      return feedbackTo('ecpat/meldpunt', 'tdh/veldwerk')
    case 'partly':
      return feedbackTo('ecpat/meldpunt', 'om-lp/parket')
    case 'denied':
      return feedbackTo('om-lp/parket')
    case 'held':
      return today(story.disclosure(true))
  }
}

/** What must be the first answer to the message of an item. */
export function expectedOf({ kind }: Item): Expected {
  const decided = (...states: readonly string[]): Expected => ({ answer: 'decided', code: null, states })
  switch (kind) {
    case 'pair':
      return decided('sealed', 'sealed')
    case 'partly':
      return decided('sealed', 'refused')
    case 'denied':
      return decided('refused')
    case 'held':
      return decided('held', 'sealed', 'sealed')
    case 'broken':
      return { answer: 'refused', code: 'MSG_SEAL', states: [] }
    case 'misrouted':
      return { answer: 'refused', code: 'MSG_ROUTE', states: [] }
    case 'tip':
    case 'feedback':
    case 'alert':
    case 'repeat':
    case 'resealed':
    case 'reused':
    case 'superseded':
      return decided('sealed')
  }
}
