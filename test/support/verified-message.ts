import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { emitFacts } from '#core/decision/emit-facts.ts'
import type { Epoch } from '#core/decision/epoch.ts'
import type { EndpointUrn, HandoffId, MessageId, TypeName, Vct } from '#core/ids.ts'
import {
  asVerified,
  type MessageContext,
  type OpenedEvidence,
  type ToExchange,
  type Verified,
} from '#core/message/content.ts'
import { ROOT, thumbprintFor } from './signed-contracts.ts'

/** now of the story: in the validity of every synthetic row, after the end of TH's assessment. */
export const NOW = Date.UTC(2026, 10, 24, 12)

const PARTNERS = join(ROOT, 'contracts', 'partner')
const OINS: Readonly<Record<string, string>> = Object.fromEntries(
  readdirSync(PARTNERS).map((name) => {
    const { id, oin } = JSON.parse(readFileSync(join(PARTNERS, name), 'utf8'))
    return [id, oin]
  }),
)

/** `tbkk/zaken` → its urn. */
export function urn(short: string): EndpointUrn {
  const [partner = '', name = ''] = short.split('/')
  return `urn:nld:oin:${OINS[partner]}:systeem:${name}` as EndpointUrn
}

export interface Draft {
  readonly type: string
  readonly from: string
  readonly to: readonly { to: string; purpose: string; basis: string; ground?: string; validUntil?: number }[]
  readonly data: Readonly<Record<string, unknown>>
  readonly context?: Partial<MessageContext>
  readonly toExchange?: Partial<ToExchange>
  readonly evidence?: readonly OpenedEvidence[]
}

/** A message as if it had been verified: what the verdict reads, without its cryptography. */
export function verifiedMessage(epoch: Epoch, draft: Draft): Verified {
  const type = epoch.types.get(draft.type as TypeName)
  const sender = epoch.endpoints.get(urn(draft.from))
  if (!type || !sender) throw new Error(`no ${draft.type} or ${draft.from}`)
  const data = Object.fromEntries(type.fields.map(({ name }) => [name, draft.data[name] ?? null]))
  const signer = epoch.carriers.get(sender.oin) ?? sender.oin
  const certificate = epoch.certificates.get(thumbprintFor(signer))
  if (!certificate) throw new Error('no certificate')
  const digest = createHash('sha256')
    .update(JSON.stringify(draft))
    .digest('base64url') as Verified['issuerDigest']
  return asVerified({
    visible: {
      iss: sender.urn,
      aud: epoch.exchange,
      jti: '00000000-0000-4000-8000-000000000001' as MessageId,
      iat: NOW,
      submitBy: NOW + 3_600_000,
      vct: type.vct as Vct,
    },
    type,
    sender,
    certificate,
    terms: draft.to.map((one) => ({
      terms: {
        to: urn(one.to),
        purpose: one.purpose,
        basis: one.basis,
        ground: one.ground ?? 'none',
        validUntil: one.validUntil ?? null,
      },
      disclosure: { encoded: '', digest, name: null, value: null },
    })),
    toExchange: {
      subject: '00000000000000000000000000000001' as ToExchange['subject'],
      inReplyTo: null,
      supersedes: null,
      evidence: [],
      origin: 'own',
      preparedBy: { actor: 'rech-21', role: 'rechercheur', automated: false },
      freeTextReviewed: null,
      reviewAt: null,
      withheldBySender: [],
      ...draft.toExchange,
    },
    context: {
      occurredAt: null,
      regime: 'WPG',
      wpgClass: '8',
      fieldClass: null,
      handling: 'GREEN',
      evaluation: 'B2',
      personCategory: 'SUSPECT',
      factOrOpinion: 'FACT',
      retainUntil: null,
      ...draft.context,
    },
    data,
    evidence: draft.evidence ?? [],
    labelKid: 'label-test',
    issuerJwt: '',
    issuerDigest: digest,
    disclosures: new Map(),
  })
}

let count = 0

/** The label that recipient `index` would get, opened again as evidence. */
export function labelOf(verified: Verified, epoch: Epoch, index = 0, at = NOW): OpenedEvidence {
  count += 1
  const handoff = `ho-1-${count}-0123456789abcdef` as HandoffId
  const { from, facts, marks } = emitFacts(verified, index, handoff, epoch, at)
  return {
    compact: '',
    digest: verified.issuerDigest,
    handoff,
    iat: at,
    sdHash: verified.issuerDigest,
    type: verified.type.name,
    from,
    handling: verified.context.handling,
    facts,
    marks,
    purposeLimit: null,
  }
}
