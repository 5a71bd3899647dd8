/** Questions that differ from another in one thing. */
import { deriveQuestion } from '#core/decision/derive-facts.ts'
import type { Epoch } from '#core/decision/epoch.ts'
import { NO_APPROVALS } from '#core/decision/judge-approvals.ts'
import type { FactValue, Question } from '#core/decision/verdict.ts'
import { draftOfCase } from '../../../support/draft-of-case.ts'
import { NOW, urn, verifiedMessage } from '../../../support/verified-message.ts'

/** Per policy a question that it matches, and the nearest one that it does not. */
export type PolicyCases = Readonly<Record<string, readonly [matches: Question, not: Question]>>

export const asking = (epoch: Epoch, id: string, step: string): Question =>
  deriveQuestion(verifiedMessage(epoch, draftOfCase(id, step)), 0, epoch, NOW, NO_APPROVALS)

/** null takes a fact away. */
export function withFacts(base: Question, over: Readonly<Record<string, FactValue | null>>): Question {
  const merged = Object.entries({ ...base.facts, ...over }).filter(([, value]) => value !== null)
  return { ...base, facts: Object.fromEntries(merged) as Question['facts'] }
}

export const withTerms = (base: Question, over: Partial<Question['terms']>): Question => ({
  ...base,
  terms: { ...base.terms, ...over },
})

export const withLabel = (base: Question, over: Partial<Question['label']>): Question => ({
  ...base,
  label: { ...base.label, ...over },
})

export const sentTo = (base: Question, to: string): Question => ({ ...base, to: urn(to) })
export const sentBy = (base: Question, from: string): Question => ({ ...base, from: urn(from) })
