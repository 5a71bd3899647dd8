/** Disclosures (RFC 9901 §4.2): `[salt, name, value]` for members, `[salt, value]` for array elements. */
import { hash } from 'node:crypto'
import { fail } from '#core/failure.ts'
import type { Digest } from '#core/ids.ts'
import type { Random } from '#core/ports/random.ts'
import { decodeBase64url, encodeBase64url } from './base64url.ts'
import type { Disclosure } from './content.ts'
import { parseStrictJson } from './strict-json.ts'

const SALT_BYTES = 16
const SALT_LENGTH_MIN = 22
const RESERVED = new Set(['_sd', '...'])

export function sha256Of(data: Uint8Array | string): Digest {
  return hash('sha256', data, 'base64url') as Digest
}

/** A fresh disclosure with a 128-bit salt. `name` null: an array element. */
export function makeDisclosure(name: string | null, value: unknown, random: Random): Disclosure {
  const salt = encodeBase64url(random.bytes(SALT_BYTES))
  const encoded = encodeBase64url(JSON.stringify(name === null ? [salt, value] : [salt, name, value]))
  return { encoded, digest: sha256Of(encoded), name, value }
}

export interface ParsedDisclosure extends Disclosure {
  readonly salt: string
}

/** One disclosure as received; anything but a well-formed array throws `MSG_DISCLOSURE`, bad encoding `MSG_ENCODING`. */
export function parseDisclosure(encoded: string, pointer: string): ParsedDisclosure {
  const value = parseStrictJson(decodeBase64url(encoded, pointer), pointer)
  if (!Array.isArray(value) || value.length < 2 || value.length > 3) return fail('MSG_DISCLOSURE', pointer)
  const salt = value[0]
  if (typeof salt !== 'string' || salt.length < SALT_LENGTH_MIN) return fail('MSG_DISCLOSURE', pointer)
  const name: unknown = value.length === 3 ? value[1] : null
  if (name !== null && (typeof name !== 'string' || RESERVED.has(name)))
    return fail('MSG_DISCLOSURE', pointer)
  return { encoded, digest: sha256Of(encoded), salt, name, value: value[value.length - 1] }
}

/** Refuses digests inside a disclosed value: they stand in the places of design §4 only. */
export function refuseDigests(value: unknown, pointer: string): void {
  if (typeof value !== 'object' || value === null) return
  if (Array.isArray(value)) {
    for (const item of value) refuseDigests(item, pointer)
    return
  }
  for (const [name, item] of Object.entries(value)) {
    if (RESERVED.has(name)) fail('MSG_DIGEST_PLACE', pointer)
    refuseDigests(item, pointer)
  }
}
