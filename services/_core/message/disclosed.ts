/** Matches digests with disclosures, each exactly once, in the places of design §4. */
import { fail } from '#core/failure.ts'
import type { Disclosure } from './content.ts'
import { parseDisclosure } from './disclosure.ts'
import { refuseImagery } from './prohibited-content.ts'

const DIGEST = /^[A-Za-z0-9_-]{43}$/
const FIELD = /^[A-Za-z][A-Za-z0-9]{0,63}$/

/** The disclosures of one message by digest; `take` uses one up. */
export class Disclosed {
  readonly #byDigest = new Map<string, Disclosure>()
  readonly #taken = new Set<string>()

  /** A salt used twice (RFC 9901, security considerations) would let who is shown one member guess at another that is not: the whole message is refused. */
  constructor(encoded: readonly string[]) {
    const salts = new Set<string>()
    encoded.forEach((one, index) => {
      const disclosure = parseDisclosure(one, `/disclosures/${index}`)
      if (this.#byDigest.has(disclosure.digest) || salts.has(disclosure.salt))
        fail('MSG_DISCLOSURE', `/disclosures/${index}`)
      salts.add(disclosure.salt)
      this.#byDigest.set(disclosure.digest, disclosure)
    })
  }

  /** The disclosure behind a digest, undefined when it was not sent; a digest met twice is refused. */
  take(digest: unknown, pointer: string): Disclosure | undefined {
    if (typeof digest !== 'string' || !DIGEST.test(digest)) return fail('MSG_DIGEST_PLACE', pointer)
    if (this.#taken.has(digest)) return fail('MSG_DISCLOSURE', pointer)
    this.#taken.add(digest)
    return this.#byDigest.get(digest)
  }

  /** Members of an object that holds `_sd` and nothing else; unnamed or doubly named disclosures are refused. */
  members(
    object: unknown,
    pointer: string,
  ): { readonly count: number; readonly byName: ReadonlyMap<string, Disclosure> } {
    const digests = onlyMember(object, '_sd', pointer)
    if (!Array.isArray(digests)) return fail('MSG_DIGEST_PLACE', pointer)
    const byName = new Map<string, Disclosure>()
    for (const digest of digests) {
      const disclosure = this.take(digest, pointer)
      if (!disclosure) continue
      if (disclosure.name === null || byName.has(disclosure.name)) return fail('MSG_DISCLOSURE', pointer)
      byName.set(disclosure.name, disclosure)
    }
    return { count: digests.length, byName }
  }

  /** Elements of an array of `{"...": digest}`; `undefined` where one was not sent. */
  elements(array: unknown, pointer: string): readonly (Disclosure | undefined)[] {
    if (!Array.isArray(array)) return fail('MSG_DIGEST_PLACE', pointer)
    return array.map((item, index) => {
      const disclosure = this.take(onlyMember(item, '...', `${pointer}/${index}`), `${pointer}/${index}`)
      if (disclosure && disclosure.name !== null) return fail('MSG_DISCLOSURE', `${pointer}/${index}`)
      return disclosure
    })
  }

  /** `MSG_CONTENT_PROHIBITED` if any disclosed value, wherever it would belong, carries imagery. */
  refuseImagery(): void {
    for (const { name, value } of this.#byDigest.values()) {
      refuseImagery(value, name !== null && FIELD.test(name) ? `/data/${name}` : '/data')
    }
  }

  /** Disclosures that no digest named. */
  get surplus(): boolean {
    for (const digest of this.#byDigest.keys()) if (!this.#taken.has(digest)) return true
    return false
  }
}

function onlyMember(value: unknown, name: string, pointer: string): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return fail('MSG_DIGEST_PLACE', pointer)
  const names = Object.keys(value)
  if (names.length !== 1 || names[0] !== name) return fail('MSG_DIGEST_PLACE', pointer)
  return (value as Record<string, unknown>)[name]
}
