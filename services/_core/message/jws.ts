/** JWS compact serialisation (RFC 7515 §3.1), strict: known header members only, canonical base64url, no `none`, no `crit`. */
import type { KeyObject } from 'node:crypto'
import { fail } from '#core/failure.ts'
import { signBytes, verifyBytes } from './algorithms.ts'
import { decodeBase64url, encodeBase64url } from './base64url.ts'
import { asObject, parseStrictJson } from './strict-json.ts'

const PLAIN_HEADER: ReadonlySet<string> = new Set(['alg', 'typ', 'kid'])

export interface ParsedJws {
  readonly header: Readonly<Record<string, unknown>>
  readonly payload: Buffer
  readonly signature: Buffer
  /** What the signature is over: the first two parts with their dot. */
  readonly signingInput: Buffer
  readonly compact: string
}

/** Members that would bring the key along (RFC 7515 §4.1.2 – 4.1.7), and those that change what is signed or read. */
const KEYS = new Set(['jku', 'x5u', 'jwk', 'x5c', 'x5t'])
const PROCESSING = new Set(['crit', 'b64', 'zip'])

function refuseMember(name: string): never {
  const pointer = /^[A-Za-z0-9_#-]{1,64}$/.test(name) ? `/header/${name}` : '/header'
  if (KEYS.has(name)) return fail('MSG_HEADER_KEY', pointer)
  return fail(PROCESSING.has(name) ? 'MSG_HEADER_CRIT' : 'MSG_HEADER', pointer)
}

/**
 * Takes the three parts apart; nothing is verified yet. Header members outside `allowed` throw `MSG_HEADER`, `MSG_HEADER_KEY`
 * or `MSG_HEADER_CRIT`; `none` and a missing `alg` throw `MSG_ALG`; other serialisations `MSG_FRAMING`.
 */
export function parseJws(compact: string, allowed: ReadonlySet<string>): ParsedJws {
  const parts = compact.split('.')
  const [header64, payload64, signature64] = parts
  if (parts.length !== 3 || !header64 || !payload64 || !signature64) return fail('MSG_FRAMING')
  const header = asObject(parseStrictJson(decodeBase64url(header64, '/header'), '/header'), '/header')
  for (const name of Object.keys(header)) if (!allowed.has(name)) refuseMember(name)
  if (typeof header['alg'] !== 'string' || header['alg'].toLowerCase() === 'none')
    fail('MSG_ALG', '/header/alg')
  return {
    header,
    payload: decodeBase64url(payload64, '/'),
    signature: decodeBase64url(signature64, '/signature'),
    signingInput: Buffer.from(`${header64}.${payload64}`, 'ascii'),
    compact,
  }
}

/** Signs `payload` as JSON; the caller's header names `alg`. */
export function signJws(
  header: Readonly<Record<string, string>> & { alg: string },
  payload: object,
  key: KeyObject,
): string {
  const input = `${encodeBase64url(JSON.stringify(header))}.${encodeBase64url(JSON.stringify(payload))}`
  return `${input}.${signBytes(header.alg, key, Buffer.from(input, 'ascii')).toString('base64url')}`
}

/** Verifies with one key and an allow-list; header members `alg typ kid` only. Answers the payload's bytes. */
export function verifyJws(
  compact: string,
  publicKey: KeyObject,
  algorithms: readonly string[],
  typ?: string,
): Buffer {
  const jws = parseJws(compact, PLAIN_HEADER)
  const algorithm = String(jws.header['alg'])
  if (!algorithms.includes(algorithm)) return fail('MSG_ALG', '/header/alg')
  if (typ !== undefined && jws.header['typ'] !== typ) return fail('MSG_TYP', '/header/typ')
  if (!verifyBytes(algorithm, publicKey, jws.signingInput, jws.signature)) return fail('MSG_SIGNATURE')
  return jws.payload
}

/** Verifies a parsed JWS with the algorithm of its header, which must be of our table and fit the key: `MSG_ALG`, `MSG_SIGNATURE`. */
export function verifyParsedJws(jws: ParsedJws, publicKey: KeyObject): void {
  if (!verifyBytes(String(jws.header['alg']), publicKey, jws.signingInput, jws.signature))
    fail('MSG_SIGNATURE')
}
