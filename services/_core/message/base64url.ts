import { fail } from '#core/failure.ts'

const ALPHABET = /^[A-Za-z0-9_-]*$/

export function encodeBase64url(bytes: Uint8Array | string): string {
  return Buffer.from(bytes as Uint8Array).toString('base64url')
}

/**
 * Canonical base64url (RFC 4648 §5) without padding; anything that Node's decoder would let pass but another would not
 * (padding, spaces, the other alphabet, unused bits set) throws `MSG_ENCODING`.
 */
export function decodeBase64url(text: string, pointer?: string): Buffer {
  if (text.length % 4 === 1 || !ALPHABET.test(text)) return fail('MSG_ENCODING', pointer)
  const bytes = Buffer.from(text, 'base64url')
  // Only the last character can carry unused bits: encoding the tail again shows them.
  const tail = bytes.subarray(bytes.length - (bytes.length % 3))
  if (tail.length > 0 && !text.endsWith(tail.toString('base64url'))) return fail('MSG_ENCODING', pointer)
  return bytes
}
