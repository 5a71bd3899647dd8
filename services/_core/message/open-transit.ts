import { createDecipheriv, createSecretKey } from 'node:crypto'
import { fail } from '#core/failure.ts'
import type { HandoffId } from '#core/ids.ts'
import { handoffTransitKey, TRANSIT } from './seal-handoff.ts'

/**
 * Removes the outer layer of a sealed hand-off and gives the compact JWE to its recipient. What does not open under this key and
 * id throws `OPS_KEY`.
 */
export function openTransit(handoff: HandoffId, sealed: Uint8Array, transitKey: Uint8Array): string {
  const { salt, iv, tag } = TRANSIT
  if (sealed.length < salt + iv + tag) return fail('OPS_KEY', undefined, 'sealed hand-off too short')
  const key = handoffTransitKey(transitKey, sealed.subarray(0, salt), handoff)
  try {
    const options = { authTagLength: tag }
    const decipher = createDecipheriv(
      'aes-256-gcm',
      createSecretKey(key),
      sealed.subarray(salt, salt + iv),
      options,
    )
    decipher.setAAD(Buffer.from(handoff, 'ascii'))
    decipher.setAuthTag(sealed.subarray(sealed.length - tag))
    const body = sealed.subarray(salt + iv, sealed.length - tag)
    return Buffer.concat([decipher.update(body), decipher.final()]).toString('ascii')
  } catch {
    return fail('OPS_KEY', undefined, 'hand-off does not open under this transit key')
  }
}
