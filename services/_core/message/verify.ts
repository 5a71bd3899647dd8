import { timingSafeEqual } from 'node:crypto'
import type { MessageType } from '#core/decision/epoch.ts'
import { fail } from '#core/failure.ts'
import { typeNameOf } from '#core/ids.ts'
import { LIMITS } from '#core/limits.ts'
import { outerAttributes } from './cloudevents.ts'
import {
  asVerified,
  type Disclosure,
  type MessageContext,
  type OpenedEvidence,
  type Signed,
  type ToExchange,
  type Verified,
} from './content.ts'
import { Disclosed } from './disclosed.ts'
import { refuseDigests } from './disclosure.ts'
import { openEvidence, type SealKeys } from './evidence.ts'
import { canonicalize } from './jcs.ts'
import { labelKidOf as kidOfLabel } from './label.ts'
import { refuseImagery } from './prohibited-content.ts'
import { readContext, readTerms, readToExchange } from './read-members.ts'
import { asObject } from './strict-json.ts'
import type { Reception } from './verify-signature.ts'

const TERMS = LIMITS.recipientsMax

export interface VerifyContext extends Omit<Reception, 'submitter'> {
  /** Outer CloudEvents attributes as received; null for an archive copy, which has none any more. */
  readonly attributes: Readonly<Record<string, string>> | null
  /** Label-seal keys by kid: those of `evidenceKids`. */
  readonly sealKeys: SealKeys
  /** The type's schema, full form. */
  readonly checkData: (type: MessageType, data: unknown) => { readonly pointer: string } | null
}

/**
 * What a signed message says, checked whole: for us and in time, of a known type, routed as signed, disclosed completely and in
 * the right places, data in its schema, no imagery, evidence ours. On return only the law has not been asked.
 */
export function verifyContent(signed: Signed, reception: VerifyContext): Verified {
  const { epoch, receivedAt } = reception
  const { payload, visible } = signed
  if (visible.aud !== epoch.exchange) fail('MSG_AUD', '/aud')
  checkTimes(signed, reception)
  const labelKid = labelKidOf(payload['cnf'], reception)
  if (payload['_sd_alg'] !== 'sha-256') fail('MSG_CLAIM', '/_sd_alg')
  const type = epoch.types.get(typeNameOf(visible.vct))
  if (!type || type.vct !== visible.vct) return fail('MSG_SCHEMA', '/vct')
  if (type.sunset !== null && receivedAt >= type.sunset) return fail('MSG_SCHEMA', '/vct')
  const disclosed = new Disclosed(signed.encoded)
  const toExchange = toExchangeOf(disclosed, payload, type)
  if (reception.attributes) checkRoute(signed, toExchange, reception.attributes)
  const disclosures = new Map<string, Disclosure>()
  const terms = termsOf(disclosed, payload['terms'], type, reception, disclosures)
  const context = contextOf(disclosed, payload['context'], type, disclosures)
  const data = dataOf(disclosed, payload['data'], type, toExchange, disclosures)
  if (disclosed.surplus) fail('MSG_DISCLOSURE', '/disclosures')
  checkTexts(data, type, reception)
  const evidence = evidenceOf(toExchange, signed, reception)
  return asVerified({
    visible,
    type,
    sender: signed.sender,
    certificate: signed.certificate,
    terms,
    toExchange,
    context,
    data,
    evidence,
    labelKid,
    issuerJwt: signed.issuerJwt,
    issuerDigest: signed.issuerDigest,
    disclosures,
  })
}

/** `submitBy` is checked once, at reception (an archive copy was in time); iat may lie two seconds ahead. */
function checkTimes(signed: Signed, { receivedAt, attributes }: VerifyContext): void {
  const { iat, submitBy } = signed.visible
  if (submitBy < iat || submitBy > iat + LIMITS.submitByMaxMs) fail('MSG_SUBMIT_BY', '/submitBy')
  if (attributes === null) return
  if (iat > receivedAt + LIMITS.iatFutureMs) fail('MSG_FUTURE', '/iat')
  if (submitBy < receivedAt) fail('MSG_LATE', '/submitBy')
}

/** kid of the label key that the sender bound the message to; it must be in force. */
function labelKidOf(cnf: unknown, { epoch, receivedAt }: VerifyContext): string {
  const { jwk, ...rest } = asObject(cnf, '/cnf')
  if (Object.keys(rest).length > 0) fail('MSG_CNF', '/cnf')
  const given = Buffer.from(canonicalize(jwk))
  const ours = epoch.labelKeys.filter((key) => key.from <= receivedAt && receivedAt < key.until)
  const match = ours.find((key) => {
    const expected = Buffer.from(canonicalize(key.jwk))
    return expected.length === given.length && timingSafeEqual(expected, given)
  })
  return match?.kid ?? fail('MSG_CNF', '/cnf/jwk')
}

function toExchangeOf(disclosed: Disclosed, payload: Signed['payload'], type: MessageType): ToExchange {
  const { count, byName } = disclosed.members({ _sd: payload['_sd'] }, '/_sd')
  const disclosure = byName.get('toExchange')
  if (count !== 1 || !disclosure) return fail('MSG_DISCLOSURE', '/toExchange')
  refuseDigests(disclosure.value, '/toExchange')
  return readToExchange(disclosure.value, type)
}

