import { fail } from '#core/failure.ts'
import type { Digest } from '#core/ids.ts'
import { CONTEXT_MEMBERS, type Disclosure, type Verified } from './content.ts'
import { sha256Of } from './disclosure.ts'

/** The fixed table of context members: Wpg classes stay with us, `fieldClass` names fields that the recipient may not know of. */
const HIDDEN_CONTEXT: ReadonlySet<string> = new Set(['wpgClass', 'fieldClass'])

export interface Presentation {
  /** `issuerJwt~disclosure~…~`, ready for its label. */
  readonly sdJwt: string
  /** SHA-256 over exactly those bytes (RFC 9901 §4.3.1). */
  readonly sdHash: Digest
}

/**
 * What one recipient gets to see: its own terms (`verified.terms[index]`), the context of the table, and the data members of
 * `shown` (`field`, `field/<row>`) that have a value. Rows appear only together with their field. Never `toExchange`, never the
 * terms of others. A name that is no disclosed member throws `BUG_INVARIANT`: nothing leaves on a doubt.
 */
export function presentMessage(verified: Verified, index: number, shown: readonly string[]): Presentation {
  const { disclosures, issuerJwt } = verified
  const take = (name: string): Disclosure =>
    disclosures.get(name) ?? fail('BUG_INVARIANT', undefined, 'shown member was not disclosed')
  const wanted = new Set(shown)
  const chosen = [take(`terms/${index}`)]
  for (const name of CONTEXT_MEMBERS) if (!HIDDEN_CONTEXT.has(name)) chosen.push(take(`context/${name}`))
  for (const field of verified.type.fields) {
    if (!wanted.delete(field.name)) continue
    chosen.push(take(field.name))
    const value = verified.data[field.name]
    if (!field.perItem || !Array.isArray(value)) continue
    for (let row = 0; row < value.length; row++) {
      const name = `${field.name}/${row}`
      if (wanted.delete(name)) chosen.push(take(name))
    }
  }
  if (wanted.size > 0) fail('BUG_INVARIANT', undefined, 'shown names what is no member')
  const sdJwt = `${issuerJwt}~${chosen.map((one) => `${one.encoded}~`).join('')}`
  return { sdJwt, sdHash: sha256Of(sdJwt) }
}
