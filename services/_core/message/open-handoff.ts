/** The recipient's side: a sealed hand-off opened and verified with what the recipient already knows (design §4, Label). */
import type { KeyObject } from 'node:crypto'
import type { Certificate, ServiceKey } from '#core/decision/epoch.ts'
import { fail } from '#core/failure.ts'
import {
  type Digest,
  type EndpointUrn,
  type HandoffId,
  type MessageId,
  type Oin,
  oinOf,
  parseHandoffId,
  type Vct,
} from '#core/ids.ts'
import { LIMITS } from '#core/limits.ts'
import { CONTEXT_MEMBERS, type MessageContext, type Terms } from './content.ts'
import { Disclosed } from './disclosed.ts'
import { refuseDigests } from './disclosure.ts'
import { MESSAGE_HEADER, MESSAGE_TYP } from './issue-message.ts'
import { decryptJwe } from './jwe.ts'
import { type ParsedJws, parseJws, verifyParsedJws } from './jws.ts'
import { sdHashOf } from './label.ts'
import { type OpenedLabel, verifyLabel } from './open-label.ts'
import { readTerms } from './read-members.ts'
import { HANDOFF_CTY } from './seal-handoff.ts'
import { asObject, parseStrictJson } from './strict-json.ts'
import { numericDate, visibleOf } from './verify-signature.ts'

const PRESENTED = /^[A-Za-z0-9_.~-]+$/

/** Opened, not verified: nothing in it may be believed yet. */
export interface OpenedHandoff {
  readonly handoff: HandoffId
  /** `x5t#S256` of the sender's signing certificate, to be looked up and judged by the recipient. */
  readonly thumbprint: string
  readonly issuer: ParsedJws
  readonly disclosures: readonly string[]
  readonly label: string
}

export interface Expected {
  /** The recipient itself. */
  readonly to: EndpointUrn
  readonly exchange: EndpointUrn
  /** The exchange's published label keys, past ones included. */
  readonly labelKeys: readonly ServiceKey[]
  /** The sender's certificate with that thumbprint, its chain and revocation checked. */
  readonly certificate: Certificate
  /** Who signs for bodies without a key of their own, as the exchange publishes it (body → carrier); none when left out. */
  readonly carriers?: ReadonlyMap<Oin, Oin>
}

/** What the recipient was shown, all of it under the sender's signature; `data` is not checked against its schema yet. */
export interface ReadHandoff {
  readonly handoff: HandoffId
  readonly from: EndpointUrn
  readonly to: EndpointUrn
  readonly type: Vct
  readonly jti: MessageId
  /** ms */
  readonly iat: number
  /** null: shown to an approver, for whom the message was not meant. */
  readonly terms: Terms | null
  readonly context: Partial<MessageContext>
  /** Shown members only; of an array with rows the shown rows. */
  readonly data: Readonly<Record<string, unknown>>
  readonly label: OpenedLabel
  /** The compact KB-JWT, to be presented as evidence. */
  readonly evidence: string
  readonly sdHash: Digest
}

/** Opens the recipient's seal. Throws `MSG_FRAMING`, `MSG_JWE_HEADER`, `MSG_SEAL`, `MSG_ENCODING`, `MSG_HEADER…`, `MSG_TYP`. */
export function openHandoff(jwe: string, sealingKey: KeyObject): OpenedHandoff {
  const { header, plaintext } = decryptJwe(jwe, sealingKey)
  if (header.cty !== HANDOFF_CTY) return fail('MSG_JWE_HEADER', '/cty')
  const handoff = parseHandoffId(header.ho, '/ho')
  const text = plaintext.toString('latin1')
  if (!PRESENTED.test(text)) return fail('MSG_ENCODING', '/')
  const parts = text.split('~')
  const label = parts.pop()
  const [issuerJwt, ...disclosures] = parts
  if (!issuerJwt || !label || disclosures.includes('')) return fail('MSG_FRAMING', '/')
  if (disclosures.length > LIMITS.disclosuresMax) return fail('MSG_DISCLOSURE', '/')
  const issuer = parseJws(issuerJwt, MESSAGE_HEADER)
  if (issuer.header['typ'] !== MESSAGE_TYP) return fail('MSG_TYP', '/header/typ')
  const thumbprint = issuer.header['x5t#S256']
  if (typeof thumbprint !== 'string') return fail('MSG_HEADER', '/header/x5t#S256')
  return { handoff, thumbprint, issuer, disclosures, label }
}

/**
 * Verifies, in this order: the label is the exchange's, for this recipient, for this hand-off, over exactly these bytes; the
 * sender's signature; that the sender bound its message to that label key; that every disclosure has its digest. Throws
 * `MSG_EVIDENCE`, `MSG_AUD`, `MSG_SIGNATURE`, `MSG_ALG`, `PEER_IDENTITY`, `MSG_CNF`, `MSG_DISCLOSURE`, `MSG_DIGEST_PLACE`, `MSG_CLAIM`.
 */
