import { openTransit } from '#core/message/open-transit.ts'
import { presentMessage } from '#core/message/present.ts'
import { sealHandoff } from '#core/message/seal-handoff.ts'
import {
  certificateFor,
  DISCLOSURE,
  HANDOFF,
  issue,
  labelFor,
  oinOfUrn,
  type Pair,
  random,
  TBKK,
  TRANSIT_KEY,
  verifyMessage,
} from './message-world.ts'

export const SHOWN_ROWS = ['suspectName', 'items', 'items/1']

/** A hand-off of ours as its recipient gets it: the presentation with its label, and its JWE. */
export function madeHandoff(
  signer: Pair,
  recipient: Pair,
): { readonly presented: string; readonly jwe: string } {
  const verified = verifyMessage(issue({ type: DISCLOSURE, signer }))
  const { sdJwt, sdHash } = presentMessage(verified, 0, SHOWN_ROWS)
  const presented = sdJwt + labelFor({ aud: TBKK, sdHash })
  const certificate = certificateFor(recipient, oinOfUrn(TBKK), 'seal')
  const sealed = sealHandoff(HANDOFF, presented, certificate, TRANSIT_KEY, random)
  return { presented, jwe: openTransit(HANDOFF, sealed, TRANSIT_KEY) }
}
