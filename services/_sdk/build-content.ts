import { createHash } from 'node:crypto'
import type { MessageType } from '#core/decision/epoch.ts'
import { fail } from '#core/failure.ts'
import {
  type Digest,
  type EndpointUrn,
  isCaseRef,
  isHandoffId,
  type MessageId,
  parseEndpointUrn,
  parseHandoffId,
  parseMessageId,
  parseVct,
} from '#core/ids.ts'
import { LIMITS } from '#core/limits.ts'
import { checkData } from '#core/message/check-data.ts'
import type { MessageContext, PreparedBy, Terms, ToExchange, Visible } from '#core/message/content.ts'
import { CONTEXT_MEMBERS } from '#core/message/content.ts'

/** An earlier hand-off to this partner, or its label alone (compact KB-JWT). */
export type Evidence = string | { readonly evidence: string }

export interface TermsInput {
  readonly to: string
  readonly purpose: string
  readonly basis: string
  /** Ground of a transfer to a third country; default `none`. */
  readonly ground?: string
  /** ms or RFC 3339 */
  readonly validUntil?: number | string | null
}

/** What a partner says; everything else the SDK derives. Times: ms or RFC 3339. */
export interface Publication {
  /** One to eight recipients; none for messages to the exchange itself. */
  readonly to: readonly TermsInput[]
  /** Fields of the type's schema; nullable ones may be left out. */
  readonly data: Readonly<Record<string, unknown>>
  /** `regime` and `handling` are required. */
  readonly context: Readonly<Record<string, unknown>>
  readonly preparedBy: PreparedBy
  /** Own case reference (32 hex) or a hand-off of the case; default: this message begins its own case. */
  readonly subject?: string
  readonly evidence?: readonly Evidence[]
  /** Labels this message is derived from; default: own information. */
  readonly origin?: 'own' | readonly Evidence[]
  readonly inReplyTo?: string
  readonly supersedes?: string
  readonly freeTextReviewed?: { readonly actor: string }
  readonly reviewAt?: number | string
  /** Nullable fields that exist but do not leave: the exchange reads their names only. */
  readonly withhold?: readonly string[]
  /** Own message id (UUID); the same id with the same call is one message. */
  readonly id?: string
}

export interface Content {
  readonly visible: Visible
  readonly terms: readonly Terms[]
  readonly toExchange: ToExchange
  readonly context: MessageContext
  readonly data: Readonly<Record<string, unknown>>
}

const compactOf = (evidence: Evidence): string =>
  typeof evidence === 'string' ? evidence : evidence.evidence
const digestOf = (evidence: Evidence): Digest =>
  createHash('sha256').update(compactOf(evidence), 'ascii').digest('base64url') as Digest

function timeOf(value: unknown, pointer: string): number | null {
  if (value === undefined || value === null) return null
  const ms = typeof value === 'string' ? Date.parse(value) : value
  if (typeof ms !== 'number' || !Number.isSafeInteger(ms) || ms < 0) return fail('MSG_CLAIM', pointer)
  return Math.floor(ms / 1000) * 1000
}

function textOf(value: unknown, pointer: string): string {
  return typeof value === 'string' && value !== '' ? value : fail('MSG_CLAIM', pointer)
}

function termsOf(input: TermsInput, index: number): Terms {
  const at = `/terms/${index}`
  return {
    to: parseEndpointUrn(input.to, `${at}/to`),
    purpose: textOf(input.purpose, `${at}/purpose`),
    basis: textOf(input.basis, `${at}/basis`),
    ground: textOf(input.ground ?? 'none', `${at}/ground`),
    validUntil: timeOf(input.validUntil, `${at}/validUntil`),
  }
}

function contextOf(given: Readonly<Record<string, unknown>>): MessageContext {
  for (const name of Object.keys(given))
    if (!(CONTEXT_MEMBERS as readonly string[]).includes(name)) fail('MSG_CLAIM', '/context')
  const optional = (name: string) => (given[name] === undefined ? null : given[name])
  return {
    occurredAt: timeOf(given['occurredAt'], '/context/occurredAt'),
    regime: textOf(given['regime'], '/context/regime'),
    wpgClass: optional('wpgClass') as string | null,
    fieldClass: optional('fieldClass') as Readonly<Record<string, string>> | null,
    handling: textOf(given['handling'], '/context/handling'),
    evaluation: optional('evaluation') as string | null,
    personCategory: optional('personCategory') as string | null,
    factOrOpinion: optional('factOrOpinion') as string | null,
    retainUntil: timeOf(given['retainUntil'], '/context/retainUntil'),
  }
}

function subjectOf(subject: string | undefined, id: MessageId): ToExchange['subject'] {
  if (subject === undefined) return id
  return isCaseRef(subject) || isHandoffId(subject) ? subject : parseMessageId(subject, '/subject')
}

/** Full form: each field of the schema, absent and withheld ones null. A withheld value stays here, it is not even hashed. */
function dataOf(type: MessageType, publication: Publication): Readonly<Record<string, unknown>> {
  const withhold = publication.withhold ?? []
  for (const name of withhold)
    if (!type.fields.some((field) => field.name === name && field.nullable)) fail('MSG_DATA', '/withhold')
  const data: Record<string, unknown> = { ...publication.data }
  for (const field of type.fields)
    if (field.nullable && (data[field.name] === undefined || withhold.includes(field.name)))
      data[field.name] = null
  const fault = checkData(type, data)
  if (fault) fail('MSG_DATA', `/data${fault.pointer}`)
  return data
}

/**
 * A publication as the content that is signed. Checks what the sender can mend at once: forms, terms, data against the
 * published schema. Throws `MSG_…` with a pointer. `now` in ms.
 */
export function buildContent(
  publication: Publication,
  type: MessageType,
  from: {
    readonly iss: EndpointUrn
    readonly exchange: EndpointUrn
    readonly id: MessageId
    readonly now: number
  },
): Content {
  const iat = Math.floor(from.now / 1000) * 1000
  const { to, evidence = [], origin = 'own' } = publication
  const recipients = type.toExchange ? to.length === 0 : to.length >= 1 && to.length <= LIMITS.recipientsMax
  if (!recipients) fail(type.toExchange ? 'MSG_SCOPE' : 'MSG_RECIPIENTS', '/terms')
  if (evidence.length > LIMITS.evidenceMax) fail('MSG_EVIDENCE', '/evidence')
  const { inReplyTo, supersedes } = publication
  return {
    visible: {
      iss: from.iss,
      aud: from.exchange,
      jti: from.id,
      iat,
      submitBy: iat + LIMITS.submitByMaxMs,
      vct: parseVct(type.vct, '/vct'),
    },
    terms: to.map(termsOf),
    toExchange: {
      subject: subjectOf(publication.subject, from.id),
      inReplyTo: inReplyTo === undefined ? null : parseHandoffId(inReplyTo, '/inReplyTo'),
      supersedes: supersedes === undefined ? null : parseHandoffId(supersedes, '/supersedes'),
      evidence: evidence.map(compactOf),
      origin: origin === 'own' ? 'own' : origin.map(digestOf),
      preparedBy: publication.preparedBy,
      freeTextReviewed: publication.freeTextReviewed ?? null,
      reviewAt: timeOf(publication.reviewAt, '/reviewAt'),
      withheldBySender: [...(publication.withhold ?? [])],
    },
    context: contextOf(publication.context),
    data: dataOf(type, publication),
  }
}
