import { LIMITS } from '#core/limits.ts'
import type { Signed } from './content.ts'
import { parseDisclosure, sha256Of } from './disclosure.ts'
import { labelKidOf } from './label.ts'
import { asObject } from './strict-json.ts'

/**
 * kids of the label keys whose seal keys are needed to read the evidence of a signed message. Nothing is judged here: what is
 * malformed gives none, and `verifyContent` says what is wrong with it.
 */
export function evidenceKids(signed: Signed): readonly string[] {
  const digests = signed.payload['_sd']
  const digest: unknown = Array.isArray(digests) ? digests[0] : undefined
  const encoded = signed.encoded.find((one) => sha256Of(one) === digest)
  if (encoded === undefined) return []
  try {
    const { evidence } = asObject(parseDisclosure(encoded, '/toExchange').value, '/toExchange')
    if (!Array.isArray(evidence)) return []
    return [...new Set(evidence.slice(0, LIMITS.evidenceMax).map((one) => labelKidOf(String(one))))]
  } catch {
    return []
  }
}
