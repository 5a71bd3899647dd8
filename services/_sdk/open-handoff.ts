import type { Certificate } from '#core/decision/epoch.ts'
import { fail } from '#core/failure.ts'
import { type EndpointUrn, type HandoffId, type MessageId, parseDigest, type Vct } from '#core/ids.ts'
import { requireInForce } from '#core/message/certificate.ts'
import { checkPresented } from '#core/message/check-presented.ts'
import type { LabelClaims, MessageContext, RecipientLabel, Terms } from '#core/message/content.ts'
import { openHandoff, verifyHandoff } from '#core/message/open-handoff.ts'
import type { Directory } from './directory.ts'
import type { InboxItem } from './gateway-answers.ts'
import type { Identity } from './read-identity.ts'

/** A hand-off to this partner, opened and verified. Only what was shown is in it. */
export interface Handoff {
  readonly handoff: HandoffId
  /** Name of its type; `approval.requested` for a request to approve. */
  readonly type: string
  readonly vct: Vct
  readonly message: MessageId
  readonly from: EndpointUrn
  readonly to: EndpointUrn
  /** When the exchange labelled it, RFC 3339. */
  readonly at: string
  /** Where to go on in the inbox; null when it came another way. */
  readonly cursor: string | null
  readonly terms: Terms | null
  readonly context: Partial<MessageContext>
  readonly data: Readonly<Record<string, unknown>>
  readonly label: RecipientLabel
  readonly obligations: readonly string[]
  /** The label itself (compact KB-JWT): attach it to later messages as evidence. */
  readonly evidence: string
  /** Digest of exactly what was received: goes into the acknowledgement. */
  readonly sdHash: string
  readonly approval: LabelClaims['approval']
  /** The JWE it came in, sealed to this partner: what may lie on a disk until somebody reads it (`open`). */
  readonly sealed: string
  /** Certificate that the sender signed with; of another organisation: its carrier, who attests what the sender said. */
  readonly sender: Certificate
}

/**
 * Opens with this partner's own key, then: label under a published key of the exchange, for this endpoint, over exactly these
 * bytes; sender's signature under a certificate of the own anchor, of that sender, not revoked; data against the published
 * schema. Anything else throws.
 */
export async function openReceived(
  jwe: string,
  to: EndpointUrn,
  item: Pick<InboxItem, 'cursor'> | null,
  ports: { readonly directory: Directory; readonly identity: Identity },
): Promise<Handoff> {
  const { directory, identity } = ports
  const opened = openHandoff(jwe, identity.seal.privateKey)
  const { exchange, label: labelKeys, carriers } = await directory.keys()
  const certificate = await directory.certificate(parseDigest(opened.thumbprint, '/header/x5t#S256'))
  const read = verifyHandoff(opened, { to, exchange, labelKeys, certificate, carriers })
  requireInForce(certificate, read.iat)
  const type = await directory.type(read.type)
  const fault = checkPresented(type, read.data)
  if (fault) fail('MSG_DATA', `/data${fault.pointer}`)
  const { label } = read
  return {
    handoff: read.handoff,
    type: label.label.type,
    vct: read.type,
    message: read.jti,
    from: read.from,
    to: read.to,
    at: new Date(label.iat).toISOString(),
    cursor: item?.cursor ?? null,
    terms: read.terms,
    context: read.context,
    data: read.data,
    label: label.label,
    obligations: label.obligations,
    evidence: read.evidence,
    sdHash: read.sdHash,
    approval: label.approval,
    sealed: jwe,
    sender: certificate,
  }
}
