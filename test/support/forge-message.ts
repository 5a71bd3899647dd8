import { signBytes } from '#core/message/algorithms.ts'
import { sha256Of } from '#core/message/disclosure.ts'
import { KEYS, type Pair } from './message-world.ts'

type Json = Record<string, unknown>

export interface Parts {
  header: Json
  payload: Json
  /** Encoded disclosures. */
  disclosures: string[]
}

const decode = (text: string): Json => JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as Json
export const encode = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')

export function partsOf(sdJwt: string): Parts {
  const [jwt = '', ...disclosures] = sdJwt.split('~')
  const [header = '', payload = ''] = jwt.split('.')
  return {
    header: decode(header),
    payload: decode(payload),
    disclosures: disclosures.filter((one) => one !== ''),
  }
}

/** Signs header and payload as given, as text where a test needs what no serialiser writes. */
export function signRaw(
  header: unknown,
  payload: unknown,
  pair: Pair = KEYS.ed25519,
  alg = 'Ed25519',
): string {
  const input = `${encode(header)}.${encode(payload)}`
  return `${input}.${signBytes(alg, pair.privateKey, Buffer.from(input)).toString('base64url')}`
}

/** The message changed and signed again by its own sender: what a careless or hostile partner can send. */
export function forge(sdJwt: string, change: (parts: Parts) => void, pair?: Pair, alg?: string): string {
  const parts = partsOf(sdJwt)
  change(parts)
  return `${signRaw(parts.header, parts.payload, pair, alg)}~${parts.disclosures.map((one) => `${one}~`).join('')}`
}

/** Names of disclosures with their place in the list; array elements have none. */
export function disclosedName(encoded: string): string | undefined {
  const value = JSON.parse(Buffer.from(encoded, 'base64url').toString('utf8')) as unknown[]
  return value.length === 3 ? String(value[1]) : undefined
}

/** Replaces the disclosure of a member by another value, its digest in `path` likewise. */
export function redisclose(parts: Parts, name: string, value: unknown): void {
  const index = parts.disclosures.findIndex((one) => disclosedName(one) === name)
  const old = parts.disclosures[index] ?? ''
  const fresh = encode([Buffer.alloc(16, 3).toString('base64url'), name, value])
  parts.disclosures[index] = fresh
  replaceDigest(parts, sha256Of(old), sha256Of(fresh))
}

export function replaceDigest(parts: Parts, old: string, fresh: string): void {
  parts.payload = JSON.parse(JSON.stringify(parts.payload).replaceAll(old, fresh)) as Json
}
