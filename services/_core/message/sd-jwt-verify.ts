/** Any SD-JWT (RFC 9901 §7.1), whatever its shape; our own messages are read by `verify.ts`, which is far narrower. */
import type { KeyObject } from 'node:crypto'
import { fail } from '#core/failure.ts'
import type { Disclosure } from './content.ts'
import { parseDisclosure } from './disclosure.ts'
import { parseJws, verifyParsedJws } from './jws.ts'
import { sdHashOf } from './label.ts'
import { asObject, parseStrictJson } from './strict-json.ts'
import { verificationKey } from './verification-key.ts'

const KB_HEADER: ReadonlySet<string> = new Set(['alg', 'typ', 'kid'])
const DEPTH_MAX = 32

type Claims = Record<string, unknown>

export interface SdJwtTerms {
  readonly key: KeyObject
  readonly algorithms: readonly string[]
  /** Members that the issuer's header may hold besides `alg`, `typ` and `kid`. */
  readonly headers?: readonly string[]
  /** Demands a key-binding JWT with this audience and nonce; absent: one that is there must hold all the same. */
  readonly keyBinding?: { readonly aud: string; readonly nonce: string }
}

/** The claims as disclosed, digests taken out. Throws `MSG_…`; nothing is returned of what does not hold entirely. */
export function verifySdJwt(compact: string, terms: SdJwtTerms): Readonly<Claims> {
  const parts = compact.split('~')
  const binding = parts.pop()
  const [issuerJwt, ...encoded] = parts
  if (!issuerJwt || binding === undefined) return fail('MSG_FRAMING', '/')
  const jws = parseJws(issuerJwt, new Set(['alg', 'typ', 'kid', ...(terms.headers ?? [])]))
  if (!terms.algorithms.includes(String(jws.header['alg']))) return fail('MSG_ALG', '/header/alg')
  verifyParsedJws(jws, terms.key)
  const payload = asObject(parseStrictJson(jws.payload, '/'), '/')
  const claims = new Unfolding(payload, encoded).claims()
  if (binding !== '') verifyBinding(binding, payload['cnf'], `${parts.join('~')}~`, terms)
  else if (terms.keyBinding) fail('MSG_EVIDENCE', '/')
  return claims
}

function verifyBinding(compact: string, cnf: unknown, presented: string, terms: SdJwtTerms): void {
  const jws = parseJws(compact, KB_HEADER)
  if (jws.header['typ'] !== 'kb+jwt') fail('MSG_TYP', '/kb/typ')
  if (!terms.algorithms.includes(String(jws.header['alg']))) fail('MSG_ALG', '/kb/alg')
  const jwk = asObject(asObject(cnf, '/cnf')['jwk'], '/cnf/jwk')
  verifyParsedJws(jws, verificationKey(jwk))
  const claims = asObject(parseStrictJson(jws.payload, '/kb'), '/kb')
  const { aud, nonce, iat, sd_hash: sdHash } = claims
  if (typeof aud !== 'string' || typeof nonce !== 'string' || typeof iat !== 'number')
    fail('MSG_EVIDENCE', '/kb')
  if (sdHash !== sdHashOf(presented)) fail('MSG_EVIDENCE', '/kb/sd_hash')
  const expected = terms.keyBinding
  if (expected && (aud !== expected.aud || nonce !== expected.nonce)) fail('MSG_EVIDENCE', '/kb')
}

/** Replaces digests by what was disclosed for them; each digest and each disclosure once. */
class Unfolding {
  readonly #payload: Readonly<Claims>
  readonly #byDigest = new Map<string, Disclosure>()
  readonly #met = new Set<string>()

  constructor(payload: Readonly<Claims>, encoded: readonly string[]) {
    const algorithm = payload['_sd_alg']
    if (algorithm !== undefined && algorithm !== 'sha-256') fail('MSG_CLAIM', '/_sd_alg')
    this.#payload = payload
    for (const one of encoded) {
      const disclosure = parseDisclosure(one, '/disclosures')
      if (this.#byDigest.has(disclosure.digest)) fail('MSG_DISCLOSURE', '/disclosures')
      this.#byDigest.set(disclosure.digest, disclosure)
    }
  }

  claims(): Readonly<Claims> {
    const { _sd_alg, ...rest } = this.#payload
    const claims = this.#object(rest, 0)
    for (const digest of this.#byDigest.keys())
      if (!this.#met.has(digest)) fail('MSG_DISCLOSURE', '/disclosures')
    return claims
  }

  #take(digest: unknown, named: boolean): Disclosure | undefined {
    if (typeof digest !== 'string') return fail('MSG_DIGEST_PLACE', '/')
    if (this.#met.has(digest)) return fail('MSG_DISCLOSURE', '/')
    this.#met.add(digest)
    const disclosure = this.#byDigest.get(digest)
    if (disclosure && (disclosure.name !== null) !== named) return fail('MSG_DISCLOSURE', '/')
    return disclosure
  }

  #value(value: unknown, depth: number): unknown {
    if (depth > DEPTH_MAX) return fail('MSG_ENCODING', '/')
    if (typeof value !== 'object' || value === null) return value
    return Array.isArray(value) ? this.#array(value, depth) : this.#object(value as Claims, depth)
  }

  #array(items: readonly unknown[], depth: number): unknown[] {
    return items.flatMap((item) => {
      if (typeof item !== 'object' || item === null || !('...' in item)) return [this.#value(item, depth + 1)]
      if (Object.keys(item).length !== 1) return fail('MSG_DIGEST_PLACE', '/')
      const disclosure = this.#take(item['...'], false)
      return disclosure ? [this.#value(disclosure.value, depth + 1)] : []
    })
  }

  #object(object: Readonly<Claims>, depth: number): Claims {
    const claims = Object.create(null) as Claims
    for (const [name, value] of Object.entries(object)) {
      if (name === '...') fail('MSG_DIGEST_PLACE', '/')
      if (name !== '_sd') claims[name] = this.#value(value, depth + 1)
    }
    const digests = object['_sd']
    if (digests !== undefined && !Array.isArray(digests)) return fail('MSG_DIGEST_PLACE', '/_sd')
    for (const digest of digests ?? []) {
      const disclosure = this.#take(digest, true)
      if (!disclosure || disclosure.name === null) continue
      if (disclosure.name in claims) return fail('MSG_DISCLOSURE', '/')
      claims[disclosure.name] = this.#value(disclosure.value, depth + 1)
    }
    return claims
  }
}
