import type { MessageType } from '#core/decision/epoch.ts'
import { fail } from '#core/failure.ts'
import { typeNameOf } from '#core/ids.ts'
import { LIMITS } from '#core/limits.ts'
import { outerAttributes } from './cloudevents.ts'
import { asVerified, type OpenedEvidence, type Signed, type ToExchange, type Verified } from './content.ts'
import { Disclosed } from './disclosed.ts'
import { openEvidence, type SealKeys } from './evidence.ts'
import { readContent } from './read-content.ts'
import { asObject } from './strict-json.ts'
import type { Reception } from './verify-signature.ts'

/** Made by the exchange of a message that it holds; from a partner it would pass by every guard (design §5, Hold). */
const EXCHANGE_ONLY = 'approval.requested'

export interface VerifyContext extends Omit<Reception, 'submitter'> {
  /** Outer CloudEvents attributes as received; null for an archive copy: its route and `submitBy` were judged at reception. */
  readonly attributes: Readonly<Record<string, string>> | null
  /** Label-seal keys by kid: those of `evidenceKids`. */
  readonly sealKeys: SealKeys
  /** The type's schema, full form. */
  readonly checkData: (type: MessageType, data: unknown) => { readonly pointer: string } | null
}

/**
 * What a signed message says, checked whole: for us and in time, of a known type, routed as signed, disclosed completely and in
 * the right places, data in its schema, no imagery, evidence ours. On return only the law has not been asked.
 * Imagery is looked for before anything that may refuse the message and so keep a copy of it.
 */
export function verifyContent(signed: Signed, reception: VerifyContext): Verified {
  const { epoch } = reception
  const { payload, visible } = signed
  const disclosed = new Disclosed(signed.encoded)
  disclosed.refuseImagery()
  if (visible.aud !== epoch.exchange) fail('MSG_AUD', '/aud')
  checkTimes(signed, reception)
  const labelKid = labelKidFor(payload['cnf'], signed, reception)
  if (payload['_sd_alg'] !== 'sha-256') fail('MSG_CLAIM', '/_sd_alg')
  const type = typeOf(signed, reception)
  const content = readContent(payload, disclosed, type, epoch)
  if (reception.attributes) checkRoute(signed, content.toExchange, reception.attributes)
  const misfit = reception.checkData(type, content.data)
  if (misfit) fail('MSG_DATA', `/data${misfit.pointer}`)
  const evidence = evidenceOf(content.toExchange, signed, reception)
  return asVerified({
    ...content,
    visible,
    type,
    sender: signed.sender,
    certificate: signed.certificate,
    evidence,
    labelKid,
    issuerJwt: signed.issuerJwt,
    issuerDigest: signed.issuerDigest,
  })
}

/** `submitBy` is checked once, at reception; iat has whole seconds and may lie two seconds ahead. */
function checkTimes(signed: Signed, { receivedAt, attributes }: VerifyContext): void {
  const { iat, submitBy } = signed.visible
  if (submitBy < iat || submitBy > iat + LIMITS.submitByMaxMs) fail('MSG_SUBMIT_BY', '/submitBy')
  if (iat > receivedAt + LIMITS.iatFutureMs) fail('MSG_FUTURE', '/iat')
  if (attributes && submitBy < receivedAt) fail('MSG_LATE', '/submitBy')
}

/** kid of the label key that the sender bound the message to, in force when the sender signed (RFC 7800 §3.2). */
function labelKidFor(cnf: unknown, { visible }: Signed, { epoch }: VerifyContext): string {
  const { jwk, ...rest } = asObject(cnf, '/cnf')
  if (Object.keys(rest).length > 0) fail('MSG_CNF', '/cnf')
  const given = asObject(jwk, '/cnf/jwk')
  const names = Object.keys(given)
  for (const key of epoch.labelKeys) {
    // iat travels in whole seconds: the first second of a key counts whole.
    if (visible.iat + 999 < key.from || visible.iat >= key.until) continue
    const same =
      names.length === Object.keys(key.jwk).length && names.every((name) => given[name] === key.jwk[name])
    if (same) return key.kid
  }
  return fail('MSG_CNF', '/cnf/jwk')
}

/** Sunset is a matter of reception: a held message does not outlive its type otherwise. */
function typeOf({ visible }: Signed, { epoch, receivedAt }: VerifyContext): MessageType {
  const type = epoch.types.get(typeNameOf(visible.vct))
  if (!type || type.vct !== visible.vct) return fail('MSG_SCHEMA', '/vct')
  if (type.name === EXCHANGE_ONLY) return fail('MSG_SCOPE', '/vct')
  if (type.sunset !== null && receivedAt >= type.sunset) return fail('MSG_SCHEMA', '/vct')
  return type
}

/** Every outer attribute repeats what is signed, and there is no other. */
function checkRoute(
  signed: Signed,
  toExchange: ToExchange,
  attributes: Readonly<Record<string, string>>,
): void {
  const { specversion, ...expected } = outerAttributes(signed.visible, toExchange.subject)
  for (const [name, value] of Object.entries(expected)) {
    if (attributes[name] !== value) fail('MSG_ROUTE', `/ce-${name}`)
  }
  for (const [name, value] of Object.entries(attributes)) {
    const known = Object.hasOwn(expected, name) || name === 'datacontenttype'
    if (!known && !(name === 'specversion' && value === specversion)) fail('MSG_ROUTE', '/')
  }
}

function evidenceOf(
  { evidence, origin }: ToExchange,
  signed: Signed,
  { epoch, sealKeys }: VerifyContext,
): readonly OpenedEvidence[] {
  const opened = evidence.map((compact, index) =>
    openEvidence(compact, signed.visible.iss, epoch, sealKeys, `/toExchange/evidence/${index}`),
  )
  const parents = origin === 'own' ? [] : origin
  for (const digest of parents) {
    if (!opened.some((one) => one.digest === digest)) fail('MSG_EVIDENCE', '/toExchange/origin')
  }
  return opened
}
