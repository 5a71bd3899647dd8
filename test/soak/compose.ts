/** Messages as partners' systems make them: signed and sealed with their own keys, without an outbox on disk. */
import { join } from 'node:path'
import { systemRandom } from '#adapters/random/system.ts'
import type { Epoch } from '#core/decision/epoch.ts'
import type { CaseRef, EndpointUrn, HandoffId, MessageId, TypeName, Vct } from '#core/ids.ts'
import { algorithmOf } from '#core/message/algorithms.ts'
import { outerAttributes } from '#core/message/cloudevents.ts'
import type { MessageContext, ToExchange } from '#core/message/content.ts'
import { issueMessage } from '#core/message/issue-message.ts'
import { sealMessage } from '#core/message/seal-message.ts'
import { type Identity, readIdentity } from '#sdk/read-identity.ts'
import { type Draft, urn } from '../support/verified-message.ts'

export interface Wire {
  readonly partner: string
  readonly id: string
  readonly attributes: Readonly<Record<string, string>>
  readonly body: string
}

export interface Signed {
  readonly partner: string
  readonly id: string
  readonly sdJwt: string
  readonly attributes: Readonly<Record<string, string>>
}

const CONTEXT: MessageContext = {
  occurredAt: null,
  regime: 'WPG',
  wpgClass: '8',
  fieldClass: null,
  handling: 'GREEN',
  evaluation: 'B2',
  personCategory: 'SUSPECT',
  factOrOpinion: 'FACT',
  retainUntil: null,
}
const SERVICE: Partial<MessageContext> = {
  regime: 'GDPR',
  wpgClass: null,
  evaluation: null,
  personCategory: null,
  factOrOpinion: null,
}
const DAY_HALF_MS = 12 * 3_600_000

/** Of one epoch: a soak changes no keys. */
export class Composer {
  readonly epoch: Epoch
  readonly #partners: string
  readonly #identities = new Map<string, Promise<Identity>>()

  constructor(epoch: Epoch, partners: string) {
    this.epoch = epoch
    this.#partners = partners
  }

  identity(partner: string): Promise<Identity> {
    const known = this.#identities.get(partner) ?? readIdentity(join(this.#partners, partner), Date.now())
    this.#identities.set(partner, known)
    return known
  }

  async sign(draft: Draft, id: string, subject: string): Promise<Signed> {
    const partner = draft.from.split('/')[0] ?? ''
    const identity = await this.identity(partner)
    const type = this.epoch.types.get(draft.type as TypeName)
    const [label] = this.epoch.labelKeys
    if (!type || !label) throw new Error(`cannot send ${draft.type}`)
    const toExchange: ToExchange = {
      subject: subject as CaseRef,
      inReplyTo: null,
      supersedes: null,
      evidence: [],
      origin: 'own',
      preparedBy: { actor: 'rech-21', role: 'rechercheur', automated: false },
      freeTextReviewed: null,
      reviewAt: null,
      withheldBySender: [],
      ...draft.toExchange,
    }
    const iat = Math.floor(Date.now() / 1000) * 1000
    const visible = {
      iss: urn(draft.from),
      aud: this.epoch.exchange,
      jti: id as MessageId,
      iat,
      submitBy: iat + DAY_HALF_MS,
      vct: type.vct as Vct,
    }
    const terms = draft.to.map((one) => ({
      to: urn(one.to) as EndpointUrn,
      purpose: one.purpose,
      basis: one.basis,
      ground: one.ground ?? 'none',
      validUntil: one.validUntil ?? null,
    }))
    const { certificate, privateKey } = identity.sign
    const signer = { key: privateKey, alg: algorithmOf(privateKey), thumbprint: certificate.thumbprint }
    const context = { ...CONTEXT, ...draft.context }
    const data = Object.fromEntries(type.fields.map(({ name }) => [name, draft.data[name] ?? null]))
    const input = { visible, type, cnf: label.jwk, terms, toExchange, context, data, signer }
    const { specversion: _, ...attributes } = outerAttributes(visible, toExchange.subject)
    return { partner, id, sdJwt: issueMessage(input, systemRandom), attributes }
  }

  /** Each seal is another: other bytes, the same message. */
  seal({ partner, id, sdJwt, attributes }: Signed): Wire {
    const intake = this.epoch.intakeKeys.find((key) => key.jwk['crv'] === 'P-256')
    if (!intake) throw new Error('no intake key')
    return { partner, id, attributes, body: sealMessage(sdJwt, intake, systemRandom) }
  }

  async acknowledgement(from: string, handoff: HandoffId, sdHash: string, id: string): Promise<Wire> {
    const data = { handOff: handoff, sdHash }
    const draft: Draft = { type: 'acknowledged', from, to: [], data, context: SERVICE }
    const preparedBy = { actor: 'soak', role: 'system', automated: true }
    return this.seal(await this.sign({ ...draft, toExchange: { preparedBy } }, id, handoff))
  }

  async approval(
    from: string,
    approval: { readonly handOff: HandoffId; readonly guard: string; readonly until: number },
    digest: string,
    id: string,
  ): Promise<Wire> {
    const role = approval.guard === 'wpg19-ovj' ? 'OVJ' : 'MANDAATHOUDER'
    const actor = `${role.toLowerCase()}-41`
    const { handOff, guard } = approval
    const until = new Date(approval.until).toISOString().replace(/\.[0-9]{3}Z$/, 'Z')
    const data = { handOff, digest, guard, until, granted: true, actor, role, reason: null }
    const draft: Draft = { type: 'approval.given', from, to: [], data, context: SERVICE }
    const preparedBy = { actor, role, automated: false }
    return this.seal(await this.sign({ ...draft, toExchange: { preparedBy } }, id, handOff))
  }
}
