/** A story or negative as data (`contracts/cases/<id>.json`): given, steps, and what each must bring about. */
export interface CaseTerms {
  /** `partner/endpoint`. */
  readonly to: string
  readonly purpose: string
  readonly basis: string
  readonly ground?: string
}

export interface CaseSend {
  readonly type: string
  readonly to: readonly CaseTerms[]
  readonly data: Readonly<Record<string, unknown>>
  readonly context: Readonly<Record<string, unknown>>
  readonly preparedBy: { readonly actor: string; readonly role: string; readonly automated: boolean }
  readonly withhold?: readonly string[]
  readonly freeTextReviewed?: { readonly actor: string }
  /** When the sender will look again, `@now+30d`. */
  readonly reviewAt?: string
}

export interface CaseApproval {
  readonly of: string
  readonly guard: string
  readonly by: string
  readonly actor: string
  readonly role: string
  readonly granted: boolean
}

export interface CaseExpectation {
  readonly to: string
  readonly verdict: 'permit' | 'permit-redacted' | 'hold' | 'deny'
  /** The full set, sorted. */
  readonly reasons: readonly string[]
  readonly withheld?: readonly string[]
  /** All that the permit lays on the recipient, sorted. */
  readonly obligations?: readonly string[]
  /** State at the end of the case. */
  readonly state: string
  /** Its duties at the end of the case; those that are not named are not looked at. */
  readonly duties?: readonly CaseDuty[]
}

/** `state`: open, missed, met, late, ended, withdrawn, `awaiting-<what>`, or none: the hand-off has no such duty. */
export interface CaseDuty {
  readonly duty: string
  readonly state: string
}

/** A duty of an earlier step's hand-off, as it is right after this step. */
export interface CaseDutyOf extends CaseDuty {
  readonly of: string
  /** Recipient, where that step has several. */
  readonly to?: string
}

export interface CaseStep {
  readonly step: string
  readonly nl: string
  readonly en: string
  /** Sender, `partner/endpoint`. */
  readonly by?: string
  readonly send?: CaseSend
  /** Step whose hand-off to this sender, or from it, this message continues. */
  readonly follows?: string
  readonly inReplyTo?: string
  readonly supersedes?: string
  /** Steps whose hand-offs to this sender are attached as labels. */
  readonly evidence?: readonly string[]
  /** Reuses the message id of that step. */
  readonly sameIdAs?: string
  readonly approve?: CaseApproval
  /** Sends the bytes of that step again. */
  readonly again?: string
  /**
   * Time that passes before the step, or all that the step is: `P9D`, `PT36H`, `PT5M`, `P9WD` (working days), or until a duty's
   * end, `due:<step>/<duty>`, with `-PT1M` or `+PT1M` behind it. Only a stage with a clock of its own can play it.
   */
  readonly wait?: string
  readonly duties?: readonly CaseDutyOf[]
  readonly expect: readonly CaseExpectation[]
  /** Failure code of the whole message. */
  readonly error?: string
}

export interface Case {
  readonly id: string
  readonly nl: string
  readonly en: string
  readonly given?: { readonly agreementEnded?: readonly string[] }
  readonly steps: readonly CaseStep[]
}

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 }
const TOKEN = /^@(now|today)(?:([+-])(\d{1,4})([mhd]))?$/

/** `@now+2h`, `@today-1d` anywhere in the value become RFC 3339 times or dates around `now` (ms): stories run at the present. */
export function atPresent<T>(value: T, now: number): T {
  if (typeof value === 'string') {
    const match = TOKEN.exec(value)
    if (!match) return value
    const sign = match[2] === '-' ? -1 : 1
    const ms = now + sign * Number(match[3] ?? 0) * (UNITS[match[4] ?? 'd'] ?? 0)
    const time = new Date(Math.floor(ms / 1000) * 1000).toISOString()
    return (match[1] === 'today' ? time.slice(0, 10) : time.replace('.000Z', 'Z')) as T
  }
  if (Array.isArray(value)) return value.map((item) => atPresent(item, now)) as T
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, atPresent(item, now)])) as T
}

/** Time that passes: a term, or until the end of a duty of `step`, sooner or later by `shift`. */
export type Wait =
  | { readonly kind: 'for'; readonly term: string }
  | {
      readonly kind: 'due'
      readonly step: string
      readonly duty: string
      /** `-PT1M`; empty: exactly then. */
      readonly shift: string
    }

const WAIT = /^P(?:T[0-9]{1,5}[HM]|[0-9]{1,4}(?:WD|D))$/
const UNTIL_DUE = /^due:([^/]+)\/([a-z0-9-]*[a-z0-9])([+-]P.+)?$/

/** Throws for any other text. */
export function parseWait(text: string): Wait {
  if (WAIT.test(text)) return { kind: 'for', term: text }
  const [, step, duty, shift = ''] = UNTIL_DUE.exec(text) ?? []
  if (step === undefined || duty === undefined || (shift !== '' && !WAIT.test(shift.slice(1))))
    throw new Error(`no wait: ${text}`)
  return { kind: 'due', step, duty, shift }
}

/** Whether any step lets time pass: then it cannot be played as things are now. */
export const waits = (story: Case): boolean => story.steps.some((step) => step.wait !== undefined)
