/** The last stage: what may be shown, presented, labelled and sealed for exactly one recipient (design §4). */

import { emitFacts, recipientLabel } from '#core/decision/emit-facts.ts'
import type { Certificate, Epoch } from '#core/decision/epoch.ts'
import { type DutyEvent, dutyObligations } from '#core/duty/start-duties.ts'
import { fail } from '#core/failure.ts'
import { type Digest, type EndpointUrn, type HandoffId, type Oin, oinOf } from '#core/ids.ts'
import type { LabelClaims } from '#core/message/content.ts'
import { makeLabel } from '#core/message/label.ts'
import { presentMessage } from '#core/message/present.ts'
import { sealHandoff, transitKeyId } from '#core/message/seal-handoff.ts'
import type { Doorway } from './doorway.ts'
import type { EvaluationContext } from './evaluator.ts'
import type { ServiceKeys } from './service-keys.ts'
import type { Redacted } from './stages.ts'

export type ApprovalClaim = NonNullable<LabelClaims['approval']>

export interface SealedHandoff {
  readonly bytes: Uint8Array
  readonly sdHash: Digest
}

export interface Sealer {
  readonly doorway: Doorway
  seal(
    redacted: Redacted,
    handoff: HandoffId,
    context: EvaluationContext,
    approval: ApprovalClaim | null,
    duties: readonly DutyEvent[],
  ): Promise<SealedHandoff>
}

/**
 * The sealing certificate of a recipient in force at `at`, the youngest: its own, or that of the carrier through which a body
 * without keys is reached (domain §8.2).
 */
export function sealingCertificate(epoch: Epoch, to: EndpointUrn, at: number): Certificate | undefined {
  const partner = epoch.partners.get(oinOf(to))
  if (!partner) return undefined
  const own = youngestSeal(epoch, partner.oin, at)
  if (own || partner.via === null) return own
  const carrier = [...epoch.partners.values()].find((one) => one.id === partner.via)
  return carrier && youngestSeal(epoch, carrier.oin, at)
}

function youngestSeal(epoch: Epoch, oin: Oin, at: number): Certificate | undefined {
  return sealsOf(epoch)
    .get(oin)
    ?.find((one) => one.notBefore <= at && at < one.notAfter && !epoch.revoked.has(one.thumbprint))
}

const SEALS = new WeakMap<Epoch, ReadonlyMap<Oin, readonly Certificate[]>>()

/** Sealing certificates of each partner, the youngest first: an epoch never changes. */
function sealsOf(epoch: Epoch): ReadonlyMap<Oin, readonly Certificate[]> {
  const known = SEALS.get(epoch)
  if (known) return known
  const seals = [...epoch.certificates.values()]
    .filter((one) => one.use === 'seal')
    .sort((a, b) => b.notBefore - a.notBefore)
  const found = Map.groupBy(seals, (one) => one.oin)
  SEALS.set(epoch, found)
  return found
}

export function createSealer(serviceKeys: ServiceKeys, doorway: Doorway): Sealer {
  return {
    doorway,
    async seal(redacted, handoff, context, approval, duties) {
      const { verified, index, question, verdict } = redacted.decided
      const { epoch, at, keys, random } = context
      const recipient = sealingCertificate(epoch, redacted.to, at)
      if (!recipient) return fail('BUG_INVARIANT', undefined, 'recipient without sealing certificate')
      const presented = presentMessage(verified, index, redacted.shown)
      const kid = verified.labelKid
      const signer = {
        kid,
        key: await serviceKeys.privateKey(keys, `l:${kid}`),
        sealKey: await serviceKeys.secret(keys, `s:${kid}`),
      }
      const claims: LabelClaims = {
        aud: redacted.to,
        nonce: handoff,
        iat: at,
        sdHash: presented.sdHash,
        obligations: [...verdict.obligations, ...dutyObligations(duties)],
        label: recipientLabel(verified, question, verdict, epoch),
        approval,
      }
      const carried = emitFacts(verified, index, handoff, epoch, at)
      // What is held has not been asserted to anybody: a request to approve it is evidence of nothing.
      const facts = approval ? { ...carried, facts: {} } : carried
      const label = makeLabel(claims, facts, signer, random)
      const transit = await keys.ensure(transitKeyId(at), 'transit')
      const bytes = sealHandoff(handoff, presented.sdJwt + label, recipient, transit.bytes, random)
      return { bytes, sdHash: presented.sdHash }
    },
  }
}
