import { createCipheriv, createSecretKey, hkdfSync } from 'node:crypto'
import type { Certificate } from '#core/decision/epoch.ts'
import { fail } from '#core/failure.ts'
import type { HandoffId } from '#core/ids.ts'
import type { Random } from '#core/ports/random.ts'
import { encryptJwe } from './jwe.ts'

export const HANDOFF_CTY = 'schakel-message+sd-jwt'
export const TRANSIT = { salt: 16, iv: 12, tag: 16, key: 32 } as const

/** The daily transit key (UTC) of a moment in ms. */
export function transitKeyId(at: number): string {
  return `t:${new Date(at).toISOString().slice(0, 10)}`
}

/** HKDF-SHA256 (RFC 5869): one key per hand-off and sealing. */
export function handoffTransitKey(transitKey: Uint8Array, salt: Uint8Array, handoff: HandoffId): Buffer {
  if (transitKey.length !== TRANSIT.key) fail('OPS_KEY', undefined, 'transit key of another length')
  return Buffer.from(
    hkdfSync('sha256', createSecretKey(transitKey), salt, Buffer.from(handoff, 'ascii'), TRANSIT.key),
  )
}

/**
 * Seals a labelled presentation twice (design §4, Sealing): JWE to the recipient's sealing certificate, then the outer layer that
 * the courier removes: salt(16) ‖ iv(12) ‖ AES-256-GCM ‖ tag(16), AAD the hand-off id.
 */
export function sealHandoff(
  handoff: HandoffId,
  labelled: string,
  recipient: Certificate,
  transitKey: Uint8Array,
  random: Random,
): Uint8Array {
  if (recipient.use !== 'seal') fail('BUG_INVARIANT', undefined, 'not a sealing certificate')
  const to = { kid: recipient.thumbprint, publicKey: recipient.publicKey }
  const jwe = encryptJwe(Buffer.from(labelled, 'ascii'), to, { cty: HANDOFF_CTY, ho: handoff }, random)
  const salt = random.bytes(TRANSIT.salt)
  const iv = random.bytes(TRANSIT.iv)
  const key = handoffTransitKey(transitKey, salt, handoff)
  const cipher = createCipheriv('aes-256-gcm', createSecretKey(key), iv, { authTagLength: TRANSIT.tag })
  cipher.setAAD(Buffer.from(handoff, 'ascii'))
  return Buffer.concat([salt, iv, cipher.update(jwe, 'ascii'), cipher.final(), cipher.getAuthTag()])
}