export function verifyHandoff(opened: OpenedHandoff, expected: Expected): ReadHandoff {
  const { issuer, disclosures, handoff } = opened
  const label = verifyLabel(opened.label, expected.labelKeys)
  if (label.aud !== expected.to) return fail('MSG_AUD', '/label/aud')
  if (label.nonce !== handoff) return fail('MSG_EVIDENCE', '/label/nonce')
  const sdHash = sdHashOf(`${[issuer.compact, ...disclosures].join('~')}~`)
  if (label.sdHash !== sdHash) return fail('MSG_EVIDENCE', '/label/sd_hash')
  const payload = signedPayload(opened, expected)
  checkBinding(payload, label, expected)
  const visible = visibleOf(payload)
  if (visible.aud !== expected.exchange) return fail('MSG_AUD', '/aud')
  const sender = oinOf(visible.iss)
  const signer = expected.certificate.oin
  if (signer !== sender && expected.carriers?.get(sender) !== signer) return fail('PEER_IDENTITY', '/iss')
  const disclosed = new Disclosed(disclosures)
  const shown = {
    terms: termsOf(payload, disclosed),
    context: contextOf(payload, disclosed),
    data: dataOf(payload, disclosed),
  }
  if (disclosed.surplus) return fail('MSG_DISCLOSURE', '/disclosures')
  if (shown.terms && shown.terms.to !== expected.to && label.approval === null)
    return fail('MSG_AUD', '/terms/to')
  const { iss: from, jti, iat, vct: type } = visible
  return { handoff, from, to: expected.to, type, jti, iat, ...shown, label, evidence: opened.label, sdHash }
}

function signedPayload({ issuer, thumbprint }: OpenedHandoff, { certificate }: Expected) {
  if (certificate.thumbprint !== thumbprint || certificate.use !== 'sign') fail('PEER_CERTIFICATE')
  verifyParsedJws(issuer, certificate.publicKey)
  return asObject(parseStrictJson(issuer.payload, '/'), '/')
}

/** The sender named the exchange's key: nobody else can have labelled this (RFC 9901 §4.3, RFC 7800). */
function checkBinding(
  payload: Readonly<Record<string, unknown>>,
  label: OpenedLabel,
  { labelKeys }: Expected,
) {
  const key = labelKeys.find((one) => one.kid === label.kid)
  const jwk = asObject(asObject(payload['cnf'], '/cnf')['jwk'], '/cnf/jwk')
  const names = Object.keys(key?.jwk ?? {})
  const same =
    key && names.length === Object.keys(jwk).length && names.every((name) => jwk[name] === key.jwk[name])
  if (!same) fail('MSG_CNF', '/cnf/jwk')
  if (payload['_sd_alg'] !== 'sha-256') fail('MSG_CLAIM', '/_sd_alg')
  if (!Array.isArray(payload['_sd']) || payload['_sd'].length !== 1) fail('MSG_DIGEST_PLACE', '/_sd')
}

function termsOf(payload: Readonly<Record<string, unknown>>, disclosed: Disclosed): Terms | null {
  const shown = disclosed.elements(payload['terms'], '/terms').filter((one) => one !== undefined)
  if (shown.length > 1) return fail('MSG_DISCLOSURE', '/terms')
  const [own] = shown
  if (!own) return null
  refuseDigests(own.value, '/terms')
  return readTerms(own.value, '/terms/0')
}

function contextOf(
  payload: Readonly<Record<string, unknown>>,
  disclosed: Disclosed,
): Partial<MessageContext> {
  const context: Record<string, unknown> = {}
  for (const [name, { value }] of disclosed.members(payload['context'], '/context').byName) {
    if (!(CONTEXT_MEMBERS as readonly string[]).includes(name)) return fail('MSG_DISCLOSURE', '/context')
    refuseDigests(value, `/context/${name}`)
    const isTime = name === 'occurredAt' || name === 'retainUntil'
    context[name] = isTime && value !== null ? numericDate(value, `/context/${name}`) : value
  }
  return context
}

/** Shape is the schema's business; here only: rows are replaced by those shown, and no digest stays behind. */
function dataOf(
  payload: Readonly<Record<string, unknown>>,
  disclosed: Disclosed,
): Readonly<Record<string, unknown>> {
  const data: Record<string, unknown> = Object.create(null) as Record<string, unknown>
  for (const [name, { value }] of disclosed.members(payload['data'], '/data').byName) {
    data[name] = isRows(value) ? rowsOf(value, disclosed) : value
    refuseDigests(data[name], '/data')
  }
  return data
}

const isRows = (value: unknown): value is readonly unknown[] =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.every((item) => typeof item === 'object' && item !== null && '...' in item)

const rowsOf = (value: readonly unknown[], disclosed: Disclosed): unknown[] =>
  disclosed.elements(value, '/data').flatMap((row) => (row ? [row.value] : []))
