import { createHash } from 'node:crypto'
import { parseOin } from '#core/ids.ts'
import { at, openMembers, readJson, texts } from './read-json.ts'

export type Signer = { readonly kind: 'partner'; readonly oin: string } | { readonly kind: 'operator' }

export interface SignatureNeeded {
  /** The artefact that is signed. */
  readonly file: string
  /** Where its compact JWS lies. */
  readonly path: string
  /** Payload of that JWS: `{"sha256": <digest of the artefact's bytes, base64url>}`. */
  readonly payload: Uint8Array
  readonly signer: Signer
}

const AGREEMENT = /^contracts\/agreement\/([^/]+)\.json$/
const REGISTER = /^contracts\/register\/([^/]+)\.json$/

/** Every signature that the artefacts need: agreements by each party, registers by the operator. Throws `OPS_CONTROL`. */
export function signaturesNeeded(artefacts: ReadonlyMap<string, Uint8Array>): readonly SignatureNeeded[] {
  return [...artefacts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([file, bytes]): readonly SignatureNeeded[] => {
      const payload = signedPayload(bytes)
      const register = REGISTER.exec(file)
      if (register)
        return [
          {
            file,
            path: `contracts/register/${register[1]}.jws`,
            payload,
            signer: { kind: 'operator' } as const,
          },
        ]
      const agreement = AGREEMENT.exec(file)
      if (!agreement) return []
      const parties = texts(at(openMembers(readJson(file, bytes)), 'parties'))
      return parties.map((party) => {
        const oin = parseOin(party, `${file}#/parties`)
        const path = `contracts/agreement/${agreement[1]}.${oin}.jws`
        return { file, path, payload, signer: { kind: 'partner', oin } as const }
      })
    })
}

export function signedPayload(bytes: Uint8Array): Uint8Array {
  const sha256 = createHash('sha256').update(bytes).digest('base64url')
  return Buffer.from(JSON.stringify({ sha256 }), 'utf8')
}
