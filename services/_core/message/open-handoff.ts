/** The recipient's side: open a hand-off, and hold it against the label, the sender's signature and itself (design §4, Label). */
import type { KeyObject } from 'node:crypto'
import type { Certificate, ServiceKey } from '#core/decision/epoch.ts'
import { fail } from '#core/failure.ts'
import {
  type EndpointUrn,
  type HandoffId,
  type MessageId,
  oinOf,
  parseEndpointUrn,
  parseHandoffId,
  parseMessageId,
  parseVct,
  type Vct,
} from '#core/ids.ts'
import { LIMITS } from '#core/limits.ts'
import { verifyBytes } from './algorithms.ts'
import {
  CONTEXT_MEMBERS,
  type Disclosure,
  type LabelClaims,
  type MessageContext,
  type Terms,
} from './content.ts'
import { Disclosed } from './disclosed.ts'
import { MESSAGE_HEADER, MESSAGE_TYP } from './issue-message.ts'
import { canonicalize } from './jcs.ts'
import { decryptJwe } from './jwe.ts'
import { type ParsedJws, parseJws } from './jws.ts'
import { sdHashOf } from './label.ts'
import { verifyLabel } from './open-label.ts'
import { readTerms } from './read-members.ts'
import { asObject, parseStrictJson } from './strict-json.ts'
import { numericDate } from './verify-signature.ts'

const PRESENTATION = /^[A-Za-z0-9_.~-]+$/

/** Decrypted, nothing verified. `thumbprint` names the sender's certificate: look it up under an anchor of your own. */
export interface OpenedHandoff {
  readonly handoff: HandoffId
  readonly thumbprint: string
  /** Everything before the label, the last `~` included. */
  readonly presented: string
  readonly label: string
  readonly jws: ParsedJws
  readonly encoded: readonly string[]
}

export function openHandoff(jwe: string, sealingKey: KeyObject): OpenedHandoff {
  if (jwe.length > LIMITS.outcomeBytesMax) fail('MSG_SIZE')
  const { header, plaintext } = decryptJwe(jwe, sealingKey)
  const text = plaintext.toString('latin1')
  const cut = text.lastIndexOf('~') + 1
  if (!PRESENTATION.test(text) || cut === 0 || cut === text.length) return fail('MSG_FRAMING', '/')
  const presented = text.slice(0, cut)
  const [issuerJwt = '', ...encoded] = presented.slice(0, -1).split('~')
  const jws = parseJws(issuerJwt, MESSAGE_HEADER)
  const thumbprint = jws.header['x5t#S256']
  if (jws.header['typ'] !== MESSAGE_TYP || typeof thumbprint !== 'string')
    return fail('MSG_HEADER', '/header')
  return {
    handoff: parseHandoffId(header.ho, '/header/ho'),
    thumbprint,
    presented,
    label: text.slice(cut),
    jws,
    encoded,
  }
}

/** A verified hand-off: only what was shown is here. */
export interface ReadHandoff {
  readonly handoff: HandoffId
  readonly from: EndpointUrn
  readonly to: EndpointUrn
  readonly type: Vct
  readonly jti: MessageId
  /** ms */
  readonly iat: number
  readonly terms: Terms | null
  readonly context: Partial<MessageContext>
  /** Not checked against the schema yet; perItem arrays hold the rows shown. */
  readonly data: Readonly<Record<string, unknown>>
  readonly label: LabelClaims
  /** The label as it travels: evidence in later messages. */
  readonly evidence: string
  readonly sdHash: string
}

export interface RecipientView {
  readonly to: EndpointUrn
  readonly exchange: EndpointUrn
  readonly labelKeys: readonly ServiceKey[]
  /** The certificate that `thumbprint` names, verified by the recipient itself. */
  readonly certificate: Certificate
}

