import type { Epoch } from '#core/decision/epoch.ts'
import { asFailure, fail } from '#core/failure.ts'
import type { EndpointUrn } from '#core/ids.ts'
import type { OpenedEvidence } from './content.ts'
import { sha256Of } from './disclosure.ts'
import { type OpenedLabel, openLabelFacts, verifyLabel } from './open-label.ts'

/** Seal key of a label key, by kid; undefined once it was destroyed. */
export type SealKeys = ReadonlyMap<string, Uint8Array>

/**
 * A label presented as evidence: ours, signed under the key in force at its own `iat`, presented by the very endpoint it was
 * made for (another task of the same organisation is another endpoint), not withdrawn. Throws `MSG_EVIDENCE`, whatever is wrong
 * with it, or `MSG_EVIDENCE_WITHDRAWN`.
 */
export function openEvidence(
  compact: string,
  presenter: EndpointUrn,
  epoch: Epoch,
  sealKeys: SealKeys,
  pointer = '/evidence',
): OpenedEvidence {
  const label = readLabel(compact, epoch, pointer)
  if (label.aud !== presenter) return fail('MSG_EVIDENCE', pointer)
  if (epoch.withdrawnLabels.has(label.nonce)) return fail('MSG_EVIDENCE_WITHDRAWN', pointer)
  const sealKey = sealKeys.get(label.kid)
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

function readLabel(compact: string, epoch: Epoch, pointer: string): OpenedLabel {
  try {
    return verifyLabel(compact, epoch.labelKeys)
  } catch (error) {
    return asFailure(error).family === 'MSG' ? fail('MSG_EVIDENCE', pointer) : fail('BUG_UNEXPECTED', pointer)
  }
}
