import type { DeskKinds } from './desk.ts'
import type { Sent } from './link.ts'
import type { Application } from './person.ts'
import type { NotAbroad, Question } from './plan-questions.ts'

/** An application on the assessor's desk. */
export interface VogFile {
  readonly application: Application
  /** Hand-off it came with: the case goes on from there, and its deadlines hang on it. */
  readonly handoff: string
  readonly livedInUk: boolean
  /** How often something with it was not permitted. */
  readonly tries: number
  readonly announced: Announced | null
  readonly decision: Decision | null
}

export interface Announced {
  readonly grounds: string
  readonly viewsUntil: string
  readonly sent: Sent
}

export const OUTCOMES = ['ISSUED', 'REFUSED', 'NOT_HANDLED'] as const
export type Outcome = (typeof OUTCOMES)[number]

export interface Decision {
  readonly outcome: Outcome
  /** ms */
  readonly at: number
  readonly actor: string
  readonly sent: Sent
  /** When Justid was told that what came from abroad is gone; null while that has not succeeded. */
  readonly destroyed: { readonly at: number; readonly sent: Sent } | null
}

export interface AskedQuestion {
  readonly question: Question
  /** How often it was sent: a question that waited is sent anew. */
  readonly attempt: number
  readonly at: number
  readonly sent: Sent
}

export interface Answer {
  /** Number of the question; several answers may have one. */
  readonly question: string
  readonly type: string
  readonly at: string
  readonly data: Readonly<Record<string, unknown>>
  /** Label of the hand-off: goes along with what is decided on it. */
  readonly evidence: string
}

/** What was offered and may not be used: that it was, never what it says. */
export interface Quarantined {
  readonly what: string
  readonly from: string
  /** ms */
  readonly at: number
}

export interface VogKinds extends DeskKinds {
  /** By number of the application. */
  file: VogFile
  /** By number of the question, in the folder of the application. */
  question: AskedQuestion
  /** By hand-off, in the folder of the application. Of the Dutch documentation. */
  extract: Answer
  /** The same, from abroad: destroyed at the decision. */
  foreign: Answer
  /** In no application's folder: nothing leads from a file to it. */
  quarantine: Quarantined
}

/** A file as it is read: with what was asked, what came, and what is still to be asked. */
export interface VogView extends VogFile {
  readonly questions: readonly (AskedQuestion & { readonly ref: string })[]
  /** Planned, and not sent or not gone out. */
  readonly open: readonly Question[]
  readonly notAbroad: NotAbroad
  readonly answers: readonly Answer[]
}
