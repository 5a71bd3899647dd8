import type { Certificate, Endpoint, Epoch } from '#core/decision/epoch.ts'
import { fail } from '#core/failure.ts'
import { type EndpointUrn, type Oin, oinOf, parseEndpointUrn, parseMessageId, parseVct } from '#core/ids.ts'
import { LIMITS } from '#core/limits.ts'
import { verifyBytes } from './algorithms.ts'
import { asSigned, type Opened, type Signed, type Visible } from './content.ts'
import { sha256Of } from './disclosure.ts'
import { MESSAGE_HEADER, MESSAGE_TYP } from './issue-message.ts'
import { type ParsedJws, parseJws } from './jws.ts'
import { asObject, parseStrictJson } from './strict-json.ts'

const CLAIMS = [
  'iss',
  'aud',
  'jti',
  'iat',
  'submitBy',
  'vct',
  'cnf',
  '_sd_alg',
  'terms',
  '_sd',
  'context',
  'data',
]

/** Who handed the message in, when; `submitter` null: known to be the sender's own archive copy. */
export interface Reception {
  readonly epoch: Epoch
  /** ms */
  readonly receivedAt: number
  readonly submitter: string | null
}

/**
 * Signature first: header, certificate of a partner in force at reception, algorithm of that partner's list, signature, then
 * who signed. A bad signature says no more than `MSG_SIGNATURE`; nothing of the content was read before it held.
 */
export function verifySignature(opened: Opened, reception: Reception): Signed {
  const parts = opened.sdJwt.split('~')
  const issuerJwt = parts[0] ?? ''
  if (parts.length < 2 || parts[parts.length - 1] !== '') return fail('MSG_FRAMING', '/')
  const encoded = parts.slice(1, -1)
  if (encoded.length > LIMITS.disclosuresMax || encoded.includes('')) return fail('MSG_DISCLOSURE', '/')
  const jws = parseJws(issuerJwt, MESSAGE_HEADER)
  if (jws.header['typ'] !== MESSAGE_TYP) return fail('MSG_TYP', '/header/typ')
  const certificate = certificateOf(jws, reception)
  const algorithm = String(jws.header['alg'])
  const partner = reception.epoch.partners.get(certificate.oin)
  if (!partner) return fail('PEER_UNKNOWN', '/iss')
  if (!partner.algorithms.includes(algorithm)) return fail('MSG_ALG', '/header/alg')
  if (!verifyBytes(algorithm, certificate.publicKey, jws.signingInput, jws.signature))
    return fail('MSG_SIGNATURE')
  const payload = asObject(parseStrictJson(jws.payload, '/'), '/')
  const visible = visibleOf(payload)
  const sender = senderOf(visible.iss, certificate, reception)
  return asSigned({
    visible,
    sender,
    certificate,
    payload,
    encoded,
    issuerJwt,
    issuerDigest: sha256Of(jws.signingInput),
  })
}

function certificateOf(jws: ParsedJws, { epoch, receivedAt }: Reception): Certificate {
  const thumbprint = jws.header['x5t#S256']
  if (typeof thumbprint !== 'string') return fail('MSG_HEADER', '/header/x5t#S256')
  if (epoch.revoked.has(thumbprint)) return fail('PEER_KEY_REVOKED', '/header/x5t#S256')
  const certificate = epoch.certificates.get(thumbprint)
  if (!certificate) return fail('PEER_KEY_UNKNOWN', '/header/x5t#S256')
  if (jws.header['kid'] !== certificate.kid) return fail('MSG_HEADER', '/header/kid')
  if (certificate.use !== 'sign') return fail('PEER_CERTIFICATE', '/header/x5t#S256')
  if (receivedAt < certificate.notBefore || receivedAt >= certificate.notAfter)
    return fail('PEER_KEY_EXPIRED', '/header/x5t#S256')
  return certificate
}

/** NumericDate (RFC 7519 §2), whole seconds, as ms. */
export function numericDate(value: unknown, pointer: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0 || value > 253_402_300_799) {
    return fail('MSG_CLAIM', pointer)
  }
  return value * 1000
}

/** The claims that are always visible, all of them and no other: `MSG_CLAIM`. */
export function visibleOf(payload: Readonly<Record<string, unknown>>): Visible {
  const names = Object.keys(payload)
  for (const name of names) if (!CLAIMS.includes(name)) fail('MSG_CLAIM', `/${name}`)
  for (const name of CLAIMS) if (!names.includes(name)) fail('MSG_CLAIM', `/${name}`)
  return {
    iss: parseEndpointUrn(payload['iss'], '/iss'),
    aud: parseEndpointUrn(payload['aud'], '/aud'),
    jti: parseMessageId(payload['jti'], '/jti'),
    iat: numericDate(payload['iat'], '/iat'),
    submitBy: numericDate(payload['submitBy'], '/submitBy'),
    vct: parseVct(payload['vct'], '/vct'),
  }
}

function senderOf(iss: EndpointUrn, certificate: Certificate, reception: Reception): Endpoint {
  const { epoch, submitter } = reception
  const oin = oinOf(iss)
  if (certificate.oin !== oin && epoch.carriers.get(oin) !== certificate.oin)
    return fail('PEER_IDENTITY', '/iss')
  const partner = epoch.partners.get(oin)
  const carried = submitter !== null && partner?.via === partnerOf(submitter, epoch)
  if (submitter !== null && submitter !== oin && !carried) return fail('PEER_IDENTITY', '/iss')
  if (partner?.suspended || epoch.partners.get(certificate.oin)?.suspended)
    return fail('PEER_SUSPENDED', '/iss')
  return epoch.endpoints.get(iss) ?? fail('PEER_UNKNOWN', '/iss')
}

function partnerOf(oin: string, epoch: Epoch): string | undefined {
  return epoch.partners.get(oin as Oin)?.id
}
