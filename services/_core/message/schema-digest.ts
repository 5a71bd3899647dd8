import { createHash } from 'node:crypto'
import { canonicalize } from './jcs.ts'

/** The whole schema with our own properties, defaults and texts: Avro's canonical form would drop them. JCS, RFC 8785. */
export function canonicalSchema(text: string): string {
  return canonicalize(JSON.parse(text) as unknown)
}

/** SHA-256 of the canonical text, base64url: what `published.txt` pins and records carry. */
export function schemaDigest(text: string): string {
  return createHash('sha256').update(canonicalSchema(text)).digest('base64url')
}
