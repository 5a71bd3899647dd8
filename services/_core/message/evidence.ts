import type { Epoch } from '#core/decision/epoch.ts'
import { fail } from '#core/failure.ts'
import type { EndpointUrn } from '#core/ids.ts'
import { oinOf } from '#core/ids.ts'
import type { OpenedEvidence } from './content.ts'
import { sha256Of } from './disclosure.ts'
import { labelKidOf } from './label.ts'
import { openLabelFacts, verifyLabel } from './open-label.ts'

/** Seal key of a label key, by kid; undefined once it was destroyed. */
export type SealKeys = ReadonlyMap<string, Uint8Array>

/**
 * A label presented as evidence: ours, signed under the key in force at its own `iat`, for the sender that presents it, not
 * withdrawn. `MSG_EVIDENCE`, `MSG_EVIDENCE_WITHDRAWN`.
 */
export function openEvidence(
  compact: string,
  presenter: EndpointUrn,
  epoch: Epoch,
  sealKeys: SealKeys,
  pointer = '/evidence',
): OpenedEvidence {
  const kid = labelKidOf(compact)
  const key = epoch.labelKeys.find((one) => one.kid === kid)
  if (!key) return fail('MSG_EVIDENCE', pointer)
  const label = verifyLabel(compact, [key])
  if (!mayPresent(presenter, label.aud, epoch)) return fail('MSG_EVIDENCE', pointer)
  if (epoch.withdrawnLabels.has(label.nonce)) return fail('MSG_EVIDENCE_WITHDRAWN', pointer)
  const sealKey = sealKeys.get(kid)
  if (!sealKey) return fail('MSG_EVIDENCE', pointer)
  const facts = openLabelFacts(label, sealKey)
  return {
    compact,
    digest: sha256Of(compact),
    handoff: label.nonce,
    iat: label.iat,
    sdHash: label.sdHash,
    type: label.label.type,
    from: facts.from,
    handling: label.label.handling,
    facts: facts.facts,
    marks: facts.marks,
    purposeLimit: label.label.purposeLimit,
  }
}

/** The endpoint it was made for, another endpoint of that organisation, or the carrier that stands in for it. */
function mayPresent(presenter: EndpointUrn, aud: EndpointUrn, epoch: Epoch): boolean {
  if (oinOf(presenter) === oinOf(aud)) return true
  const carrier = epoch.endpoints.get(presenter)?.partner
  return carrier !== undefined && epoch.partners.get(oinOf(aud))?.via === carrier
}
