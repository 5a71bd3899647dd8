/** Twins (`contracts/twins/*.json`): one question of a case with one thing changed, and what the law must say then. */

import { isApprovalType } from '#core/decision/cedar-schema.ts'
import { deriveFacts } from '#core/decision/derive-facts.ts'
import type { Epoch } from '#core/decision/epoch.ts'
import { FACT_FUNCTIONS } from '#core/decision/fact-functions.ts'
import { NO_APPROVALS } from '#core/decision/judge-approvals.ts'
import type { FactValue, Question } from '#core/decision/verdict.ts'
import type { CaseExpectation } from '#services/story/case.ts'

export interface Twin {
  readonly id: string
  readonly nl: string
  readonly en: string
  /** Hand-off of a case that the question is taken from: its last verdict there. */
  readonly of: { readonly case: string; readonly step: string; readonly to: string; readonly asks?: string }
  /**
   * JSON pointer into the question → its new value; null removes a member. `@decided`, `@decided+1ms`, `@decided-1d` are times
   * around the decision. `/to` and `/from` are `partner/endpoint`. `/members/+` adds one.
   */
  readonly change: Readonly<Record<string, unknown>>
  readonly expect: Pick<CaseExpectation, 'verdict' | 'reasons' | 'withheld' | 'obligations'>
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, h: 3_600_000, d: 86_400_000 }
const TOKEN = /^@decided(?:([+-])(\d{1,5})(ms|s|h|d))?$/

/** Facts that depend on parties, terms, time and members alone: derived anew for a twin. The others stay as recorded. */
const DERIVED = new Set([
  'instrument',
  'flags',
  'recipientSuspended',
  'requestAnswerable',
  'classes',
  'freeText',
  'withinLimit',
  'reporterDisclosed',
  'informantDisclosed',
  'personRows',
])

/** The question of the twin. Throws on a path that is not there: a twin that changes nothing proves nothing. */
export function twinQuestion(
  asked: Question,
  twin: Twin,
  epoch: Epoch,
  urnOf: (ref: string) => string,
): Question {
  const changed = structuredClone(asked) as Question
  const entries = Object.entries(twin.change)
  for (const [pointer, value] of entries.filter(([pointer]) => !pointer.startsWith('/facts/')))
    put(changed, pointer, pointer === '/to' || pointer === '/from' ? urnOf(String(value)) : at(value, asked))
  const facts = { ...changed.facts, ...derivedFacts(changed, epoch) }
  const derived = {
    ...changed,
    facts: Object.fromEntries(
      Object.entries(facts).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    ),
  }
  for (const [pointer, value] of entries.filter(([pointer]) => pointer.startsWith('/facts/')))
    put(derived, pointer, at(value, changed))
  return derived
}

function at(value: unknown, question: Question): unknown {
  if (Array.isArray(value)) return value.map((item) => at(item, question))
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, at(item, question)]))
  const match = typeof value === 'string' ? TOKEN.exec(value) : null
  if (!match) return value
  const sign = match[1] === '-' ? -1 : 1
  return question.at.decided + sign * Number(match[2] ?? 0) * (UNITS[match[3] ?? 'ms'] ?? 0)
}

function put(root: object, pointer: string, value: unknown): void {
  const names = pointer.split('/').slice(1)
  const last = names.pop() ?? ''
  let node: unknown = root
  for (const name of names) node = (node as Record<string, unknown>)[name]
  if (typeof node !== 'object' || node === null) throw new Error(`${pointer} is not in the question`)
  if (Array.isArray(node) && last === '+') node.push(value)
  else if (value !== null) (node as Record<string, unknown>)[last] = value
  else if (Object.hasOwn(node, last)) delete (node as Record<string, unknown>)[last]
  else throw new Error(`${pointer} is not in the question`)
}

/** Undefined: what was true in the case is not any more. */
function derivedFacts(question: Question, epoch: Epoch): Readonly<Record<string, FactValue | undefined>> {
  const type = epoch.types.get(question.type)
  const from = epoch.endpoints.get(question.from)
  const to = epoch.endpoints.get(question.to)
  if (!type || !from || !to) throw new Error('no such type or endpoint')
  const facts = deriveFacts({
    message: null,
    type,
    from,
    to,
    terms: question.terms,
    at: question.at.decided,
    epoch,
    members: question.members,
    // As the exchange asks an approver: the hold already answered for limits and consent.
    marks: isApprovalType(type.name) ? [] : question.label.marks,
    parents: [],
    approvals: NO_APPROVALS,
  })
  const anew = epoch.facts.filter(
    ({ fn, register, key }) =>
      (fn !== undefined && Object.hasOwn(FACT_FUNCTIONS, fn) && DERIVED.has(fn)) ||
      (register !== undefined && /^(?:to|from)\./.test(key ?? '')),
  )
  return Object.fromEntries(anew.map(({ name }) => [name, facts[name]]))
}
