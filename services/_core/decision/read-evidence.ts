import type { EndpointUrn } from '#core/ids.ts'
import type { OpenedEvidence } from '#core/message/content.ts'
import type { Epoch, FactDeclaration } from './epoch.ts'
import type { FactValue } from './verdict.ts'

/**
 * How a T fact travels in a label: the value, who asserted it first, in which hand-off, and about whom. Only the exchange
 * writes and reads it (it is sealed in the label).
 */
export interface CarriedFact {
  readonly value: FactValue
  readonly by: string
  readonly handoff: string
  /** Value of the declaration's `sameAs` field in the asserting message. */
  readonly about: string
}

type Fields = Readonly<Record<string, FactValue>>

export function readCarried(value: FactValue | undefined): CarriedFact | undefined {
  if (typeof value !== 'object' || Array.isArray(value)) return undefined
  const { value: inner, by, handoff, about } = value as Fields
  if (
    inner === undefined ||
    typeof by !== 'string' ||
    typeof handoff !== 'string' ||
    typeof about !== 'string'
  )
    return undefined
  return { value: inner, by, handoff, about }
}

/**
 * A T fact from the evidence given: it counts only if its asserter has the declared role, it is about the same person or thing,
 * and neither the label nor the hand-off that first asserted it was withdrawn. Of several the newest label decides.
 */
export function evidencedFact(
  fact: FactDeclaration,
  about: unknown,
  evidence: readonly OpenedEvidence[],
  epoch: Epoch,
): CarriedFact | undefined {
  const newest = [...evidence].sort((a, b) => b.iat - a.iat || (a.handoff < b.handoff ? -1 : 1))
  for (const label of newest) {
    const carried = Object.hasOwn(label.facts, fact.name) ? readCarried(label.facts[fact.name]) : undefined
    if (!carried || epoch.withdrawnLabels.has(label.handoff) || isWithdrawn(carried.handoff, epoch)) continue
    if (carried.about === about && isAsserter(carried.by, fact, epoch)) return carried
  }
  return undefined
}

const isWithdrawn = (handoff: string, epoch: Epoch): boolean =>
  [...epoch.withdrawnLabels].some((id) => id === handoff)

function isAsserter(urn: string, fact: FactDeclaration, epoch: Epoch): boolean {
  const endpoint = epoch.endpoints.get(urn as EndpointUrn)
  return endpoint !== undefined && (fact.assertedBy ?? []).some((role) => endpoint.roles.includes(role))
}