function checkRoute(
  signed: Signed,
  toExchange: ToExchange,
  attributes: Readonly<Record<string, string>>,
): void {
  const expected: Readonly<Record<string, string>> = {
    ...outerAttributes(signed.visible, toExchange.subject),
  }
  for (const [name, value] of Object.entries(expected)) {
    if (name !== 'specversion' && attributes[name] !== value) fail('MSG_ROUTE', `/ce-${name}`)
  }
}

function termsOf(
  disclosed: Disclosed,
  value: unknown,
  type: MessageType,
  { epoch }: VerifyContext,
  disclosures: Map<string, Disclosure>,
): Verified['terms'] {
  const elements = disclosed.elements(value, '/terms')
  if (elements.length !== TERMS) return fail('MSG_RECIPIENTS', '/terms')
  const found: { terms: ReturnType<typeof readTerms>; disclosure: Disclosure }[] = []
  for (const disclosure of elements) {
    if (!disclosure) return fail('MSG_DISCLOSURE', '/terms')
    if (disclosure.value === null) continue
    const pointer = `/terms/${found.length}`
    refuseDigests(disclosure.value, pointer)
    const terms = readTerms(disclosure.value, pointer)
    if (!epoch.endpoints.has(terms.to)) fail('MSG_RECIPIENT_UNKNOWN', `${pointer}/to`)
    if (found.some((other) => other.terms.to === terms.to)) fail('MSG_RECIPIENTS', `${pointer}/to`)
    disclosures.set(`terms/${found.length}`, disclosure)
    found.push({ terms, disclosure })
  }
  if (type.toExchange && found.length > 0) fail('MSG_SCOPE', '/terms')
  if (!type.toExchange && found.length === 0) fail('MSG_RECIPIENTS', '/terms')
  const perItem = type.fields.some((field) => field.perItem)
  if (perItem && found.length > LIMITS.perItemRecipientsMax) fail('MSG_RECIPIENTS', '/terms')
  return found
}

function contextOf(
  disclosed: Disclosed,
  value: unknown,
  type: MessageType,
  disclosures: Map<string, Disclosure>,
): MessageContext {
  const { byName } = disclosed.members(value, '/context')
  for (const [name, disclosure] of byName) {
    refuseDigests(disclosure.value, `/context/${name}`)
    disclosures.set(`context/${name}`, disclosure)
  }
  return readContext(byName, type)
}

function dataOf(
  disclosed: Disclosed,
  value: unknown,
  type: MessageType,
  toExchange: ToExchange,
  disclosures: Map<string, Disclosure>,
): Readonly<Record<string, unknown>> {
  const { count, byName } = disclosed.members(value, '/data')
  const withheld = new Set(toExchange.withheldBySender)
  if (count !== type.fields.length || byName.size + withheld.size !== count) fail('MSG_DISCLOSURE', '/data')
  const data: Record<string, unknown> = {}
  for (const field of type.fields) {
    const disclosure = byName.get(field.name)
    if ((disclosure === undefined) !== withheld.has(field.name)) fail('MSG_DISCLOSURE', `/data/${field.name}`)
    if (!disclosure) {
      data[field.name] = null
      continue
    }
    disclosures.set(field.name, disclosure)
    if (field.perItem && disclosure.value !== null) {
      data[field.name] = itemsOf(disclosed, disclosure, field.name, disclosures)
    } else {
      refuseDigests(disclosure.value, `/data/${field.name}`)
      data[field.name] = disclosure.value
    }
  }
  return data
}

function itemsOf(
  disclosed: Disclosed,
  disclosure: Disclosure,
  name: string,
  disclosures: Map<string, Disclosure>,
): readonly unknown[] {
  return disclosed.elements(disclosure.value, `/data/${name}`).map((item, index) => {
    if (!item) return fail('MSG_DISCLOSURE', `/data/${name}/${index}`)
    refuseDigests(item.value, `/data/${name}/${index}`)
    disclosures.set(`${name}/${index}`, item)
    return item.value
  })
}

function checkTexts(
  data: Readonly<Record<string, unknown>>,
  type: MessageType,
  { checkData }: VerifyContext,
): void {
  refuseImagery(data, '/data')
  const misfit = checkData(type, data)
  if (misfit) fail('MSG_DATA', `/data${misfit.pointer}`)
}

/** Label keys whose seal keys the evidence needs; read without trusting anything, malformed evidence is told by `verifyContent`. */
export function evidenceKids(signed: Signed): readonly string[] {
  try {
    const disclosed = new Disclosed(signed.encoded)
    const { byName } = disclosed.members({ _sd: signed.payload['_sd'] }, '/_sd')
    const { evidence } = asObject(byName.get('toExchange')?.value, '/toExchange')
    return Array.isArray(evidence)
      ? evidence.slice(0, LIMITS.evidenceMax).map((one) => kidOfLabel(String(one)))
      : []
  } catch {
    return []
  }
}

function evidenceOf(
  toExchange: ToExchange,
  signed: Signed,
  reception: VerifyContext,
): readonly OpenedEvidence[] {
  const { epoch, sealKeys } = reception
  const evidence = toExchange.evidence.map((compact, index) =>
    openEvidence(compact, signed.visible.iss, epoch, sealKeys, `/toExchange/evidence/${index}`),
  )
  if (toExchange.origin !== 'own') {
    for (const digest of toExchange.origin) {
      if (!evidence.some((one) => one.digest === digest)) fail('MSG_EVIDENCE', '/toExchange/origin')
    }
  }
  return evidence
}
