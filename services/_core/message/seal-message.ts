import type { Random } from '#core/ports/random.ts'
import { encryptJwe, type JweRecipient } from './jwe.ts'

/** The sender's seal: the SD-JWT in a JWE to the exchange's intake key. */
export function sealMessage(sdJwt: string, intake: JweRecipient, random: Random): string {
  const header = { typ: 'JWE', cty: 'schakel-message+sd-jwt' }
  return encryptJwe(
    Buffer.from(sdJwt, 'ascii'),
    { kid: intake.kid, publicKey: intake.publicKey },
    header,
    random,
  )
}
