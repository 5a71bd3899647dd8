import type { Application } from './person.ts'

/** Whom an application makes Justis ask. `jd`: the Dutch judicial documentation. */
export type Question =
  | { readonly kind: 'jd' }
  | { readonly kind: 'ecris'; readonly state: string }
  | { readonly kind: 'tcn' }
  | { readonly kind: 'uk'; readonly stayed: boolean }

/** Why nobody abroad is asked; `null`: somebody is, or nobody need be. */
export type NotAbroad = 'profile' | 'no-consent' | 'consent-withdrawn' | null

export interface QuestionPlan {
  readonly questions: readonly Question[]
  readonly notAbroad: NotAbroad
}

export interface PlanFacts {
  /** Member states in ECRIS, the Netherlands too (register `ecris-members`). */
  readonly members: ReadonlySet<string>
  /** The applicant says to have lived in the United Kingdom. */
  readonly livedInUk: boolean
}

/**
 * The right way for each nationality: a member state is asked under the Framework Decision, the United Kingdom under the trade
 * agreement, ECRIS-TCN about whoever has no nationality of a member state (its guard, Reg. (EU) 2019/816 art. 7). Abroad only for
 * work with children (Dir. 2011/93 art. 10) and with consent that was not withdrawn (art. 10(3)). What countries outside of these
 * say does not count for a certificate, so they are not asked. The same question is never there twice.
 */
export function planQuestions(
  application: Pick<Application, 'nationalities' | 'vogProfile' | 'consent'>,
  { members, livedInUk }: PlanFacts,
): QuestionPlan {
  const notAbroad = whyNotAbroad(application)
  if (notAbroad) return { questions: [{ kind: 'jd' }], notAbroad }
  const abroad = [...new Set(application.nationalities)].filter((code) => code !== 'NL')
  const states = abroad.filter((code) => members.has(code))
  const british = abroad.includes('GB')
  const third = abroad.some((code) => code !== 'GB' && !members.has(code))
  const memberNational = application.nationalities.some((code) => members.has(code))
  return {
    questions: [
      { kind: 'jd' },
      ...states.map((state) => ({ kind: 'ecris', state }) as const),
      ...(third && !memberNational ? [{ kind: 'tcn' } as const] : []),
      ...(british || livedInUk ? [{ kind: 'uk', stayed: livedInUk } as const] : []),
    ],
    notAbroad,
  }
}

function whyNotAbroad({ vogProfile, consent }: Pick<Application, 'vogProfile' | 'consent'>): NotAbroad {
  if (vogProfile === 'OTHER') return 'profile'
  if (consent === null) return 'no-consent'
  return consent.withdrawnAt === null ? null : 'consent-withdrawn'
}

/** Number of a question: says whom is asked and nothing else; `requestRef` or `queryRef` of its messages. */
export function questionRef(applicationRef: string, question: Question): string {
  switch (question.kind) {
    case 'jd':
      return `${applicationRef}-JD`
    case 'ecris':
      return `${applicationRef}-${question.state}`
    case 'tcn':
      return `${applicationRef}-TCN`
    case 'uk':
      return `${applicationRef}-GB`
  }
}

/** The question that a reply is about; states that ECRIS-TCN named are asked under its number and theirs (`…-TCN-BE`). */
export function refersTo(question: string, requestRef: string): boolean {
  return requestRef === question || (question.endsWith('-TCN') && requestRef.startsWith(`${question}-`))
}
