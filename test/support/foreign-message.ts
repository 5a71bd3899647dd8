import type { MessageType } from '#core/decision/epoch.ts'
import { partsOf } from './forge-message.ts'
import {
  CONTEXT,
  type Draft,
  issue,
  issueInput,
  KEYS,
  type Pair,
  TIP,
  thumbprintOf,
} from './message-world.ts'

type Json = Record<string, unknown>

/** The claims of a message as a foreign issuer gets them: everything in clear, to be made selectively disclosable by it. */
export function clearClaims(type: MessageType = TIP): Json {
  const draft: Draft = { type }
  const input = issueInput(draft)
  const { payload } = partsOf(issue(draft))
  const [terms] = input.terms
  const { inReplyTo, supersedes, freeTextReviewed, reviewAt, ...toExchange } = input.toExchange
  const own = { to: terms?.to, purpose: terms?.purpose, basis: terms?.basis }
  return {
    iss: payload['iss'],
    aud: payload['aud'],
    jti: payload['jti'],
    iat: payload['iat'],
    submitBy: payload['submitBy'],
    vct: payload['vct'],
    cnf: payload['cnf'],
    terms: [null, null, own, null, null, null, null, null],
    toExchange,
    context: {
      ...CONTEXT,
      occurredAt: Math.floor((CONTEXT.occurredAt ?? 0) / 1000),
      retainUntil: Math.floor((CONTEXT.retainUntil ?? 0) / 1000),
    },
    data: { ...input.data },
  }
}

export function foreignHeader(
  alg: string,
  pair: Pair,
): { alg: string; typ: string; kid: string; 'x5t#S256': string } {
  const thumbprint = thumbprintOf(pair)
  return { alg, typ: 'schakel-message+sd-jwt', kid: thumbprint, 'x5t#S256': thumbprint }
}

export const SIGNERS: Readonly<Record<string, Pair>> = {
  Ed25519: KEYS.ed25519,
  ES256: KEYS.p256,
  ES384: KEYS.p384,
  PS256: KEYS.rsa,
}

export const privateJwk = (pair: Pair): Json => pair.privateKey.export({ format: 'jwk' }) as Json
export const publicJwk = (pair: Pair): Json => pair.publicKey.export({ format: 'jwk' }) as Json
