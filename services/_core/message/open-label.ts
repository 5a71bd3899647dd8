/** Reading a label: by the exchange as evidence, by a recipient as the terms of what it was shown. */
import { createDecipheriv, createSecretKey } from 'node:crypto'
import type { ServiceKey } from '#core/decision/epoch.ts'
import { fail } from '#core/failure.ts'
import { parseDigest, parseEndpointUrn, parseHandoffId, type TypeName } from '#core/ids.ts'
import { LIMITS } from '#core/limits.ts'
import { verifyBytes } from './algorithms.ts'
import { decodeBase64url } from './base64url.ts'
import type { LabelClaims, RecipientLabel, SealedFacts } from './content.ts'
import { parseJws } from './jws.ts'
import { LABEL_HEADER, LABEL_TYP } from './label.ts'
import { asObject, parseStrictJson } from './strict-json.ts'
import { numericDate } from './verify-signature.ts'

const CLAIMS = new Set(['iat', 'aud', 'nonce', 'sd_hash', 'obligations', 'label', 'sealed', 'approval'])
const IV = 12
const TAG = 16

export interface OpenedLabel extends LabelClaims {
  readonly kid: string
  readonly sealed: string
}

/**
 * Verifies a label under the exchange's label key that it names, in force at the label's own `iat`; anything malformed or
 * forged throws `MSG_EVIDENCE`.
 */
export function verifyLabel(compact: string, labelKeys: readonly ServiceKey[]): OpenedLabel {
  const jws = parseJws(compact, LABEL_HEADER)
  const { header } = jws
  if (header['typ'] !== LABEL_TYP || header['alg'] !== 'ES256' || typeof header['kid'] !== 'string')
    return fail('MSG_EVIDENCE', '/header')
  const key = labelKeys.find((one) => one.kid === header['kid'])
  if (!key || !verifyBytes('ES256', key.publicKey, jws.signingInput, jws.signature))
    return fail('MSG_EVIDENCE')
  const payload = asObject(parseStrictJson(jws.payload), '/')
  for (const name of Object.keys(payload)) if (!CLAIMS.has(name)) fail('MSG_EVIDENCE', `/${name}`)
  const { obligations, sealed, approval } = payload
  const iat = numericDate(payload['iat'], '/iat')
  // iat travels in whole seconds: the first second of a key counts whole. A message is bound to the key of its own iat and may
  // be received, and then be held, for as long as the limits say: its label is signed by that key all the same.
  const lastUse = key.until + LIMITS.submitByMaxMs + LIMITS.heldDeadlineMs
  if (iat + 999 < key.from || iat >= lastUse) return fail('MSG_EVIDENCE', '/iat')
  if (!isTexts(obligations) || typeof sealed !== 'string') return fail('MSG_EVIDENCE', '/')
  return {
    kid: header['kid'],
    aud: parseEndpointUrn(payload['aud'], '/aud'),
    nonce: parseHandoffId(payload['nonce'], '/nonce'),
    iat,
    sdHash: parseDigest(payload['sd_hash'], '/sd_hash'),
    obligations,
    label: recipientLabel(asObject(payload['label'], '/label')),
    approval: approval === undefined ? null : approvalOf(asObject(approval, '/approval')),
    sealed,
  }
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string')

function recipientLabel(value: Readonly<Record<string, unknown>>): RecipientLabel {
  const { type, handling, purposeLimit, noOnward, evaluation, retainUntil } = value
  if (typeof type !== 'string' || typeof handling !== 'string' || typeof noOnward !== 'boolean')
    return fail('MSG_EVIDENCE', '/label')
  if (purposeLimit !== null && !isTexts(purposeLimit)) return fail('MSG_EVIDENCE', '/label')
  if (evaluation !== null && typeof evaluation !== 'string') return fail('MSG_EVIDENCE', '/label')
  return {
    type: type as TypeName,
    handling,
    purposeLimit,
    noOnward,
    evaluation,
    retainUntil: retainUntil === null ? null : numericDate(retainUntil, '/label/retainUntil'),
  }
}

function approvalOf(value: Readonly<Record<string, unknown>>): NonNullable<LabelClaims['approval']> {
  const { guard, ask } = value
  if (typeof guard !== 'string' || typeof ask !== 'string') return fail('MSG_EVIDENCE', '/approval')
  return {
    handOff: parseHandoffId(value['handOff'], '/approval/handOff'),
    guard,
    ask,
    until: numericDate(value['until'], '/approval/until'),
  }
}

/** The exchange's own part of a label that it has verified. */
export function openLabelFacts(label: OpenedLabel, sealKey: Uint8Array): SealedFacts {
  const bytes = decodeBase64url(label.sealed, '/sealed')
  if (bytes.length < IV + TAG) return fail('MSG_EVIDENCE', '/sealed')
  try {
    const key = createSecretKey(sealKey)
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV), { authTagLength: TAG })
    decipher.setAAD(Buffer.from(label.nonce, 'ascii'))
    decipher.setAuthTag(bytes.subarray(bytes.length - TAG))
    const plain = Buffer.concat([decipher.update(bytes.subarray(IV, bytes.length - TAG)), decipher.final()])
    return JSON.parse(plain.toString('utf8')) as SealedFacts
  } catch {
    return fail('MSG_EVIDENCE', '/sealed')
  }
}
