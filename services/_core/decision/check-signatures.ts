import { Failure, fail } from '#core/failure.ts'
import { verifyBytes } from '#core/message/algorithms.ts'
import { parseJws } from '#core/message/jws.ts'
import type { Certificate, Partner, ServiceKey } from './epoch.ts'
import { readText } from './read-json.ts'
import { type SignatureNeeded, type Signer, signaturesNeeded } from './signatures-needed.ts'

export interface SignatureKeys {
  /** By OIN. */
  readonly partners: ReadonlyMap<string, Partner>
  /** By thumbprint, revoked ones included: an agreement binds OINs and outlives the key it was signed with. */
  readonly certificates: ReadonlyMap<string, Certificate>
  readonly operator: ServiceKey | undefined
}

const HEADER = new Set(['alg', 'typ', 'kid'])
const TYP = 'schakel-signature+jwt'

/** Every agreement is signed by each of its parties and every register by the operator, over exactly these bytes; else `OPS_CONTROL`. */
export function checkSignatures(artefacts: ReadonlyMap<string, Uint8Array>, keys: SignatureKeys): void {
  for (const needed of signaturesNeeded(artefacts)) {
    const bytes = artefacts.get(needed.path)
    if (!bytes) fail('OPS_CONTROL', needed.path, 'the signature is missing')
    if (!holds(needed, readText(needed.path, bytes), keys))
      fail('OPS_CONTROL', needed.path, 'the signature does not hold')
  }
}

function holds(needed: SignatureNeeded, compact: string, keys: SignatureKeys): boolean {
  try {
    const jws = parseJws(compact, HEADER)
    const { alg, typ, kid } = jws.header
    const signer = typeof kid === 'string' ? signerOf(needed.signer, kid, keys) : undefined
    if (!signer || typ !== TYP || typeof alg !== 'string' || !signer.algorithms.includes(alg)) return false
    return verifyBytes(alg, signer.key, jws.signingInput, jws.signature) && jws.payload.equals(needed.payload)
  } catch (error) {
    if (error instanceof Failure) return false
    throw error
  }
}

function signerOf(signer: Signer, kid: string, { partners, certificates, operator }: SignatureKeys) {
  switch (signer.kind) {
    case 'operator':
      return operator && kid === 'operator' ? { key: operator.publicKey, algorithms: ['Ed25519'] } : undefined
    case 'partner': {
      const certificate = certificates.get(kid)
      const partner = partners.get(signer.oin)
      if (certificate?.oin !== signer.oin || certificate.use !== 'sign' || !partner) return undefined
      return { key: certificate.publicKey, algorithms: partner.algorithms }
    }
  }
}
