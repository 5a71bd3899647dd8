import { createCipheriv, createDecipheriv, createSecretKey } from 'node:crypto'
import { fail } from '#core/failure.ts'

const IV = 12
const TAG = 16

// Keys go in as key objects here and wherever else it is hot: with bytes, node:crypto (24.21) throws and catches inside, which
// costs four times the cipher itself.

/** AES-256-GCM (NIST SP 800-38D): iv(12) ‖ ciphertext ‖ tag(16). `iv` is fresh chance for every call under one key. */
export function sealBytes(key: Uint8Array, iv: Uint8Array, aad: string, plain: Uint8Array): Uint8Array {
  const cipher = createCipheriv('aes-256-gcm', createSecretKey(key), iv, { authTagLength: TAG })
  cipher.setAAD(Buffer.from(aad, 'utf8'))
  return Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

/** Opens what `sealBytes` made under the same key and `aad`; anything else throws `OPS_KEY`. */
export function openBytes(key: Uint8Array, aad: string, sealed: Uint8Array): Uint8Array {
  if (sealed.length < IV + TAG) fail('OPS_KEY', undefined, 'sealed bytes too short')
  try {
    const decipher = createDecipheriv('aes-256-gcm', createSecretKey(key), sealed.subarray(0, IV), {
      authTagLength: TAG,
    })
    decipher.setAAD(Buffer.from(aad, 'utf8'))
    decipher.setAuthTag(sealed.subarray(sealed.length - TAG))
    return Buffer.concat([decipher.update(sealed.subarray(IV, sealed.length - TAG)), decipher.final()])
  } catch {
    return fail('OPS_KEY', undefined, 'sealed bytes do not open under this key')
  }
}
