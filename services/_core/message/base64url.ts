import { fail } from '#core/failure.ts'

const ALPHABET = /^[A-Za-z0-9_-]*$/
const LAST_OF_TWO = 'AQgw'
const LAST_OF_THREE = 'AEIMQUYcgkosw048'

export function encodeBase64url(bytes: Uint8Array | string): string {
  return Buffer.from(bytes as Uint8Array).toString('base64url')
}

/**
 * Canonical base64url (RFC 4648 §5) without padding; anything that Node's decoder would let pass but another would not
 * (padding, spaces, the other alphabet, unused bits set) throws `MSG_ENCODING`.
 */
export function decodeBase64url(text: string, pointer?: string): Buffer {
  const rest = text.length % 4
  if (rest === 1 || !ALPHABET.test(text)) return fail('MSG_ENCODING', pointer)
  // Only the last character can carry unused bits: 4 of them after 2 characters, 2 after 3.
  if (rest === 2 && !LAST_OF_TWO.includes(text.charAt(text.length - 1))) return fail('MSG_ENCODING', pointer)
  if (rest === 3 && !LAST_OF_THREE.includes(text.charAt(text.length - 1)))
    return fail('MSG_ENCODING', pointer)
  return Buffer.from(text, 'base64url')
}
