import type { Terms, Verified } from '#core/message/content.ts'
import { messageAt } from './data-path.ts'
import { deriveMembers } from './derive-members.ts'
import type { Endpoint, Epoch, FactDeclaration } from './epoch.ts'
import { FACT_FUNCTIONS, type FactInput } from './fact-functions.ts'
import { type FactType, parseFactType } from './fact-type.ts'
import { asFact } from './fact-value.ts'
import { joinMarks } from './join-labels.ts'
import type { ApprovalFacts } from './judge-approvals.ts'
import { evidencedFact } from './read-evidence.ts'
import { counts, registerRow } from './register-row.ts'
import type { FactValue, Mark, Question } from './verdict.ts'

/**
 * The question about the recipient of `verified.terms[index]`, decided at `at`. Total: it reads the message, the epoch and the
 * approvals, nothing else. What cannot be derived is absent; a required fact that is absent ends in RULE_ERROR.
 */
export function deriveQuestion(
  verified: Verified,
  index: number,
  epoch: Epoch,
  at: number,
  approvals: ApprovalFacts,
): Question {
  const terms = termsOf(verified.terms[index]?.terms)
  const to = verified.terms[index]?.terms.to ?? verified.visible.aud
  const members = deriveMembers(verified)
  const marks = joinMarks(
    verified.evidence.flatMap((label) => label.marks),
    epoch,
    at,
  )
  const question: Question = {
    type: verified.type.name,
    from: verified.visible.iss,
    to,
    terms,
    at: { decided: at, occurred: verified.context.occurredAt },
    label: { handling: verified.context.handling, regime: verified.context.regime, marks },
    facts: {},
    members,
  }
  const recipient = epoch.endpoints.get(to)
  if (!recipient) return question
  const facts = deriveFacts({
    message: verified,
    type: verified.type,
    from: verified.sender,
    to: recipient,
    terms,
    at,
    epoch,
    members,
    marks: limited(marks, verified),
    parents: verified.evidence,
    approvals,
  })
  return { ...question, facts }
}

function termsOf(terms: Terms | undefined): Question['terms'] {
  if (!terms) return { purpose: '', basis: '', ground: '', validUntil: null }
  return { purpose: terms.purpose, basis: terms.basis, ground: terms.ground, validUntil: terms.validUntil }
}

/** The limit a recipient was told holds too, even where the marks below it are wider. */
function limited(marks: readonly Mark[], verified: Verified): readonly Mark[] {
  const told = verified.evidence.flatMap((label) => {
    const first = label.marks[0]
    return first && label.purposeLimit !== null ? [{ ...first, limit: label.purposeLimit }] : []
  })
  return [...marks, ...told]
}

/** Every declared fact that can be derived from this input. */
export function deriveFacts(input: FactInput): Readonly<Record<string, FactValue>> {
  const facts: Record<string, FactValue> = {}
  for (const declaration of input.epoch.facts) {
    const value = deriveFact(declaration, input)
    if (value !== undefined) facts[declaration.name] = value
  }
  return facts
}

function deriveFact(fact: FactDeclaration, input: FactInput): FactValue | undefined {
  const type = parseFactType(fact.type, `contracts/facts.json#/${fact.name}`)
  if (fact.fn !== undefined) return FACT_FUNCTIONS[fact.fn]?.(input)
  if (fact.register !== undefined) return registerFact(fact, type, input)
  if (input.message === null) return undefined
  if (fact.source !== undefined) return asFact(type, messageAt(input.message, fact.source))
  const about = input.message.data[fact.sameAs ?? '']
  return evidencedFact(fact, about, input.message.evidence, input.epoch)?.value
}

function registerFact(fact: FactDeclaration, type: FactType, input: FactInput): FactValue | undefined {
  const key = registerKey(fact.key ?? '', input)
  const row = key === undefined ? undefined : registerRow(input.epoch, fact.register ?? '', key, input.at)
  if (type.kind !== 'record' || !row) return undefined
  const sound = counts(input.epoch, row)
  // Unverified under --strict: an optional fact is absent, a required one its declared worst.
  if (!sound && fact.worst === undefined) return undefined
  const worst = (sound ? {} : fact.worst) as Readonly<Record<string, FactValue>>
  const record: Record<string, FactValue> = {}
  for (const [name, field] of type.fields) {
    const column = fact.value?.[name] ?? name
    const value = Object.hasOwn(worst, name) ? worst[name] : columnFact(field.type, row[column])
    if (value === undefined) return undefined
    record[name] = value
  }
  return record
}

/** Dates in register rows were read to ms when the epoch was loaded. */
function columnFact(type: FactType, value: unknown): FactValue | undefined {
  if (type.kind === 'primitive' && type.name === 'datetime')
    return typeof value === 'number' ? value : undefined
  return asFact(type, value)
}

function registerKey(path: string, { to, from, epoch, message }: FactInput): string | undefined {
  const country = (endpoint: Endpoint) => epoch.partners.get(endpoint.oin)?.country
  if (path === 'to.country') return country(to)
  if (path === 'from.country') return country(from)
  const value: unknown = message === null ? undefined : messageAt(message, path)
  return typeof value === 'string' ? value : undefined
}
