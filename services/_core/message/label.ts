/** Labels (design §4): the key-binding JWT that the exchange signs over exactly what was shown (RFC 9901 §4.3). */
import { createCipheriv, createSecretKey, type KeyObject } from 'node:crypto'
import { fail } from '#core/failure.ts'
import type { Digest } from '#core/ids.ts'
import type { Random } from '#core/ports/random.ts'
import { encodeBase64url } from './base64url.ts'
import type { LabelClaims, SealedFacts } from './content.ts'
import { sha256Of } from './disclosure.ts'
import { seconds } from './issue-message.ts'
import { parseJws, signJws } from './jws.ts'

export const LABEL_TYP = 'kb+jwt'
export const LABEL_HEADER: ReadonlySet<string> = new Set(['alg', 'typ', 'kid'])
const IV = 12
const TAG = 16
const BLOCK = 256

export interface LabelKey {
  readonly kid: string
  readonly key: KeyObject
  /** 32 bytes that only the exchange has. */
  readonly sealKey: Uint8Array
}

/** `sd_hash` of a presentation: everything before the KB-JWT, the last `~` included. */
export function sdHashOf(presented: string): Digest {
  return sha256Of(Buffer.from(presented, 'ascii'))
}

function sealFacts(facts: SealedFacts, nonce: string, key: Uint8Array, random: Random): string {
  const iv = random.bytes(IV)
  const cipher = createCipheriv('aes-256-gcm', createSecretKey(key), iv, { authTagLength: TAG })
  cipher.setAAD(Buffer.from(nonce, 'ascii'))
  const sealed = Buffer.concat([
    iv,
    cipher.update(padded(JSON.stringify(facts))),
    cipher.final(),
    cipher.getAuthTag(),
  ])
  return encodeBase64url(sealed)
}

/** White space to whole blocks: how long it is must not tell a recipient how many had a part in it. */
function padded(json: string): Buffer {
  const bytes = Buffer.from(json, 'utf8')
  return Buffer.concat([bytes, Buffer.alloc(-bytes.length & (BLOCK - 1), ' ')])
}

export function makeLabel(claims: LabelClaims, facts: SealedFacts, key: LabelKey, random: Random): string {
  const { label } = claims
  const payload = {
    iat: seconds(claims.iat),
    aud: claims.aud,
    nonce: claims.nonce,
    sd_hash: claims.sdHash,
    obligations: claims.obligations,
    label: { ...label, retainUntil: label.retainUntil === null ? null : seconds(label.retainUntil) },
    sealed: sealFacts(facts, claims.nonce, key.sealKey, random),
    ...(claims.approval ? { approval: { ...claims.approval, until: seconds(claims.approval.until) } } : {}),
  }
  return signJws({ alg: 'ES256', typ: LABEL_TYP, kid: key.kid }, payload, key.key)
}

/** kid of a label before it is verified: which key to look for. */
export function labelKidOf(compact: string): string {
  const { header } = parseJws(compact, LABEL_HEADER)
  return typeof header['kid'] === 'string' ? header['kid'] : fail('MSG_EVIDENCE', '/kid')
}
