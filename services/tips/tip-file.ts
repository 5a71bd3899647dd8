import type { Outcome } from '#sdk/send-once.ts'
import type { TipReport } from './read-tip-form.ts'

/** What a reporter is told of a tip, in the exchange's four words, in the order in which they follow each other. */
export const TIP_STATUSES = ['RECEIVED', 'ASSESSED', 'FORWARDED_ABROAD', 'CLOSED'] as const
export type TipStatus = (typeof TIP_STATUSES)[number]

/** One tip in the hotline's own file. Nothing in it says who reported, except `report.contact`. */
export interface Tip {
  /** Opaque, and the only two names that the police learn. */
  readonly ref: string
  readonly handle: string
  /** ms since 1970 */
  readonly receivedAt: number
  readonly keepUntil: number
  readonly report: TipReport
  /** `new`: nobody has reviewed it, or what was sent did not leave. */
  readonly state: 'new' | 'forwarded' | 'set-aside'
  readonly status: TipStatus
  /** Id of the message that it goes out with: the same until the exchange has refused that one. */
  readonly message: string
  readonly outcome: Outcome | null
}

/** A question of the police about a tip, and the way of its answer: from the desk to the reporter and back. */
export interface Question {
  readonly handoff: string
  readonly tip: string
  /** As the police number it. */
  readonly id: string
  readonly text: string
  readonly receivedAt: number
  readonly state: 'received' | 'relayed' | 'answered' | 'sent'
  readonly answer: string | null
  readonly message: string
  readonly outcome: Outcome | null
}

/** The later of two words: a tip never goes back. */
export function laterStatus(one: TipStatus, other: TipStatus): TipStatus {
  return TIP_STATUSES.indexOf(one) >= TIP_STATUSES.indexOf(other) ? one : other
}

/** Whether it went out, or may still. */
export const isOut = ({ verdict }: Outcome): boolean => verdict !== 'deny' && verdict !== 'refused'
