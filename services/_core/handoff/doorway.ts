/** Opening and verifying, with the keys that the store holds: the first half of the way of a message. */
import { requireCrlInTime } from '#core/decision/crl-in-time.ts'
import { fail } from '#core/failure.ts'
import { LIMITS } from '#core/limits.ts'
import { checkData } from '#core/message/check-data.ts'
import type { Opened, Signed, Verified } from '#core/message/content.ts'
import { evidenceKids } from '#core/message/evidence-kids.ts'
import { openMessage, readEnvelope, reopenArchived } from '#core/message/open.ts'
import { verifyContent } from '#core/message/verify.ts'
import { verifySignature } from '#core/message/verify-signature.ts'
import type { EvaluationContext, Input } from './evaluator.ts'
import type { ServiceKeys } from './service-keys.ts'

/** What reading an archive copy needs of a context: replay has no more. */
export type Reading = Pick<EvaluationContext, 'epoch' | 'keys'>

export interface Doorway {
  open(input: Input, context: EvaluationContext): Promise<Opened>
  verifySignature(opened: Opened, input: Input, context: EvaluationContext): Signed
  verifyContent(signed: Signed, input: Input, context: EvaluationContext): Promise<Verified>
  /** An archive copy, judged as it was received at `receivedAt` under the rules of now. */
  verifyArchived(sdJwt: string, receivedAt: number, context: Reading): Promise<Verified>
}

/** An intake key that has been destroyed by now opens nothing: what waited that long is refused unopened, and waits for nobody. */
function requireLiving(kid: string, { epoch, at }: EvaluationContext): void {
  const until = epoch.intakeKeys.find((key) => key.kid === kid)?.until ?? Number.NEGATIVE_INFINITY
  if (at >= until + LIMITS.intakeKeyDestroyedAfterMs) fail('MSG_INTAKE_KEY', '/kid')
}

export function createDoorway(serviceKeys: ServiceKeys): Doorway {
  /** Seal keys of the labels that a message presents; one that was destroyed is absent and its label is no evidence. */
  const sealKeysFor = async (signed: Signed, context: Reading) => {
    const found = new Map<string, Uint8Array>()
    const known = new Set(context.epoch.labelKeys.map((key) => key.kid))
    for (const kid of evidenceKids(signed)) {
      if (!known.has(kid)) continue
      const key = await serviceKeys.find(context.keys, `s:${kid}`)
      if (key) found.set(kid, key)
    }
    return found
  }
  return {
    async open(input, context) {
      requireCrlInTime(context.epoch, context.at)
      const { body, attributes } = input.inbound
      const envelope = readEnvelope(body, attributes['type'], context.epoch, input.receivedAt)
      requireLiving(envelope.kid, context)
      return openMessage(envelope, await serviceKeys.privateKey(context.keys, `i:${envelope.kid}`))
    },
    verifySignature(opened, input, context) {
      const { receivedAt, inbound } = input
      return verifySignature(opened, { epoch: context.epoch, receivedAt, submitter: inbound.submitter })
    },
    async verifyContent(signed, input, context) {
      return verifyContent(signed, {
        epoch: context.epoch,
        receivedAt: input.receivedAt,
        attributes: input.inbound.attributes,
        sealKeys: await sealKeysFor(signed, context),
        checkData,
      })
    },
    async verifyArchived(sdJwt, receivedAt, context) {
      const { epoch } = context
      const signed = verifySignature(reopenArchived(sdJwt), { epoch, receivedAt, submitter: null })
      const sealKeys = await sealKeysFor(signed, context)
      return verifyContent(signed, { epoch, receivedAt, attributes: null, sealKeys, checkData })
    },
  }
}
