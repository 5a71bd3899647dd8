import { type EndpointUrn, oinOf } from '#core/ids.ts'
import type { Verified } from '#core/message/content.ts'
import type { EvaluationContext } from './evaluator.ts'

/** Of the sender's own organisation, or of a body it carries for (`via`). */
export function isOwn(
  verified: Verified,
  urn: EndpointUrn,
  context: Pick<EvaluationContext, 'epoch'>,
): boolean {
  const sender = verified.sender
  if (oinOf(urn) === sender.oin) return true
  return context.epoch.partners.get(oinOf(urn))?.via === sender.partner
}