/** Label (key, recipient, hand-off id, exactly these bytes), then the key it is bound to, then the sender's signature. */
export function verifyHandoff(opened: OpenedHandoff, view: RecipientView): ReadHandoff {
  const label = verifyLabel(opened.label, view.labelKeys)
  if (label.aud !== view.to) fail('MSG_AUD', '/label/aud')
  if (label.nonce !== opened.handoff) fail('MSG_EVIDENCE', '/label/nonce')
  if (label.sdHash !== sdHashOf(opened.presented)) fail('MSG_EVIDENCE', '/label/sd_hash')
  const { certificate } = view
  const { jws } = opened
  if (certificate.thumbprint !== opened.thumbprint || certificate.use !== 'sign') fail('PEER_KEY_UNKNOWN')
  if (!verifyBytes(String(jws.header['alg']), certificate.publicKey, jws.signingInput, jws.signature))
    fail('MSG_SIGNATURE')
  const payload = asObject(parseStrictJson(jws.payload, '/'), '/')
  if (payload['aud'] !== view.exchange) fail('MSG_AUD', '/aud')
  checkBinding(payload['cnf'], label.kid, view.labelKeys)
  const from = parseEndpointUrn(payload['iss'], '/iss')
  if (oinOf(from) !== certificate.oin) fail('PEER_IDENTITY', '/iss')
  const { kid: _kid, sealed: _sealed, ...claims } = label
  return {
    handoff: opened.handoff,
    from,
    to: view.to,
    type: parseVct(payload['vct'], '/vct'),
    jti: parseMessageId(payload['jti'], '/jti'),
    iat: numericDate(payload['iat'], '/iat'),
    ...disclosedTo(opened.encoded, payload),
    label: claims,
    evidence: opened.label,
    sdHash: label.sdHash,
  }
}

function checkBinding(cnf: unknown, kid: string, labelKeys: readonly ServiceKey[]): void {
  const key = labelKeys.find((one) => one.kid === kid)
  const { jwk } = asObject(cnf, '/cnf')
  if (!key || canonicalize(jwk) !== canonicalize(key.jwk)) fail('MSG_CNF', '/cnf/jwk')
}

function disclosedTo(
  encoded: readonly string[],
  payload: Readonly<Record<string, unknown>>,
): Pick<ReadHandoff, 'terms' | 'context' | 'data'> {
  const disclosed = new Disclosed(encoded)
  const terms = disclosed.elements(payload['terms'], '/terms').filter((one) => one !== undefined)
  if (terms.length > 1) return fail('MSG_DISCLOSURE', '/terms')
  const context = contextOf(disclosed.members(payload['context'], '/context').byName)
  const data: Record<string, unknown> = {}
  for (const [name, disclosure] of disclosed.members(payload['data'], '/data').byName) {
    data[name] = holdsDigests(disclosure.value) ? rowsOf(disclosed, disclosure, name) : disclosure.value
  }
  disclosed.members({ _sd: payload['_sd'] }, '/_sd')
  if (disclosed.surplus) return fail('MSG_DISCLOSURE', '/disclosures')
  return { terms: terms[0] ? readTerms(terms[0].value, '/terms') : null, context, data }
}

function holdsDigests(value: unknown): boolean {
  const first: unknown = Array.isArray(value) ? value[0] : undefined
  return typeof first === 'object' && first !== null && Object.hasOwn(first, '...')
}

function rowsOf(disclosed: Disclosed, disclosure: Disclosure, name: string): readonly unknown[] {
  const rows = disclosed.elements(disclosure.value, `/data/${name}`)
  return rows.filter((row) => row !== undefined).map((row) => row.value)
}

function contextOf(byName: ReadonlyMap<string, Disclosure>): Partial<MessageContext> {
  const context: Record<string, unknown> = {}
  for (const [name, { value }] of byName) {
    if (!CONTEXT_MEMBERS.some((member) => member === name)) fail('MSG_DISCLOSURE', `/context/${name}`)
    const isTime = name === 'occurredAt' || name === 'retainUntil'
    context[name] = isTime && value !== null ? numericDate(value, `/context/${name}`) : value
  }
  return context as Partial<MessageContext>
}
