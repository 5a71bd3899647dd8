import type { EndpointUrn, TypeName } from '#core/ids.ts'
import type { ApprovalRow } from './approvers.ts'
import { deriveFacts } from './derive-facts.ts'
import type { Epoch } from './epoch.ts'
import { NO_APPROVALS } from './judge-approvals.ts'
import { fieldOf } from './show-members.ts'
import type { FactValue, Question } from './verdict.ts'

const APPROVAL_REQUESTED = 'approval.requested' as TypeName

/**
 * May the approver see what the held hand-off would show, plus the register row's `alsoShow`? Facts about the message stay those
 * of the hold; what depends on the recipient, the terms or the members is derived anew. Total, as `deriveQuestion` is.
 */
export function deriveApprovalQuestion(
  held: Question,
  shown: readonly string[],
  row: ApprovalRow,
  to: EndpointUrn,
  epoch: Epoch,
  at: number,
): Question {
  const members = held.members.filter(
    (member) =>
      shown.includes(member.name) ||
      (row.alsoShow.includes(fieldOf(member.name)) && !member.withheldBySender),
  )
  const terms = { purpose: row.purpose, basis: row.basis, ground: 'none', validUntil: null }
  const question: Question = {
    ...held,
    type: APPROVAL_REQUESTED,
    to,
    terms,
    at: { decided: at, occurred: held.at.occurred },
    facts: {},
    members,
  }
  const type = epoch.types.get(APPROVAL_REQUESTED)
  const from = epoch.endpoints.get(held.from)
  const recipient = epoch.endpoints.get(to)
  if (!type || !from || !recipient) return question
  const derived = deriveFacts({
    message: null,
    type,
    from,
    to: recipient,
    terms,
    at,
    epoch,
    members,
    // The hold already answered for limits and consent; asking its approver is no new purpose.
    marks: [],
    parents: [],
    approvals: NO_APPROVALS,
  })
  const kept = epoch.facts.filter(
    (fact) => ['C', 'T'].includes(fact.origin) || fact.fn === 'freeTextReviewed',
  )
  const facts: Record<string, FactValue> = {}
  for (const { name } of kept) {
    const value = Object.hasOwn(held.facts, name) ? held.facts[name] : undefined
    if (value !== undefined) facts[name] = value
  }
  return { ...question, facts: { ...facts, ...derived } }
}
